import { isHidden, sayFacts, sayRule } from '../conditions/say.ts';
import type { Check } from '../config/model.ts';
import type { FactSpecs, Facts, Sample, UnmeasuredReason } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { type Said, shownMs } from './hold.ts';
import { type Settled, stillNotClear } from './hysteresis.ts';
import { type Fired, type Looked, look } from './look.ts';
import type { CheckReport, Judgement } from './model.ts';
import { okReason } from './seen.ts';

/** The part of a configured check that a judgement depends on. */
export type Judged = Pick<Check, 'fail' | 'warn' | 'clear' | 'heldForMs' | 'everyMs' | 'staleAfterMs' | 'hint'>;

export type Input =
  | {
      kind: 'measured';
      at: Date;
      facts: Facts;
      specs: FactSpecs;
      /** The check type's words for ok. */
      okSays?: string;
      /** Samples before this one, oldest first, from a source with a history of its own. */
      earlier?: readonly Sample[];
      /** Tries it took, ≥ 1. */
      attempts: number;
    }
  | {
      kind: 'unmeasured';
      at: Date;
      reason: UnmeasuredReason;
      /** Names the resource; plain text. */
      message: string;
      next?: string;
      attempts: number;
    }
  /** Not run now: the last report, if there is one. */
  | { kind: 'last'; report: (Judgement & Pick<CheckReport, 'at'>) | undefined };

export interface Unread {
  previous: boolean;
  history: boolean;
}

/** With the rules that fired, by source, whatever their level. */
export type Verdict = Judgement & { fired: string[] };

/** Said of an ok that may be a warn which has not cleared. */
export const pastUnknown = 'past unknown: clear rules skipped';

/** A clock that is ahead of ours by less than this is right, ms. */
const clocksDifferMs = 5_000;

export interface JudgeInput {
  measured: Input;
  check: Judged;
  /** What the rules said before, oldest first, from twice `heldForMs` and one `everyMs` back. */
  history: readonly Said[];
  /** The last warn, fail or ok: for hysteresis, and so that a hold need not be proven twice. */
  previous?: Settled;
  /** What could not be read of the past: `previous` or `history` may lack something then. */
  unread?: Unread;
  now: Date;
  /** Real time between two moments, where somebody moves the clock, ms; default: as long as it shows. */
  apartMs?: (from: Date, to: Date) => number;
}

/**
 * What a measurement means. Worst first: a `fail` rule that is true (for `held_for`) is fail, whatever else can't be
 * evaluated; then any rule that can't be evaluated is unknown, even beside a warn that is true (its words are kept in
 * the reason); then warn; then a warn or fail that has not cleared stays warn; then ok. A check that no rule judges is
 * unknown. Pure: the same input gives the same answer.
 */
export function judge(input: JudgeInput): Verdict {
  const { measured, check, now, apartMs = shownMs } = input;
  if (measured.kind === 'last')
    return { ...judgeLast(measured.report, check, measured.report ? apartMs(measured.report.at, now) : 0), fired: [] };
  if (measured.kind === 'unmeasured') {
    return {
      fired: [],
      outcome: 'unknown',
      reason: measured.message || measured.reason,
      why: measured.reason,
      next: adviceFor(measured, check),
      notes: triesNote(measured.attempts),
    };
  }
  const looked = lookAt(measured, input);
  const verdict = judgeMeasured(measured, looked, input);
  const wentAway = verdict.outcome === 'ok' && !looked.holding && measured.attempts > 1;
  const retried = wentAway ? ['ok after retry'] : triesNote(measured.attempts);
  const fired = looked.fired.map(({ condition }) => condition.source);
  return { ...verdict, notes: [...verdict.notes, ...retried], fired };
}

/** Silence is the system's own trouble, which the team's hint knows best; what denies or misconfigures, the probe does. */
function adviceFor({ reason, next }: Extract<Input, { kind: 'unmeasured' }>, { hint }: Judged): string | undefined {
  const systems = reason === 'timeout' || reason === 'unreachable';
  return systems ? (hint ?? next) : (next ?? hint);
}

