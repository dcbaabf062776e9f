import type { SeriesPoint } from '../../health/series.ts';
import { meets, type Target } from '../metrics/target.ts';
import type { Standing } from './budget.ts';

/** A number against its target over a period, from the means of its hours. */
export interface Level {
  standing: Extract<Standing, 'missed' | 'kept' | 'unmeasured'>;
  hours: number;
  /** Hours whose mean was within the target. */
  within: number;
  /** Of the hours' means; undefined = nothing was measured. */
  mean: number | undefined;
  low: number;
  high: number;
}

/** With `share` so many percent of the hours must be within the target, else the mean of all. Pure. */
export function levelOf(
  points: readonly (SeriesPoint | null)[],
  { target, share }: { target: Target; share: number | undefined },
): Level {
  const known = points.filter((point) => point !== null);
  const hours = known.length;
  const within = known.filter(({ mean }) => meets(mean, target)).length;
  const base = {
    ...{ hours, within },
    low: known.reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY),
    high: known.reduce((most, { high }) => Math.max(most, high), Number.NEGATIVE_INFINITY),
  };
  if (hours === 0) return { ...base, standing: 'unmeasured', mean: undefined };
  const mean = known.reduce((sum, point) => sum + point.mean / hours, 0);
  const kept = share === undefined ? meets(mean, target) : (100 * within) / hours >= share;
  return { ...base, standing: kept ? 'kept' : 'missed', mean };
}
