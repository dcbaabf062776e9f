import type { CloudWatchMetric } from '../aws/cloudwatch.ts';
import { minuteMs } from './model.ts';

/** Before this process began; negative = to come. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs);
export const times = <Item>(count: number, make: (n: number) => Item) =>
  Array.from({ length: count }, (_, n) => make(n));
export const named = <Item>(prefix: string, count: number, make: (n: number) => Item) =>
  Object.fromEntries(times(count, (n) => [`${prefix}-${n}`, make(n)]));

export const dayMinutes = 1_440;

/** Metrics of one thing that stay as they are: name → value. */
export function metrics(
  namespace: string,
  dimensions: Record<string, string>,
  values: Record<string, number>,
  statistic = 'Average',
): CloudWatchMetric[] {
  return Object.entries(values).map(([metric, value]) => {
    return { namespace, dimensions, metric, statistic, at: () => value };
  });
}
