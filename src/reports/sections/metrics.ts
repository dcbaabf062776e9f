import { z } from 'zod';
import type { Chart } from '../../charts/model.ts';
import type { CheckReport } from '../../health/model.ts';
import { hasLine, trendChart } from '../../health/views/chart.ts';
import { namedMetrics, usualMetrics } from '../metrics/choose.ts';
import { shownMetric } from '../metrics/options.ts';
import { daysBefore } from '../metrics/past.ts';
import { type MetricNow, measured, metricNow, metricRow, metricWords, valueWords } from '../metrics/say.ts';
import { checkItem, type ReportLine, type SectionResult } from '../model.ts';
import { defineReportSection, type SectionContext } from '../section.ts';

export default defineReportSection({
  name: 'metrics',
  summary: 'Key metrics: each with its target, what it was yesterday and what is usual at this hour, and a line',
  options: z.strictObject({
    title: z.string().trim().min(1).max(80).default('Key metrics').describe('its few words'),
    show: z
      .array(shownMetric)
      .min(1)
      .max(20)
      .optional()
      .describe('which, in order; default: six checks whose rules compare a number'),
    charts: z.int().min(0).max(6).default(2).describe('how many are drawn in the thread, the worst first'),
  }),
  async run(ctx, { title, show, charts }): Promise<SectionResult> {
    const { ops, store } = ctx.sources;
    const { metrics, wrong } = show ? namedMetrics(show, ops.checks) : { metrics: usualMetrics(ops.checks), wrong: [] };
    const [{ checks }, before] = await Promise.all([ctx.health(), daysBefore(store.db(), metrics, ctx)]);
    const reports = new Map(checks.map((report) => [report.id, report]));
    const known: { now: MetricNow; report: CheckReport }[] = [];
    const unknown = [...wrong];
    for (const metric of metrics) {
      const report = reports.get(metric.check.id);
      const found = measured(metric, report, ctx.now);
      if ('why' in found) unknown.push(found.why);
      else {
        const last = isOfYesterday(ctx) ? ctx.previous?.values?.[metric.key] : undefined;
        const days = before.get(metric.key) ?? [];
        known.push({ now: metricNow(metric, { ...found, report: report!, days, last }), report: report! });
      }
    }
    const worst = worstFirst(known.map(({ now }) => now));
    return {
      title,
      attention: attentionOf(worst, unknown),
      always: true,
      lines: known.map(({ now, report }) => lineOf(now, report)),
      ...(worst.length > 0 && { brief: worst.slice(0, 3).map(briefOf).join(', ') }),
      ...(unknown.length > 0 && { unknown }),
      ...(known.length > 0 && {
        tables: [
          {
            title,
            columns: ['Metric', 'Now', 'Target', 'Yesterday', 'Usual', '7 days', 'State'],
            rows: known.map(({ now }) => metricRow(now)),
          },
        ],
      }),
      charts: await drawn(worst.slice(0, charts), ctx),
      values: Object.fromEntries(known.map(({ now }) => [now.metric.key, now.value])),
    };
  },
});

function lineOf(now: MetricNow, { next, owner }: CheckReport): ReportLine {
  const isBad = now.outcome !== 'ok';
  return {
    mark: now.outcome,
    text: metricWords(now),
    ...(isBad && { item: checkItem(now.metric.check.id) }),
    ...(isBad && owner !== undefined && { owner }),
    ...(isBad && next !== undefined && { next }),
  };
}

function briefOf({ metric, value, of }: MetricNow): string {
  return `${metric.label} ${valueWords(metric, value, of)}`;
}

function attentionOf(all: readonly MetricNow[], unknown: readonly string[]): 'none' | 'look' | 'act' {
  if (all.some(({ outcome }) => outcome === 'fail')) return 'act';
  return unknown.length > 0 || all.some(({ outcome }) => outcome === 'warn') ? 'look' : 'none';
}

/** Else in the order that they were asked for. */
function worstFirst(all: readonly MetricNow[]): MetricNow[] {
  const rank = ({ outcome }: MetricNow) => (outcome === 'fail' ? 0 : outcome === 'warn' ? 1 : 2);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

/** The report before may be of last week: its values are then no yesterday. */
function isOfYesterday({ previous, now }: SectionContext): boolean {
  return previous !== undefined && now.getTime() - previous.madeAt.getTime() < 36 * 3_600_000;
}

/** A check's own picture, where that is of the very number. */
async function drawn(metrics: readonly MetricNow[], { sources, zone, now }: SectionContext): Promise<Chart[]> {
  const trends = await Promise.all(metrics.map(({ metric }) => sources.health.trend(metric.check.id, '7d', now)));
  return trends.flatMap((trend, at) => {
    const { path, label } = metrics[at]!.metric;
    return path.length === 1 && trend.fact === path[0] && hasLine(trend)
      ? [{ ...trendChart(trend, zone), title: label }]
      : [];
  });
}
