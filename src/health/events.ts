import type { Tx } from '../store/store.ts';
import { plainJson } from './facts.ts';
import type { CheckReport, Outcome } from './model.ts';
import { nextOpenState, type OpenEvent, type OpenRule, type OpenState } from './open.ts';

/** Something people should be told about a check, as a regular run found it. */
export interface ProblemEvent {
  checkId: string;
  group: string;
  /** `standing`: nothing new, told of each open problem by every regular run, so that whoever missed it learns of it. */
  event: Exclude<OpenEvent, 'none'> | 'standing';
  /** When it was measured. */
  at: Date;
  /** The last outcome before it that was not ok, else the last one; null = the first of all. */
  before: Outcome | null;
  /** As people see it; plain text that `jsonb` takes, whatever a probe quoted. */
  report: CheckReport;
}

/**
 * Called within the transaction that records the sweep. What it throws rolls all of it back: the same events are found
 * again by the next regular run. Every query goes through `tx`.
 */
export type OnEvents = (tx: Tx, events: ProblemEvent[], sweep: { at: Date }) => Promise<void>;

/** What the database knows of a check when its new state is recorded. */
export interface Stored {
  check_id: string;
  open_state: unknown;
  /** Somebody's silence is on, over this check or another. */
  silences: boolean;
}

interface Watched {
  report: { id: string };
  /** Undefined: not of a regular run, it opens and closes nothing. */
  watched?: { rule: OpenRule; report: CheckReport };
}

/**
 * The new open state of each check of a regular run, from the stored one, and what that means for people. `quiet`: muted
 * since they were measured. Pure.
 */
export function watch(
  measured: readonly Watched[],
  stored: readonly Stored[],
  quiet: ReadonlySet<string> = new Set(),
): { open: Map<string, OpenState>; events: ProblemEvent[] } {
  const before = new Map(stored.map((row) => [row.check_id, row.open_state as OpenState | null]));
  const open = new Map<string, OpenState>();
  const events: ProblemEvent[] = [];
  for (const { watched } of measured) {
    if (!watched) continue;
    const { report, rule } = watched;
    const was = before.get(report.id) ?? { open: false, recent: [] };
    const { state, event } = nextOpenState(was, quiet.has(report.id) ? 'muted' : report.outcome, rule);
    open.set(report.id, state);
    const standing = state.open && !quiet.has(report.id) && isProblem(report.outcome);
    if (event === 'none' && !standing) continue;
    const last = was.recent.findLast((outcome) => outcome !== 'ok') ?? was.recent.at(-1) ?? null;
    const told = event === 'none' ? 'standing' : event;
    const { id: checkId, group, at } = report;
    events.push({ checkId, group, event: told, at, before: last, report: clean(report) });
  }
  return { open, events };
}

/** A report of which every text can be stored. Facts are plain since they were measured; dates stay dates. */
function clean({ facts, since, at, muted, ...words }: CheckReport): CheckReport {
  const plain = plainJson(words) as typeof words;
  return { ...plain, facts, since, at, ...(muted && { muted }) };
}

/** What is blocked, muted or stale says nothing about the check itself. */
function isProblem(outcome: Outcome): boolean {
  return outcome === 'fail' || outcome === 'unknown' || outcome === 'warn';
}
