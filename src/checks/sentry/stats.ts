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
  /** Median of the days before the silence that goes on now, or before today; undefined = silent all the time. */
  usual: number | undefined;
  /** Refused in the last 24 hours for a quota, a rate limit or spike protection: nobody will see these. */
  dropped: number;
}

const day = 24;
/** How many days are asked for: for so long a silence is told from a quiet program. */
export const daysRead = 14;

/** Counts of the last days by hour; undefined = the answer doesn't cover them. Pure. */
export function eventCounts({ intervals, groups }: StatsAnswer): Events | undefined {
  const whole = groups.every(({ series }) => series[field].length === intervals.length);
  if (intervals.length < daysRead * day || !whole) return undefined;
  /** Of the 24 hours that ended so many days ago. */
  const count = (outcomes: RegExp, ago: number) =>
    groups
      .filter(({ by }) => outcomes.test(by.outcome))
      .flatMap(({ series }) => series[field].toReversed().slice(ago * day, (ago + 1) * day))
      .reduce((total, hour) => total + hour, 0);
  const days = Array.from({ length: daysRead }, (_, ago) => count(/^accepted$/, ago));
  const [last = 0, before = 0] = days;
  const heard = days.findIndex((events) => events > 0);
  return {
    ...{ last, before, dropped: count(/^(rate_limited|abuse)$/, 0) },
    usual: heard < 0 ? undefined : middle(days.slice(Math.max(1, heard))),
  };
}

/** The lower one of two. */
function middle(counts: number[]): number | undefined {
  return counts.toSorted((a, b) => a - b)[Math.floor((counts.length - 1) / 2)];
}
