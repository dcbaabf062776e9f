import type { Check } from '../config/model.ts';
import { type Clock, ranMs } from '../kernel/clock.ts';
import { nextSamples } from './baseline.ts';
import { briefFacts, briefValue, keptFacts } from './facts.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { CheckState, Measurement } from './history.ts';
import { type Said, saidOf } from './hold.ts';
import { type Input, judge, pastUnknown, type Unread, type Verdict } from './judge.ts';
import type { CheckReport, Judgement } from './model.ts';
import type { ProbeResult } from './probe.ts';
import { hasRates, okSaysOf, shownFacts, specsOf } from './specs.ts';

export interface Judging {
  check: Check;
  result: ProbeResult;
  /** What was known before. */
  last: CheckState | undefined;
  /** What the rules said before, oldest first, for `held_for`. */
  history: readonly Said[];
  /** What could not be read of the past. */
  unread?: Unread;
  /** What it is measured by; default: one that nobody moves. */
  clock?: Clock;
}

/** What a probe's result means for its check: the report as judged, and what the next sweep needs to know. */
export function judgeResult({ check, result, last, history, unread, clock }: Judging): Measurement {
  const { at, attempts } = result;
  const measured: Input =
    result.kind === 'unmeasured' ? result : { ...result, specs: specsOf(check), okSays: okSaysOf(check) };
  const { fired, ...judgement } = judge({
    ...{ measured, check, history, previous: last?.settled, unread, now: at },
    ...(clock && { apartMs: (from, to) => ranMs(clock, from, to) }),
  });
  const shown = result.kind === 'measured' ? shownFacts(check, result.facts) : {};
  const { facts, cut } = result.kind === 'measured' ? keptFacts(shown, result.size) : { facts: {}, cut: [] };
  const report = reportOf(check, judgement, {
    since: last?.report.outcome === judgement.outcome && last.report.since <= at ? last.report.since : at,
    at,
    facts,
    duration_ms: Math.round(result.durationMs),
    attempts,
  });
  if (cut.length > 0) report.notes = [...report.notes, `too large to keep whole: ${cut.join(', ')}`];
  const samples = last?.samples ?? [];
  return {
    report,
    fingerprint: fingerprintOf(check),
    takenMs: performance.now(),
    measured: result.kind === 'measured',
    said:
      result.kind === 'measured' && check.heldForMs > 0 ? saidOf([...check.fail, ...check.warn], result) : undefined,
    settled: isSettled(judgement) ? { outcome: judgement.outcome, rules: fired } : last?.settled,
    samples:
      result.kind === 'measured' && hasRates(check)
        ? nextSamples(samples, { at, facts: briefFacts(shown, result.size) }, check.everyMs)
        : samples,
  };
}

/**
 * The report of a check that is not measured now: the last one, stale when it is too old, or unknown. Nothing goes stale
 * because somebody moves the clock on.
 */
export function lastReport(check: Check, last: CheckState | undefined, now: Date, clock: Clock): CheckReport {
  const { fired: _, ...judgement }: Verdict = judge({
    measured: { kind: 'last', report: last?.report },
    check,
    history: [],
    now,
    apartMs: (from, to) => ranMs(clock, from, to),
  });
  if (!last) return reportOf(check, judgement, { since: now, at: now, facts: {}, duration_ms: 0, attempts: 0 });
  const stale = judgement.outcome === 'stale' && last.report.outcome !== 'stale';
  const staleAt = last.report.at > now ? now : new Date(last.report.at.getTime() + check.staleAfterMs);
  const since = stale ? staleAt : last.report.since;
  const { at, facts, duration_ms, attempts } = last.report;
  return reportOf(check, judgement, { since, at, facts, duration_ms, attempts });
}

function reportOf(
  check: Check,
  judgement: Judgement,
  measured: Pick<CheckReport, 'since' | 'at' | 'facts' | 'duration_ms' | 'attempts'>,
): CheckReport {
  const { id, type, group, owner, runbook } = check;
  const { rule, value, limit } = judgement;
  const brief = { rule: briefValue(rule) as string | undefined, value: briefValue(value), limit: briefValue(limit) };
  return { id, type, group, owner, runbook, ...judgement, ...brief, ...measured };
}

/** An ok that may be a warn which has not cleared settles nothing. */
function isSettled({ outcome, notes }: Judgement): boolean {
  return (outcome === 'ok' && !notes.includes(pastUnknown)) || outcome === 'warn' || outcome === 'fail';
}