function triesNote(attempts: number): string[] {
  return attempts > 1 ? [`after ${attempts} tries`] : [];
}

function judgeLast(report: Judgement | undefined, check: Judged, ageMs: number): Judgement {
  if (!report) return { outcome: 'unknown', reason: 'not measured yet', next: check.hint, notes: [] };
  const { outcome, rule, value, limit, unit, reason, why, next, notes } = report;
  if (ageMs >= -clocksDifferMs && ageMs <= check.staleAfterMs)
    return { outcome, rule, value, limit, unit, reason, why, next, notes };
  const was = outcome === 'stale' ? reason : `last ${outcome}: ${reason}`;
  const old =
    ageMs < 0 ? `measured ${formatDuration(-ageMs)} ahead of the clock` : `no result for ${formatDuration(ageMs)}`;
  return {
    outcome: 'stale',
    reason: `${old}; ${was}`,
    why,
    next: next ?? check.hint,
    notes,
  };
}

type Measured = Extract<Input, { kind: 'measured' }>;

function lookAt(measured: Measured, input: JudgeInput): Looked {
  const looked: Looked = { fired: [], unknown: [], notes: [], holding: false };
  for (const level of ['fail', 'warn'] as const) {
    for (const condition of input.check[level]) look({ condition, level }, measured, input, looked);
  }
  return looked;
}

function judgeMeasured(measured: Measured, looked: Looked, input: JudgeInput): Judgement {
  const { check, previous } = input;
  const { facts, specs } = measured;
  if (check.fail.length + check.warn.length === 0) {
    const next = 'Add a warn or fail rule to this check.';
    return { outcome: 'unknown', reason: 'measured, but no rule says what is healthy', next, notes: [] };
  }
  const fails = looked.fired.filter((each) => each.level === 'fail');
  const warns = looked.fired.filter((each) => each.level === 'warn');
  // What else can't be judged then is mostly a consequence (no answer, no body): not worth a line at 3 a.m.
  if (fails.length > 0) return firedJudgement(fails, facts, specs, check, looked.notes);
  const [firstUnknown] = looked.unknown;
  if (firstUnknown) {
    const reasons = [
      ...looked.unknown.map((each) => each.why),
      ...warns.map((each) => `warn: ${sayRule(each.condition, facts, specs)}`),
    ];
    const reason = `can't judge \`${firstUnknown.source}\`: ${someOf(reasons)}`;
    return { outcome: 'unknown', rule: firstUnknown.source, reason, next: check.hint, notes: looked.notes };
  }
  if (warns.length > 0) return firedJudgement(warns, facts, specs, check, looked.notes);
  const notClear = previous && stillNotClear(check.clear, facts, previous.outcome);
  if (notClear) return { ...notClear, next: check.hint, notes: looked.notes };
  const mayNotBeClear = input.unread?.previous && !previous && stillNotClear(check.clear, facts, 'warn');
  const notes = mayNotBeClear ? [...looked.notes, pastUnknown] : looked.notes;
  const reads = [...check.fail, ...check.warn].flatMap((condition) => condition.reads);
  const reason = measured.okSays ? sayFacts(measured.okSays, facts, specs) : okReason(facts, specs, reads);
  return { outcome: 'ok', reason, notes };
}

function firedJudgement(fired: Fired[], facts: Facts, specs: FactSpecs, check: Judged, notes: string[]): Judgement {
  const [first] = fired;
  if (!first) throw new Error('no rule fired');
  const explanation = first.condition.explain(facts);
  return {
    outcome: first.level,
    rule: first.condition.source,
    ...(explanation &&
      !isHidden(explanation, specs) && { value: explanation.value, limit: explanation.limit, unit: explanation.unit }),
    reason: someOf(fired.map((each) => sayRule(each.condition, facts, specs))),
    next: check.hint,
    notes,
  };
}

/** The first three of several reasons, each once. */
function someOf(reasons: string[]): string {
  const all = [...new Set(reasons)];
  const shown = all.slice(0, 3).join('; ');
  return all.length > 3 ? `${shown} … and ${all.length - 3} more` : shown;
}
