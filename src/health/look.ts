import type { Condition, ConditionResult } from '../conditions/model.ts';
import { sayRule } from '../conditions/say.ts';
import type { FactSpecs, Facts } from '../kernel/check.ts';
import { heldBySource, heldSince, sayHolding } from './hold.ts';
import type { Input, JudgeInput } from './judge.ts';

export interface Fired {
  condition: Condition;
  level: 'fail' | 'warn';
}

/** What came of the rules of a check. */
export interface Looked {
  fired: Fired[];
  /** Rules that can't be evaluated, with why. */
  unknown: { source: string; why: string }[];
  notes: string[];
  /** A rule is true, not yet for long enough. */
  holding: boolean;
}

/** Evaluates one rule and files what came of it: fired, unknown, or a note that it waits. */
export function look(
  rule: Fired,
  measured: Extract<Input, { kind: 'measured' }>,
  { check, history, previous, unread, apartMs }: JudgeInput,
  looked: Looked,
): void {
  const { condition, level } = rule;
  const { source } = condition;
  const result = unlessLost(condition.evaluate(measured.facts), condition, measured);
  if (result.kind === 'false') return;
  if (result.kind === 'not_yet') {
    const note = `not yet: ${result.why}`;
    if (!looked.notes.includes(note)) looked.notes.push(note);
    return;
  }
  if (result.kind === 'unknown') {
    looked.unknown.push({ source, why: whyAbsent(condition, measured) ?? result.why });
    return;
  }
  // What fired and is still true goes on, also when the bot was down for longer than the hold.
  const goesOn = previous?.rules.includes(source);
  // The source may not know every fact that the rule reads: own samples prove a hold as well as its own do.
  const own = heldSince(condition, history, measured.at, check, apartMs);
  const theirs = heldBySource(condition, measured.earlier ?? [], measured.at, check);
  if (goesOn || own.kind === 'held' || theirs.kind === 'held') {
    looked.fired.push(rule);
    return;
  }
  const forMs = Math.max(...[own, theirs].map((each) => (each.kind === 'holding' ? each.forMs : 0)));
  const since = unread?.history ? ' (earlier samples not read)' : '';
  looked.holding = true;
  looked.notes.push(
    `${level} for ${sayHolding(forMs, check)}${since}: ${sayRule(condition, measured.facts, measured.specs)}`,
  );
}

/** A rate waits for a second sample; one whose counter is not there now has nothing to wait for. */
function unlessLost(
  result: ConditionResult,
  { reads }: Condition,
  { facts, specs }: { facts: Facts; specs: FactSpecs },
): ConditionResult {
  if (result.kind !== 'not_yet') return result;
  const counters = reads.filter((name) => specs[name]?.rate).map((name) => name.replace(/_per_[a-z]+$/, ''));
  const lost = counters.find((name) => specs[name] && !specs[name].rate && typeof facts[name] !== 'number');
  return lost === undefined ? result : { kind: 'unknown', why: `${lost} is missing` };
}

/** The check type's own words for a fact that the rule reads and that is not there. */
function whyAbsent({ reads }: Condition, { facts, specs }: { facts: Facts; specs: FactSpecs }): string | undefined {
  const absent = reads.find((name) => facts[name] === undefined || facts[name] === null);
  return absent === undefined ? undefined : specs[absent]?.whyAbsent?.(facts);
}
