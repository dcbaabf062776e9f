import type { SeriesPoint } from '../../health/series.ts';
import type { KeptMetric } from '../metrics/kept.ts';
import { isUpper } from '../metrics/target.ts';
import { type DayValue, type Forecast, forecast, median } from './forecast.ts';

/** Days ahead that a forecast reaches. */
const horizon = 365;
const dayMs = 86_400_000;
/** What was measured last longer ago is no ground for a forecast, days; longer for what is measured rarely. */
const oldDays = 3;
const week = 7;

/** A number of many days with what becomes of it. */
export interface Foreseen {
  metric: KeptMetric;
  points: readonly (SeriesPoint | null)[];
  /** How many days were measured. */
  days: number;
  /** Of the last measured day, and its noon. */
  last: number;
  lastAt: Date;
  /** It was measured last too long ago. */
  isOld: boolean;
  /** Undefined: there is no target. */
  forecast: Forecast | undefined;
  /** How much the middle of the last seven days is over that of the first seven, percent; undefined = too few days, or 0 then. */
  growth: number | undefined;
}

/** Looks ahead from days; undefined = none was measured. Pure. */
export function foresee(
  metric: KeptMetric,
  { points, bounds, by }: { points: readonly (SeriesPoint | null)[]; bounds: readonly Date[]; by: 'mean' | 'worst' },
): Foreseen | undefined {
  const { target, check } = metric;
  const dayOf = ({ mean, low, high }: SeriesPoint) => (by === 'mean' ? mean : target && !isUpper(target) ? low : high);
  const days = points.flatMap((point, day): DayValue[] => (point ? [{ day, value: dayOf(point) }] : []));
  const last = days.at(-1);
  if (!last) return undefined;
  const silentMs = bounds.at(-1)!.getTime() - bounds[last.day + 1]!.getTime();
  return {
    ...{ metric, points, days: days.length, last: last.value },
    lastAt: new Date((bounds[last.day]!.getTime() + bounds[last.day + 1]!.getTime()) / 2),
    isOld: silentMs > Math.max(oldDays * dayMs, 2 * check.everyMs),
    forecast: target && forecast(days, { target, horizon }),
    growth: growthOf(days.map(({ value }) => value)),
  };
}

function growthOf(values: readonly number[]): number | undefined {
  if (values.length < 2 * week) return undefined;
  const [first, last] = [median(values.slice(0, week)), median(values.slice(-week))];
  return first === 0 ? undefined : (100 * (last - first)) / Math.abs(first);
}
