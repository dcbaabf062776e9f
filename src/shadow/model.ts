import type { Limit } from '../conditions/model.ts';
import type { Outcome } from '../health/model.ts';
import type { ChannelPosts } from './posts.ts';

/** A problem that people would have been told of. */
export interface ShadowAlert {
  check: string;
  group: string;
  worst: Outcome;
  /** Why, when it was worst. */
  reason: string;
  /** The condition that had fired; undefined: it could not be measured. */
  rule: string | undefined;
  /** When it went wrong, as measured, and when people would have been told. */
  beganAt: Date;
  openedAt: Date;
  /** Undefined: it was still open at the end. */
  closedAt: Date | undefined;
  /** Not ok for so long, up to the end of the run. */
  lastedMs: number;
}

/** The values of a fact that a rule compares with one number. `beyond`: how many of them made the rule true. */
export interface LimitPast extends Limit {
  rule: string;
  unit: string | undefined;
  values: number;
  beyond: number;
  median: number;
  /** 95 % of the values are on the good side of it. */
  p95: number;
  /** The farthest on the bad side. */
  worst: number;
}

/** One check over the run. */
export interface CheckPast {
  id: string;
  everyMs: number;
  timeoutMs: number;
  attempts: number;
  openAfter: { hits: number; of: number };
  results: number;
  /** Of these, how many could not be measured. */
  unknown: number;
  /** Why not, by how often that began. */
  reasons: { reason: string; times: number }[];
  /** What to do about it, of the last result. */
  next: string | undefined;
  /** How long a result took, ms, with all attempts. */
  p95Ms: number;
  longestMs: number;
  alerts: ShadowAlert[];
  limits: LimitPast[];
}

export interface ShadowReport {
  config: string;
  from: Date;
  to: Date;
  /** How long it was to be. */
  forMs: number;
  /** In the order of the config. */
  checks: CheckPast[];
  /** In the order in which people would have been told. */
  alerts: ShadowAlert[];
  posts: ChannelPosts[];
  /** Groups whose alerts have no channel. */
  homeless: string[];
}
