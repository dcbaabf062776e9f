import type { Usual } from '../conditions/model.ts';
import type { UnmeasuredReason } from '../kernel/check.ts';
import type { ExitCode } from '../kernel/command.ts';

/** Worst first; the order of every list. */
export const outcomes = ['fail', 'unknown', 'warn', 'stale', 'blocked', 'muted', 'ok'] as const;
export type Outcome = (typeof outcomes)[number];

/** What was found about one check, now. Plain data: stored, shown, and printed as JSON. */
export interface CheckReport {
  id: string;
  type: string;
  group: string;
  outcome: Outcome;
  /** The condition that fired, as written. */
  rule?: string;
  value?: unknown;
  limit?: unknown;
  unit?: string;
  /** One line, plain text: what is wrong, with value and limit; for ok what was seen. */
  reason: string;
  /** Why it could not be measured; only where the probe said so. */
  why?: UnmeasuredReason;
  /** What to do next, plain text: the check's `hint`, or what the probe or rule advises. */
  next?: string;
  /** Remarks: "ok after retry", "warn for 2 of 5 min", "not yet: deadlocks_per_min needs a second sample". */
  notes: string[];
  /** Who or what keeps it quiet, when muted: `@anna` or a window's id. `silence`: the id under which it can be ended. */
  muted?: { by: string; until?: Date; reason?: string; silence?: string };
  /** Id of the check that is the cause, when blocked. */
  blocked_by?: string;
  /** Since when the outcome is what it is. */
  since: Date;
  /** When it was measured. */
  at: Date;
  facts: Record<string, unknown>;
  owner?: string;
  /** URL, or the name of a Markdown file in templates/runbooks. */
  runbook?: string;
  duration_ms: number;
  attempts: number;
}

/** The part of a report that is decided by judging. */
export type Judgement = Pick<
  CheckReport,
  'outcome' | 'rule' | 'value' | 'limit' | 'unit' | 'reason' | 'why' | 'next' | 'notes'
>;

export type Counts = Record<Outcome, number>;

/**
 * The answer to `/ops health`. `verdict` is the worst outcome, blocked and muted left out; what blocks a check shown here
 * counts, also when it is not shown itself.
 */
export interface HealthReport {
  verdict: Outcome;
  counts: Counts;
  started_at: Date;
  duration_ms: number;
  checks: CheckReport[];
  /** Running now: ids not measured yet (their entries in `checks` are the last known). */
  pending: string[];
  /** What the reader must know about the answer itself: "history not saved: the database is unreachable". */
  warnings?: string[];
}

/** One check with its past, for `/ops health CHECK`. */
export interface CheckDetails {
  report: CheckReport;
  /** What it asks: `GET https://api.example.com/health`. */
  asks: string;
  everyMs: number;
  /** Units of facts by name. */
  units: Record<string, string | undefined>;
  /** The numeric fact worth drawing (the one its rules read, else a latency), last 24 h, oldest first; null = not measured. */
  series: { fact: string; unit?: string; points: { at: Date; value: number | null }[] } | null;
  /** Worst outcome of each half hour of the last 24 h, oldest first; null = nothing measured. */
  strip: (Outcome | null)[];
  /** Newest first. */
  transitions: { at: Date; from: Outcome | null; to: Outcome; reason: string }[];
  /**
   * Percent of the time that was ok or warn (muted and blocked left out); null = nothing measured. `since`: the first that
   * counts within 30 days.
   */
  uptime: { day: number | null; month: number | null; since?: Date };
  /** What the facts that its rules ask `baseline` of usually are at this hour. */
  usual?: ({ fact: string } & Usual)[];
}

/** Worst first, then by group and id, so that rows don't move between two looks. */
export function worstFirst(a: CheckReport, b: CheckReport): number {
  return (
    outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
    a.group.localeCompare(b.group) ||
    a.id.localeCompare(b.id)
  );
}

export function countOutcomes(checks: readonly { outcome: Outcome }[]): Counts {
  const counts: Counts = { fail: 0, unknown: 0, warn: 0, stale: 0, blocked: 0, muted: 0, ok: 0 };
  for (const check of checks) counts[check.outcome] += 1;
  return counts;
}

/**
 * The worst outcome; blocked and muted don't count, and nothing measured at all is unknown, never ok. `causes` are the
 * outcomes of checks beside the counted ones that block some of them.
 */
export function verdictOf(counts: Counts, causes: readonly Outcome[] = []): Outcome {
  const worst = outcomes.find(
    (outcome) => (counts[outcome] > 0 || causes.includes(outcome)) && outcome !== 'blocked' && outcome !== 'muted',
  );
  return worst ?? 'unknown';
}

export function exitCodeOf(verdict: Outcome): ExitCode {
  if (verdict === 'ok') return 0;
  if (verdict === 'warn') return 1;
  if (verdict === 'fail') return 2;
  return 3;
}
