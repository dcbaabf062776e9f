import { formatValue } from '../../conditions/format.ts';
import type { Check } from '../../config/model.ts';
import type { CheckReport, Outcome } from '../../health/model.ts';
import { sparkline } from '../../health/views/sparkline.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { Metric } from './choose.ts';
import { medianOf } from './past.ts';
import { meets, targetWords } from './target.ts';

/** A metric as it is now, and what it was. */
export interface MetricNow {
  metric: Metric;
  value: number;
  /** What it is out of. */
  of: number | undefined;
  outcome: Outcome;
  yesterday: number | undefined;
  usual: number | undefined;
  /** The days before and today, oldest first. */
  line: string;
}

/** Its value in the facts, or why there is none. Pure. */
export function measured(
  metric: Metric,
  report: CheckReport | undefined,
  now: Date,
): { value: number; of?: number } | { why: string } {
  const { label, path, of, check } = metric;
  if (!report) return { why: `${label}: ${check.id} was not measured` };
  const why = whyNoValue(report, check, now);
  if (why !== undefined) return { why: `${label}: ${why}` };
  const value = numberAt(report.facts, path);
  if (value === undefined) return { why: `${label}: ${report.id} did not measure ${path.join('.')}` };
  if (of === undefined) return { value };
  const whole = typeof of === 'number' ? of : numberAt(report.facts, of);
  return whole === undefined ? { value } : { value, of: whole };
}

/** Why the facts of a check say nothing of now: it can't be measured, or wasn't for too long. Pure. */
export function whyNoValue(report: CheckReport, check: Pick<Check, 'staleAfterMs'>, now: Date): string | undefined {
  const { id, outcome, reason, next, at } = report;
  const then = next === undefined ? '' : ` → ${next}`;
  if (outcome === 'unknown' || outcome === 'stale') return `${id} is ${outcome}: ${reason}${then}`;
  const ageMs = now.getTime() - at.getTime();
  return ageMs > check.staleAfterMs ? `${id} was measured last ${formatDuration(ageMs)} ago: ${reason}` : undefined;
}

/** What stands at a place in the facts. Pure. */
export function factAt(facts: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined,
    facts,
  );
}

function numberAt(facts: unknown, path: readonly string[]): number | undefined {
  const found = factAt(facts, path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** Together with its past; `last`: what the report before kept, where the history has nothing of yesterday. Pure. */
export function metricNow(
  metric: Metric,
  now: { value: number; of?: number; report: CheckReport; days: readonly (number | null)[]; last: number | undefined },
): MetricNow {
  const { value, of, report, days, last } = now;
  return {
    ...{ metric, value, of, outcome: outcomeOf(metric, value, report), yesterday: days[0] ?? last },
    usual: medianOf(days),
    line: days.some((day) => day !== null) ? sparkline([...days.toReversed(), value], days.length + 1) : '',
  };
}

/** Whether the number is where it should be; where it isn't, the check says how bad that is. Pure. */
function outcomeOf({ target }: Metric, value: number, { outcome }: CheckReport): Outcome {
  if (target === undefined) return outcome;
  if (meets(value, target)) return 'ok';
  return outcome === 'ok' ? 'warn' : outcome;
}

/** "p95 287 ms (< 500) · yesterday 301 · usual 290 ▂▃▂▅▃". Pure. */
export function metricWords({ metric, value, of, yesterday, usual, line }: MetricNow): string {
  const { label, unit, target, digits } = metric;
  const bare = (one: number) => shown(one, unit === 'bytes' ? unit : undefined, digits);
  const bound = target === undefined ? '' : ` (${targetWords(target, unit === 'bytes' ? unit : undefined)})`;
  const past = [
    yesterday === undefined ? '' : `yesterday ${bare(yesterday)}`,
    usual === undefined ? '' : `usual ${bare(usual)}`,
  ].filter(Boolean);
  return [`${label} ${valueWords(metric, value, of)}${bound}`, ...past].join(' · ') + (line === '' ? '' : ` ${line}`);
}

/** "287 ms", "12/25". Pure. */
export function valueWords({ unit, digits }: Pick<Metric, 'unit' | 'digits'>, value: number, of?: number): string {
  return of === undefined
    ? shown(value, unit, digits)
    : `${shown(value, undefined, digits)}/${shown(of, unit, digits)}`;
}

/** As a row of the full table. Pure. */
export function metricRow({ metric, value, of, outcome, yesterday, usual, line }: MetricNow): (string | null)[] {
  const { label, unit, digits, target } = metric;
  const one = (number: number | undefined) => (number === undefined ? null : shown(number, unit, digits));
  const bound = target === undefined ? null : targetWords(target, unit);
  return [label, valueWords(metric, value, of), bound, one(yesterday), one(usual), line || null, outcome];
}

/** A number with its unit; without `digits` as short as it still tells something. Pure. */
export function shown(value: number, unit: string | undefined, digits?: number): string {
  return formatValue(digits === undefined ? rounded(value) : Number(value.toFixed(digits)), unit);
}

/** A mean has digits that nobody measured. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
