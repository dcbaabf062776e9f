import type { Check } from '../config/model.ts';
import type { Sample } from '../kernel/check.ts';
import { keptFacts } from './facts.ts';
import type { CheckState } from './history.ts';
import { type Input, judge } from './judge.ts';
import type { CheckReport, Judgement, Outcome } from './model.ts';
import type { ProbeResult } from './probe.ts';

export interface Judging {
  check: Check;
  result: ProbeResult;
  /** What was known before. */
  last: CheckState | undefined;
  /** Own samples before this one, oldest first, for `held_for`. */
  history: readonly Sample[];
}

/** What a probe's result means for its check: the report as judged, and what the next sweep needs to know. */
export function judgeResult({ check, result, last, history }: Judging): Omit<CheckState, 'shown' | 'open'> {
  const { at, attempts } = result;
  const measured: Input =
    result.kind === 'unmeasured'
      ? result
      : {
          ...result,
          specs: check.definition.facts(check.target),
          okSays: check.definition.okSays,
          hadPrevious: last?.sample !== undefined,
        };
  const previous = last?.settled && { outcome: last.settled };
  const judgement = judge({ measured, check, history, previous, now: at });
  const { facts, cut } = result.kind === 'measured' ? keptFacts(result.facts, result.size) : { facts: {}, cut: [] };
  const report = reportOf(check, judgement, {
    since: last?.report.outcome === judgement.outcome ? last.report.since : at,
    at,
    facts,
    duration_ms: Math.round(result.durationMs),
    attempts,
  });
  if (cut.length > 0) report.notes = [...report.notes, `too large to keep whole: ${cut.join(', ')}`];
  return {
    report,
    settled: isSettled(judgement.outcome) ? judgement.outcome : last?.settled,
    sample: result.kind === 'measured' ? { at, facts } : last?.sample,
  };
}

/** The report of a check that is not measured now: the last one, stale when it is too old, or unknown. */
export function lastReport(check: Check, last: CheckState | undefined, now: Date): CheckReport {
  const judgement = judge({ measured: { kind: 'last', report: last?.report }, check, history: [], now });
  if (!last) return reportOf(check, judgement, { since: now, at: now, facts: {}, duration_ms: 0, attempts: 0 });
  const stale = judgement.outcome === 'stale' && last.report.outcome !== 'stale';
  const since = stale ? new Date(last.report.at.getTime() + check.staleAfterMs) : last.report.since;
  const { at, facts, duration_ms, attempts } = last.report;
  return reportOf(check, judgement, { since, at, facts, duration_ms, attempts });
}

function reportOf(
  check: Check,
  judgement: Judgement,
  measured: Pick<CheckReport, 'since' | 'at' | 'facts' | 'duration_ms' | 'attempts'>,
): CheckReport {
  const { id, type, group, owner, runbook } = check;
  return { id, type, group, owner, runbook, ...judgement, ...measured };
}

function isSettled(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'warn' || outcome === 'fail';
}
