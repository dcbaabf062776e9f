import type { FactSpecs, Facts, Rule } from '../kernel/check.ts';

/** What came of one condition on one sample. */
export type ConditionResult =
  | { kind: 'true' }
  | { kind: 'false' }
  /** It can't be evaluated: `why` names the fact and what was wrong with it. */
  | { kind: 'unknown'; why: string }
  /** It reads a rate that has no previous sample yet, or the usual value of a fact that is not known for days enough. */
  | { kind: 'not_yet'; why: string };

/** A condition, type-checked against the check's facts when the config was loaded. */
export interface Condition {
  /** As written. */
  readonly rule: Rule;
  readonly source: string;
  /** Facts it reads, by root name. */
  readonly reads: string[];
  /** Numbers that it compares a fact with, wherever they stand in it: what a chart draws. */
  readonly limits: Limit[];
  /** Facts that it asks the usual value of, with `baseline(fact)`. */
  readonly usual: string[];
  evaluate(facts: Facts): ConditionResult;
  /**
   * What a reader wants to know when it fired: the value it read and the limit it was compared with, taken from the
   * first comparison that decided (`latency_ms > 500` → `{fact: 'latency_ms', value: 612, op: '>', limit: 500}`).
   */
  explain(facts: Facts): Explanation | undefined;
  /** The same condition, told what is usual; before, all that is decided by a `baseline` is unknown. */
  given(usuals: Usuals): Condition;
}

/** What a fact usually is at this hour of the day. */
export type Usual =
  | { kind: 'known'; median: number; days: number }
  | { kind: 'not_yet'; days: number; needs: number }
  | { kind: 'unread' };

/** By the fact's name. */
export type Usuals = ReadonlyMap<string, Usual>;

/** `latency_ms > 500`, with the fact on the left. Inside a `!` it is what makes the condition true. */
export interface Limit {
  /** The fact's own name: a path into it is no limit of the fact. */
  fact: string;
  op: '<' | '<=' | '>' | '>=';
  limit: number;
}

export interface Explanation {
  /** Dotted path as written: `json.database.latency`. */
  fact: string;
  op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'is';
  value: unknown;
  limit: unknown;
  unit?: string;
  /** What the comparison took as usual. */
  usual?: UsualRead[];
  /** The limit is this many times what is usual of the very fact that was read. */
  multiple?: number;
}

export interface UsualRead {
  fact: string;
  median: number;
  days: number;
  unit?: string;
}

/** A mistake in a condition, with what is allowed instead. */
export interface ConditionProblem {
  found: string;
  allowed: string;
}

export type CompileCondition = (
  rule: Rule,
  facts: FactSpecs,
) => { ok: true; condition: Condition } | { ok: false; problem: ConditionProblem };
