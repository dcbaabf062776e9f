import { type Clock, ranMs } from '../kernel/clock.ts';
import type { DueTimer } from './timers-store.ts';

/** A deadline kept later than this is counted and announced. */
const lateMs = 60_000;
const keysNamed = 20;

/** Deadlines that were kept late: "3 deadlines between 03:04 and 03:10 were kept at 03:12". */
export interface LateTimers {
  count: number;
  worstMs: number;
  /** The first 20, in the order they were due. */
  keys: string[];
  firstDueAt: Date;
  lastDueAt: Date;
  keptAt: Date;
}

/** The late ones among these; undefined = none. A timer set for a time that had passed counts from when it was set. */
export function lateOf(due: readonly DueTimer[], now: Date, clock: Clock): LateTimers | undefined {
  const late = due.filter((timer) => latenessMs(timer, now, clock) > lateMs);
  if (late.length === 0) return undefined;
  const dueMs = late.map(({ dueAt }) => dueAt.getTime());
  return {
    count: late.length,
    worstMs: Math.max(...late.map((timer) => latenessMs(timer, now, clock))),
    keys: late.slice(0, keysNamed).map(({ key }) => key),
    firstDueAt: new Date(Math.min(...dueMs)),
    lastDueAt: new Date(Math.max(...dueMs)),
    keptAt: now,
  };
}

/** What several turns have kept late, told as one. */
export function lateTogether(before: LateTimers | undefined, more: LateTimers | undefined): LateTimers | undefined {
  if (!before || !more) return before ?? more;
  return {
    count: before.count + more.count,
    worstMs: Math.max(before.worstMs, more.worstMs),
    keys: [...before.keys, ...more.keys].slice(0, keysNamed),
    firstDueAt: before.firstDueAt < more.firstDueAt ? before.firstDueAt : more.firstDueAt,
    lastDueAt: before.lastDueAt > more.lastDueAt ? before.lastDueAt : more.lastDueAt,
    keptAt: more.keptAt,
  };
}

/** How long after it was due a timer is kept, ms of real time: one that somebody moves the clock over is not late. */
export function latenessMs({ dueAt, setAt }: DueTimer, now: Date, clock: Clock): number {
  return ranMs(clock, dueAt > setAt ? dueAt : setAt, now);
}
