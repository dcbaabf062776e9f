import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Enqueuing, JobKind } from './model.ts';
import { createTicker } from './ticker.ts';
import { type LateTimers, latenessMs, lateOf, lateTogether } from './timers-late.ts';
import { claimDue, type DueTimer, deleteTimer, deleteTimers, unknownKinds, upsertTimer } from './timers-store.ts';
import type { Timers } from './timing.ts';

const everyMs = 1_000;
const batch = 100;
/** A timer whose job can't be enqueued is tried again after this long. */
const setAsideMs = 60_000;
const lookForUnknownMs = 60_000;

export interface TimersOptions {
  store: Store;
  jobs: Enqueuing;
  /** What timers may enqueue. A timer of another kind is left to a replica that knows it. */
  kinds: readonly JobKind<unknown>[];
  /** The database's, or one that a test moves. */
  clock: Clock;
  log: Log;
  /**
   * Hears once a tick of all timers that are kept more than 60 s late, in the transaction that enqueues the last of their
   * jobs: what it enqueues there is not doubled. When it rejects, the jobs are enqueued nevertheless.
   */
  onLate?: (late: LateTimers, tx: Tx) => Promise<void> | void;
  /** Hears of every timer whose job was enqueued: how late, ms. */
  onKept?: ((latenessMs: number) => void) | undefined;
}

/** Deadlines as rows: `tick` turns the due ones into jobs, each once, whatever the number of replicas. */
export function createTimers({ store, jobs, kinds, clock, log, onLate, onKept }: TimersOptions): Timers {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const names = [...byName.keys()];
  /** Keys of timers whose jobs could not be enqueued, until when they are left alone (`performance.now()`). */
  const aside = new Map<string, number>();
  const announced = new Set<string>();
  /** Kept late in turns before, and not told yet. */
  let untold: LateTimers | undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;

  async function tick(): Promise<number> {
    const now = clock.now();
    for (const [key, untilMs] of aside) if (performance.now() > untilMs) aside.delete(key);
    let enqueued = 0;
    let limit = batch;
    let announce = true;
    for (;;) {
      const turn: Turn = { due: [], late: undefined, announcing: false };
      try {
        await store.transaction((tx) => enqueueDue(tx, turn, { now, limit, announce }));
        enqueued += turn.due.length;
        for (const timer of turn.due) onKept?.(latenessMs(timer, now, clock));
        untold = turn.late;
        if (turn.due.length < limit) break;
      } catch (error) {
        if (turn.due.length === 0) throw error;
        // A job may say that something else is unavailable.
        if (isUnavailable(error)) await store.ping();
        if (turn.announcing) {
          log.error({ err: error }, 'late deadlines could not be announced');
          announce = false;
        } else if (limit > 1) limit = 1;
        else setAside(turn.due[0]!, error);
      }
    }
    if (untold) log.warn({ ...untold }, 'deadlines were kept late');
    untold = undefined;
    await lookForUnknown(now);
    return enqueued;
  }

  async function enqueueDue(
    tx: Tx,
    turn: Turn,
    { now, limit, announce }: { now: Date; limit: number; announce: boolean },
  ): Promise<void> {
    turn.due = await claimDue(tx, { now, kinds: names, except: [...aside.keys()], limit });
    for (const timer of turn.due) {
      const key = `timer:${timer.key}:${timer.turn}`;
      await jobs.enqueue(tx, byName.get(timer.kind)!, timer.data, { key });
    }
    turn.late = lateTogether(untold, lateOf(turn.due, now, clock));
    const last = turn.due.length < limit;
    if (!turn.late || !last || !announce) return;
    turn.announcing = true;
    await onLate?.(turn.late, tx);
    turn.announcing = false;
  }

  /** One job that can't be enqueued must not hold back the others. */
  function setAside({ key, kind }: DueTimer, error: unknown): void {
    aside.set(key, performance.now() + setAsideMs);
    if (announced.has(key)) return;
    announced.add(key);
    log.error(
      { err: error, timer: key, kind },
      'the job of a deadline could not be enqueued; trying again each minute',
    );
  }

  async function lookForUnknown(now: Date): Promise<void> {
    if (performance.now() < lookedMs + lookForUnknownMs) return;
    lookedMs = performance.now();
    for (const kind of await unknownKinds(store.db(), { now, kinds: names })) {
      if (announced.has(kind)) continue;
      announced.add(kind);
      log.warn({ kind }, 'deadlines are due whose kind of job this version does not know; another replica may');
    }
  }

  const ticker = createTicker({ name: 'deadlines', log, beat: () => tick().then(() => everyMs) });
  return {
    async set(tx, { key, dueAt, kind, data }) {
      if (key === '') throw new RangeError('a timer has a key');
      if (Number.isNaN(dueAt.getTime())) throw new RangeError(`the timer ${key} is due at no time`);
      if (!byName.has(kind.name))
        throw new RangeError(`timers do not know the kind ${kind.name}: its job would never run`);
      const checked = kind.schema.parse(data);
      await upsertTimer(tx, { key, dueAt, kind: kind.name, data: checked, setAt: clock.now() });
    },
    cancel: (tx, key) => deleteTimer(tx, key),
    async cancelAll(tx, prefix) {
      if (prefix === '') throw new RangeError('without a prefix all timers would be cancelled');
      await deleteTimers(tx, prefix);
    },
    tick,
    start: () => void ticker.start(),
    stop: ticker.stop,
  };
}

/** What one transaction has come to. */
interface Turn {
  due: DueTimer[];
  /** With what the turns before it have kept late. */
  late: LateTimers | undefined;
  /** Whether it was `onLate` that ran. */
  announcing: boolean;
}
