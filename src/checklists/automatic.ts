import { formatValue } from '../conditions/format.ts';
import type { Condition } from '../conditions/model.ts';
import type { CheckReport, Outcome } from '../health/model.ts';
import { formatDuration } from '../kernel/duration.ts';
import { redact } from '../kernel/redact.ts';
import type { Auto, Item, Result } from './model.ts';
import { cut } from './plain.ts';

const longest = 300;

/** A check, as far as items ask of it. */
export interface KnownCheck {
  id: string;
  type: string;
  group: string;
}

/** The ids of the checks that an item goes by; none = nothing ticks it by itself. Pure. */
export function checksFor({ auto }: Pick<Item, 'auto'>, checks: readonly KnownCheck[]): string[] {
  if (!auto) return [];
  const key = ({ check: 'id', group: 'group', type: 'type' } as const)[auto.by];
  return checks.filter((check) => check[key] === auto.of).map(({ id }) => id);
}

/**
 * What the checks of an item say, worst first; `ids`: all that it goes by, of which one without a report was not measured;
 * `when`: its condition, compiled. Pure.
 */
export function resultOf(
  auto: Auto,
  reports: readonly CheckReport[],
  { ids, when, at }: { ids: readonly string[]; when: Condition | undefined; at: Date },
): Result {
  const { verdict, words } = judged(auto, ids.length === 0 ? [] : reports, { ids, when, at });
  return { verdict, words: cut(redact(words), longest), at };
}

type Judged = Omit<Result, 'at'>;
interface Asked {
  ids: readonly string[];
  when: Condition | undefined;
  at: Date;
}

function judged(auto: Auto, reports: readonly CheckReport[], { ids, when, at }: Asked): Judged {
  if (ids.length === 0) return { verdict: 'unknown', words: `ops.yml has no ${auto.by} ${auto.of} any more` };
  const [worst] = reports;
  if (auto.when !== undefined && worst) return conditionResult(worst, when, at);
  const missing = ids.filter((id) => !reports.some((report) => report.id === id));
  const each = [
    ...reports.map((report) => ({
      ...{ id: report.id, verdict: verdictOf(report.outcome, auto), words: saidOf(report) + ageOf(report, at) },
    })),
    ...missing.map((id) => ({ id, verdict: 'unknown' as const, words: 'it was not measured now' })),
  ];
  const verdicts = each.map(({ verdict }) => verdict);
  const verdict = verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
  if (each.length === 1) return { verdict, words: each[0]!.words };
  const telling = each.filter((one) => one.verdict === verdict);
  const passed = verdicts.filter((one) => one === 'pass').length;
  const names = telling.slice(0, 2).map(({ id, words }) => `${id}: ${words}`);
  const more = telling.length > 2 ? [`… and ${telling.length - 2} more`] : [];
  // The oldest of many is told: all of them being well is as old as that.
  const oldest = reports.reduce((a, b) => (a && a.at <= b.at ? a : b), worst);
  const all = `${passed} of ${passed} ok${oldest ? ageOf(oldest, at) : ''}`;
  const words = verdict === 'pass' ? [all] : [`${passed} of ${each.length} ok`, ...names, ...more];
  return { verdict, words: words.join(' · ') };
}

const asOfNowMs = 60_000;

/** Of a check that is not measured on demand: how old its last result is. */
function ageOf(report: CheckReport, at: Date): string {
  const ageMs = at.getTime() - report.at.getTime();
  return ageMs < asOfNowMs ? '' : ` (measured ${formatDuration(ageMs)} ago)`;
}

function verdictOf(outcome: Outcome, { warn }: Auto): Result['verdict'] {
  if (outcome === 'ok') return 'pass';
  if (outcome === 'warn') return warn;
  // Muted, stale, blocked: nobody knows how it is now.
  return outcome === 'fail' ? 'fail' : 'unknown';
}

function saidOf({ outcome, reason, muted, blocked_by: cause }: CheckReport): string {
  if (outcome === 'muted') return `muted by ${muted?.by ?? 'somebody'}: ${reason}`;
  if (outcome === 'blocked') return `not known while ${cause ?? 'another check'} fails`;
  if (outcome === 'stale') return `no fresh result: ${reason}`;
  return outcome === 'unknown' ? `not known: ${reason}` : reason;
}

function conditionResult(report: CheckReport, when: Condition | undefined, at: Date): Judged {
  if (verdictOf(report.outcome, { by: 'check', of: '', warn: 'pass' }) === 'unknown')
    return { verdict: 'unknown', words: saidOf(report) };
  if (!when) return { verdict: 'unknown', words: 'its condition does not fit the check as it is now' };
  const read = when.evaluate(report.facts);
  if (read.kind === 'unknown' || read.kind === 'not_yet') return { verdict: 'unknown', words: read.why };
  const told = when.explain(report.facts);
  const words = told
    ? `${told.fact} ${formatValue(told.value, told.unit)} (${read.kind === 'true' ? 'holds' : 'wanted'}: ${when.source})`
    : when.source;
  return { verdict: read.kind === 'true' ? 'pass' : 'fail', words: words + ageOf(report, at) };
}
