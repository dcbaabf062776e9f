import { z } from 'zod';
import type { Check } from '../../config/model.ts';
import type { SeriesPoint } from '../../health/series.ts';
import { isDrawable, metricChart } from '../metrics/chart.ts';
import { usualMetrics } from '../metrics/choose.ts';
import { type KeptMetric, keptMetrics } from '../metrics/kept.ts';
import { type PastMetric, pastMetric } from '../metrics/options.ts';
import { shown } from '../metrics/say.ts';
import { isUpper, meets, targetWords } from '../metrics/target.ts';
import type { ReportLine } from '../model.ts';
import { defineReportSection } from '../section.ts';

const hourMs = 3_600_000;
const mostCharts = 4;

/** Means and extremes of some days, beside those of as many days before. */
export default defineReportSection({
  name: 'averages',
  summary: 'Averages and extremes of seven days against their targets, with the seven days before',
  options: z.strictObject({
    show: z.array(pastMetric).max(60).optional().describe('which numbers; default: those of `metrics`'),
    days: z.int().min(1).max(31).default(7).describe('how many days are looked at, and as many before'),
  }),
  async run(ctx, { show, days }) {
    const { ops, health } = ctx.sources;
    const { metrics, missing } = keptMetrics(show ?? usual(ops.checks), ops.checks);
    const hours = days * 24;
    const until = ctx.now.getTime();
    const bounds = Array.from({ length: 2 * hours + 1 }, (_, at) => new Date(until - (2 * hours - at) * hourMs));
    const series = await health.series(
      metrics.map(({ check, fact }) => ({ id: check.id, fact })),
      bounds,
    );
    const rows = metrics.map((metric, at) => {
      const points = series[at]!;
      return {
        metric,
        points: points.slice(hours),
        now: over(points.slice(hours)),
        before: over(points.slice(0, hours)),
      };
    });
    const measured = rows
      .flatMap((row) => (row.now ? [{ ...row, now: row.now }] : []))
      .sort((a, b) => rank(a) - rank(b));
    const silent = rows.filter(({ now }) => !now);
    const unknown = [
      ...missing,
      ...silent.map(
        ({ metric: { label, check } }) => `${label}: nothing was measured in ${days} days: see /ops health ${check.id}`,
      ),
    ];
    const off = measured.filter((row) => rank(row) === 0).length;
    const aimed = measured.filter(({ metric }) => metric.target !== undefined).length;
    return {
      title: 'Averages',
      attention: off > 0 ? 'look' : 'none',
      lines: measured.map((row) => line(row, days)),
      ...(aimed > 0 && { brief: `averages ${aimed - off}/${aimed}` }),
      ...(unknown.length > 0 && { unknown }),
      tables: measured.length === 0 ? [] : [table(measured, days)],
      charts: measured
        .filter(({ points }) => isDrawable(points))
        .slice(0, mostCharts)
        .map(({ metric, points }) =>
          metricChart(metric, {
            points,
            bounds: bounds.slice(hours),
            zone: ctx.zone,
            words: `last ${days} days, by the hour`,
          }),
        ),
      values: Object.fromEntries(measured.map(({ metric, now }) => [metric.label, now.mean])),
    };
  },
});

/** As `metrics` chooses them. */
function usual(checks: readonly Check[]): PastMetric[] {
  return usualMetrics(checks).map(({ check, path }) => ({ check: check.id, fact: path[0] }));
}

interface Extent {
  mean: number;
  low: number;
  high: number;
}

interface Row {
  metric: KeptMetric;
  now: Extent;
  before: Extent | undefined;
}

/** The mean of the hours' means, so that asking more often in a bad hour changes nothing. */
function over(points: readonly (SeriesPoint | null)[]): Extent | undefined {
  const known = points.filter((point) => point !== null);
  if (known.length === 0) return undefined;
  return {
    mean: known.reduce((sum, { mean }) => sum + mean / known.length, 0),
    low: known.reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY),
    high: known.reduce((most, { high }) => Math.max(most, high), Number.NEGATIVE_INFINITY),
  };
}

/** Off its target, within it, without one. */
function rank({ metric: { target }, now }: Pick<Row, 'metric' | 'now'>): number {
  if (target === undefined) return 2;
  return meets(now.mean, target) ? 1 : 0;
}

function line({ metric, now, before }: Row, days: number): ReportLine {
  const { label, unit, target, check } = metric;
  const limit = target === undefined ? '' : ` (${targetWords(target, unit)})`;
  const extreme = target && !isUpper(target) ? `at least ${shown(now.low, unit)}` : `at most ${shown(now.high, unit)}`;
  const was =
    before === undefined ? '' : ` · ${days} days before ${shown(before.mean, unit)}${change(now.mean, before.mean)}`;
  const off = rank({ metric, now }) === 0;
  return {
    mark: target === undefined ? 'info' : off ? 'warn' : 'ok',
    text: `${label} ${shown(now.mean, unit)} on average${limit}, ${extreme}${was}`,
    ...(check.owner !== undefined && { owner: check.owner }),
    ...(off && { next: `/ops health ${check.id} --chart 7d` }),
  };
}

function change(now: number, before: number): string {
  if (before === 0) return '';
  const percent = Math.round((100 * (now - before)) / Math.abs(before));
  return percent === 0 ? '' : ` (${percent > 0 ? '+' : '−'}${Math.abs(percent)} %)`;
}

function table(rows: readonly Row[], days: number) {
  const words = (extent: Extent | undefined, unit: string | undefined) =>
    extent ? [extent.mean, extent.low, extent.high].map((value) => shown(value, unit)) : [null, null, null];
  return {
    title: `Averages of ${days} days`,
    columns: ['What', 'Target', 'Average', 'Least', 'Most', 'Before', 'Least', 'Most'],
    rows: rows.map(({ metric: { label, unit, target }, now, before }) => [
      label,
      target ? targetWords(target, unit) : null,
      ...words(now, unit),
      ...words(before, unit),
    ]),
  };
}
