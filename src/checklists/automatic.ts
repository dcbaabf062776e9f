import { formatValue } from '../conditions/format.ts';
import type { Condition } from '../conditions/model.ts';
import type { CheckReport, Outcome } from '../health/model.ts';
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

/** What the checks of an item say; `when`: its condition, compiled. Pure. */
export function resultOf(
  auto: Auto,
  reports: readonly CheckReport[],
  { when, at }: { when: Condition | undefined; at: Date },
): Result {
  const { verdict, words } = judged(auto, reports, when);
  return { verdict, words: cut(redact(words), longest), at };
}

type Judged = Omit<Result, 'at'>;

function judged(auto: Auto, reports: readonly CheckReport[], when: Condition | undefined): Judged {
  const [worst] = reports;
  if (!worst) return { verdict: 'unknown', words: `ops.yml has no ${auto.by} ${auto.of} any more` };
  if (auto.when !== undefined) return conditionResult(worst, when);
  const verdicts = reports.map(({ outcome }) => verdictOf(outcome, auto));
  const verdict = verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
  const telling = reports.filter((_, index) => verdicts[index] === verdict);
  if (reports.length === 1) return { verdict, words: saidOf(worst) };
  const passed = verdicts.filter((each) => each === 'pass').length;
  const names = telling.slice(0, 2).map((report) => `${report.id}: ${saidOf(report)}`);
  const more = telling.length > 2 ? [`… and ${telling.length - 2} more`] : [];
  const words =
    verdict === 'pass' ? `${passed} of ${passed} ok` : [`${passed} of ${reports.length} ok`, ...names, ...more];
  return { verdict, words: [words].flat().join(' · ') };
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

function conditionResult(report: CheckReport, when: Condition | undefined): Judged {
  if (verdictOf(report.outcome, { by: 'check', of: '', warn: 'pass' }) === 'unknown')
    return { verdict: 'unknown', words: saidOf(report) };
  if (!when) return { verdict: 'unknown', words: 'its condition does not fit the check as it is now' };
  const read = when.evaluate(report.facts);
  if (read.kind === 'unknown' || read.kind === 'not_yet') return { verdict: 'unknown', words: read.why };
  const told = when.explain(report.facts);
  const words = told
    ? `${told.fact} ${formatValue(told.value, told.unit)} (${read.kind === 'true' ? 'holds' : 'wanted'}: ${when.source})`
    : when.source;
  return { verdict: read.kind === 'true' ? 'pass' : 'fail', words };
}
