import type { LineChart } from '../../charts/model.ts';
import type { SeriesPoint } from '../../health/series.ts';
import type { KeptMetric } from './kept.ts';
import { shown } from './say.ts';
import { targetWords } from './target.ts';

interface Drawing {
  points: readonly (SeriesPoint | null)[];
  /** A slot lies from each up to the next one. */
  bounds: readonly Date[];
  zone: string;
  /** `last 7 days`. */
  words: string;
}

/** Slots without a number that are no gap: a check that is measured rarely has some between its points. */
const silent = 3;

/** A metric as a line with its target. Pure. */
export function metricChart(
  { label, unit, target, check }: KeptMetric,
  { points, bounds, zone, words }: Drawing,
): LineChart {
  const [from, to] = [bounds[0]!.getTime(), bounds.at(-1)!.getTime()];
  const slotMs = (to - from) / Math.max(1, points.length);
  const gapSlots = Math.max(1, (silent * check.everyMs) / slotMs);
  const drawn: LineChart['points'] = [];
  let lastAt: number | undefined;
  for (const [at, point] of points.entries()) {
    if (point === null) continue;
    const middle = (bounds[at]!.getTime() + bounds[at + 1]!.getTime()) / 2;
    if (lastAt !== undefined && at - lastAt > gapSlots)
      drawn.push({ atMs: bounds[lastAt + 1]!.getTime(), value: null });
    drawn.push({ atMs: middle, value: point.mean, low: point.low, high: point.high });
    lastAt = at;
  }
  const last = points.findLast((point) => point !== null);
  return {
    ...{ kind: 'line', title: label, subtitle: words, zone, fromMs: from, toMs: to },
    last: last ? shown(last.mean, unit) : '',
    ...(unit !== undefined && { unit }),
    points: drawn,
    limits: target ? [{ level: 'warn', value: target.value, label: `target ${targetWords(target, unit)}` }] : [],
    stretches: [],
  };
}

/** Whether there is a line to draw. Pure. */
export function isDrawable(points: readonly (SeriesPoint | null)[]): boolean {
  return points.filter((point) => point !== null).length >= 2;
}
