import { z } from 'zod';
import { midnights } from '../calendar.ts';
import { foresee } from '../capacity/foresee.ts';
import { becomes, capacityLine, urgency, wantsLook } from '../capacity/say.ts';
import { usualCapacity } from '../capacity/usual.ts';
import { dayName } from '../day-name.ts';
import { isDrawable, metricChart } from '../metrics/chart.ts';
import { type KeptMetric, keptMetrics } from '../metrics/kept.ts';
import { pastMetric } from '../metrics/options.ts';
import { shown } from '../metrics/say.ts';
import { targetWords } from '../metrics/target.ts';
import { defineReportSection } from '../section.ts';

const mostCharts = 4;

/** What can run out, day by day, and when it will. */
export default defineReportSection({
  name: 'capacity',
  summary: 'What can run out: its trend over 30 days, and when it crosses its target',
  options: z.strictObject({
    show: z
      .array(pastMetric)
      .max(100)
      .optional()
      .describe('which numbers; default: shares of CPU, memory, storage and connections, and growth, by check type'),
    days: z.int().min(14).max(90).default(30).describe('how many whole days are looked at'),
    by: z
      .enum(['mean', 'worst'])
      .default('mean')
      .describe('what stands for a day: its mean, or the end nearest to the target'),
    look: z.int().min(1).max(365).default(60).describe('days ahead: what may cross its target sooner wants a look'),
  }),
  async run(ctx, { show, days, by, look }) {
    const { ops, health } = ctx.sources;
    const { metrics, missing } = keptMetrics(show ?? usualCapacity(ops.checks), ops.checks);
    const bounds = midnights(days, ctx);
    const series = await health.series(
      metrics.map(({ check, fact }) => ({ id: check.id, fact })),
      bounds,
    );
    const found = metrics.map((metric, at) => ({ metric, seen: foresee(metric, { points: series[at]!, bounds, by }) }));
    const seen = found.flatMap((each) => each.seen ?? []);
    const measured = seen.filter(({ isOld }) => !isOld).sort((a, b) => urgency(a) - urgency(b));
    const unknown = [
      ...missing,
      // A check that has the fact for some systems alone measures none for others: only what was asked for is missed.
      ...(show ? found.filter((each) => !each.seen).map(({ metric }) => unmeasured(metric, `in ${days} days`)) : []),
      ...seen
        .filter(({ isOld }) => isOld)
        .map(({ metric, lastAt }) => unmeasured(metric, `since ${dayName(lastAt, ctx.zone)}`)),
    ];
    const saying = { zone: ctx.zone, look };
    const loud = measured.filter((each) => wantsLook(each, look)).length;
    return {
      title: 'Capacity',
      attention: loud > 0 ? 'look' : 'none',
      lines: measured.map((each) => capacityLine(each, saying)),
      ...(measured.length > 0 && { brief: `capacity ${measured.length - loud}/${measured.length}` }),
      ...(unknown.length > 0 && { unknown }),
      tables:
        measured.length === 0
          ? []
          : [
              {
                title: `Capacity, ${days} days by the ${by}`,
                columns: ['What', 'Last day', 'Target', 'Days', 'What becomes of it'],
                rows: measured.map((each) => [
                  each.metric.label,
                  shown(each.last, each.metric.unit),
                  each.metric.target ? targetWords(each.metric.target, each.metric.unit) : null,
                  each.days,
                  becomes(each, saying),
                ]),
              },
            ],
      charts: measured
        .filter(({ points }) => isDrawable(points))
        .slice(0, mostCharts)
        .map(({ metric, points }) =>
          metricChart(metric, { points, bounds, zone: ctx.zone, words: `last ${days} days, by the day` }),
        ),
      values: Object.fromEntries(measured.map(({ metric, last }) => [metric.label, last])),
    };
  },
});

/** Nothing at all, or nothing lately. */
function unmeasured({ label, check }: KeptMetric, since: string): string {
  return `${label}: nothing was measured ${since}: see /ops health ${check.id}`;
}
