import { isUpper, meets, type Target } from '../metrics/target.ts';

/** A day's value; `day` counts days from anywhere. */
export interface DayValue {
  day: number;
  value: number;
}

/** When a number will miss its target, as far as its days tell. `slope`: by the day. */
export type Forecast =
  | { kind: 'too few'; days: number }
  | { kind: 'missed'; slope: number | undefined }
  | { kind: 'steady' }
  | { kind: 'away'; slope: number }
  | { kind: 'not soon'; slope: number }
  /** Days from the last one on; by the slowest and fastest trend that the days allow, `latest` undefined = not within the horizon. */
  | { kind: 'crosses'; slope: number; inDays: number; earliest: number; latest: number | undefined };

export interface Trend {
  slope: number;
  /** The least and the most that it may be, at 99 %. */
  low: number;
  high: number;
  /** Where the line is on the last day. */
  level: number;
}

/** Fewer days say nothing. */
export const daysNeeded = 14;
/** Of the normal distribution, 99 % within: of a hundred numbers that only vary, one seems to have a trend. */
const z = 2.576;
/** A trend must have moved the number by this many times what its days usually lie off the line. */
const overNoise = 2;

/**
 * A straight line through the days that outliers and gaps don't bend (Theil–Sen), undefined where the days may as well vary
 * around one level (Sen's interval at 99 %, and the move against the spread). At most 100 days are worth the pairs. Pure.
 */
export function trendOf(days: readonly DayValue[]): Trend | undefined {
  const slopes: number[] = [];
  for (const [at, first] of days.entries())
    for (const second of days.slice(at + 1)) slopes.push((second.value - first.value) / (second.day - first.day));
  slopes.sort((a, b) => a - b);
  const n = days.length;
  const margin = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const low = slopes[Math.max(0, Math.floor((slopes.length - margin) / 2))];
  const high = slopes[Math.min(slopes.length - 1, Math.ceil((slopes.length + margin) / 2))];
  const last = days.at(-1);
  if (low === undefined || high === undefined || !last || low * high <= 0) return undefined;
  const slope = median(slopes);
  const level = median(days.map(({ day, value }) => value + slope * (last.day - day)));
  const spread = median(days.map(({ day, value }) => Math.abs(value - level - slope * (day - last.day))));
  const moved = Math.abs(slope) * (last.day - days[0]!.day);
  return moved >= overNoise * spread ? { slope, low, high, level } : undefined;
}

/** `days` ascending, gaps left out. `horizon`: days ahead that are still told of. Pure. */
export function forecast(
  days: readonly DayValue[],
  { target, horizon }: { target: Target; horizon: number },
): Forecast {
  if (days.length < daysNeeded) return { kind: 'too few', days: days.length };
  const trend = trendOf(days);
  const last = days.at(-1)!;
  if (!meets(last.value, target)) return { kind: 'missed', slope: trend?.slope };
  if (!trend) return { kind: 'steady' };
  const { slope, level } = trend;
  const towards = isUpper(target) ? 1 : -1;
  if (slope * towards <= 0) return { kind: 'away', slope };
  // The last day may lie on the good side of a line that has crossed already: then it is about now.
  const until = (by: number) => Math.max(0, (target.value - level) / by);
  const inDays = until(slope);
  if (inDays > horizon) return { kind: 'not soon', slope };
  const [slow, fast] = towards > 0 ? [trend.low, trend.high] : [trend.high, trend.low];
  const latest = until(slow);
  return { kind: 'crosses', slope, inDays, earliest: until(fast), latest: latest > horizon ? undefined : latest };
}

/** Sorts a copy. Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
