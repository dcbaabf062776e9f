import { z } from 'zod';

const field = 'sum(quantity)';

/** What is read of `stats_v2`, grouped by outcome: a count for each interval. */
export const statsAnswer = z.object({
  intervals: z.array(z.iso.datetime({ offset: true })),
  groups: z.array(
    z.object({
      by: z.object({ outcome: z.string() }),
      series: z.object({ [field]: z.array(z.number().nonnegative()) }),
    }),
  ),
});
export type StatsAnswer = z.output<typeof statsAnswer>;

export interface Events {
  /** Accepted in the last 24 hours, the running one with them. */
  last: number;
  /** In the 24 hours before. */
  before: number;
  /** Refused in the last 24 hours for a quota, a rate limit or spike protection: nobody will see these. */
  dropped: number;
}

const day = 24;

/** Counts of the last two days by hour; undefined = the answer doesn't cover them. Pure. */
export function eventCounts({ intervals, groups }: StatsAnswer): Events | undefined {
  const whole = groups.every(({ series }) => series[field].length === intervals.length);
  if (intervals.length < 2 * day || !whole) return undefined;
  const sum = (outcomes: RegExp, from: number, to?: number) =>
    groups
      .filter(({ by }) => outcomes.test(by.outcome))
      .flatMap(({ series }) => series[field].slice(from, to))
      .reduce((total, count) => total + count, 0);
  return {
    last: sum(/^accepted$/, -day),
    before: sum(/^accepted$/, -2 * day, -day),
    dropped: sum(/^(rate_limited|abuse)$/, -day),
  };
}
