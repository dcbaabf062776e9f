import type { Condition, ConditionResult } from '../conditions/model.ts';
import { sayFacts, sayRule } from '../conditions/say.ts';
import type { Check } from '../config/model.ts';
import type { FactSpecs, Facts, Sample, UnmeasuredReason } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { heldBySource, heldSince, sayHolding } from './hold.ts';
import { stillNotClear } from './hysteresis.ts';
import type { CheckReport, Judgement, Outcome } from './model.ts';
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
      /** There was an earlier sample to measure rates from: a rate that is missing nevertheless is unknown. */
      hadPrevious?: boolean;
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

export interface JudgeInput {
  measured: Input;
  check: Judged;
  /** Own samples before this one, oldest first, from twice `heldForMs` and one `everyMs` back. */
  history: readonly Sample[];
  /** The last warn, fail or ok, and its rule: for hysteresis, and so that a hold need not be proven twice. */
  previous?: { outcome: Outcome; rule?: string };
  now: Date;
}

/**
 * What a measurement means. Worst first: a `fail` rule that is true (for `held_for`) is fail, whatever else can't be
 * evaluated; then any rule that can't be evaluated is unknown, even beside a warn that is true (its words are kept in
 * the reason); then warn; then a warn or fail that has not cleared stays warn; then ok. A check that no rule judges is
 * unknown. Pure: the same input gives the same answer.
 */
export function judge(input: JudgeInput): Judgement {
  const { measured, check, now } = input;
  if (measured.kind === 'last') return judgeLast(measured.report, check, now);
  if (measured.kind === 'unmeasured') {
    const notes = measured.attempts > 1 ? [`tried ${measured.attempts} times`] : [];
    return {
      outcome: 'unknown',
      reason: measured.message || measured.reason,
      why: measured.reason,
      next: measured.next ?? check.hint,
      notes,
    };
  }
  return judgeMeasured(measured, input);
}

function judgeLast(report: (Judgement & Pick<CheckReport, 'at'>) | undefined, check: Judged, now: Date): Judgement {
  if (!report) return { outcome: 'unknown', reason: 'not measured yet', next: check.hint, notes: [] };
  const { outcome, rule, value, limit, unit, reason, why, next, notes, at } = report;
  const ageMs = now.getTime() - at.getTime();
  if (ageMs <= check.staleAfterMs) return { outcome, rule, value, limit, unit, reason, why, next, notes };
  const was = outcome === 'stale' ? reason : `last ${outcome}: ${reason}`;
  return {
    outcome: 'stale',
    reason: `no result for ${formatDuration(ageMs)}; ${was}`,
    why,
    next: next ?? check.hint,
    notes,
  };
}

interface Fired {
  condition: Condition;
  level: 'fail' | 'warn';
}

interface Looked {
  fired: Fired[];
  /** Rules that can't be evaluated, with why. */
  unknown: { level: 'fail' | 'warn'; source: string; why: string }[];
  notes: string[];
}

function judgeMeasured(measured: Extract<Input, { kind: 'measured' }>, input: JudgeInput): Judgement {
  const { check, previous } = input;
  const { facts, specs } = measured;
  if (check.fail.length + check.warn.length === 0) {
    const next = 'Add a warn or fail rule to this check.';
    return { outcome: 'unknown', reason: 'measured, but no rule says what is healthy', next, notes: [] };
  }
  const looked: Looked = { fired: [], unknown: [], notes: [] };
  for (const level of ['fail', 'warn'] as const) {
    for (const condition of check[level]) look(condition, level, measured, input, looked);
  }
  const fails = looked.fired.filter((each) => each.level === 'fail');
  const warns = looked.fired.filter((each) => each.level === 'warn');
  if (fails.length > 0) {
    const notes = looked.unknown.map((each) => `can't judge \`${each.source}\`: ${each.why}`);
    return firedJudgement(fails, facts, specs, check, [...looked.notes, ...notes]);
  }
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
  if (measured.attempts > 1) looked.notes.push('ok after retry');
  const reads = [...check.fail, ...check.warn].flatMap((condition) => condition.reads);
  const reason = measured.okSays ? sayFacts(measured.okSays, facts, specs) : okReason(facts, specs, reads);
  return { outcome: 'ok', reason, notes: looked.notes };
}

/** Evaluates one rule and files what came of it. */
function look(
  condition: Condition,
  level: 'fail' | 'warn',
  measured: Extract<Input, { kind: 'measured' }>,
  { check, history, previous }: JudgeInput,
  looked: Looked,
): void {
  const result: ConditionResult = condition.evaluate(measured.facts);
  if (result.kind === 'false') return;
  if (result.kind === 'not_yet' && !measured.hadPrevious) {
    const note = `not yet: ${result.why}`;
    if (!looked.notes.includes(note)) looked.notes.push(note);
    return;
  }
  if (result.kind === 'not_yet') {
    const why = `${condition.reads.join(', ')}: no rate, though there is an earlier sample`;
    looked.unknown.push({ level, source: condition.source, why });
    return;
  }
  if (result.kind === 'unknown') {
    looked.unknown.push({ level, source: condition.source, why: result.why });
    return;
  }
  // What fired and is still true goes on, also when the bot was down for longer than the hold.
  const goesOn = previous?.outcome === level && (previous.rule ?? condition.source) === condition.source;
  // The source may not know every fact that the rule reads: own samples prove a hold as well as its own do.
  const own = heldSince(condition, history, measured.at, check);
  const theirs = heldBySource(condition, measured.earlier ?? [], measured.at, check);
  if (goesOn || own.kind === 'held' || theirs.kind === 'held') {
    looked.fired.push({ condition, level });
    return;
  }
  const holding = sayHolding(
    Math.max(...[own, theirs].map((each) => (each.kind === 'holding' ? each.forMs : 0))),
    check,
  );
  looked.notes.push(`${level} for ${holding}: ${sayRule(condition, measured.facts, measured.specs)}`);
}

function firedJudgement(fired: Fired[], facts: Facts, specs: FactSpecs, check: Judged, notes: string[]): Judgement {
  const [first] = fired;
  if (!first) throw new Error('no rule fired');
  const explanation = first.condition.explain(facts);
  return {
    outcome: first.level,
    rule: first.condition.source,
    ...(explanation && { value: explanation.value, limit: explanation.limit, unit: explanation.unit }),
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
