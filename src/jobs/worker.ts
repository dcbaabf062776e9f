import type { PgBoss } from 'pg-boss';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { type Carrier, carryOut } from './attempt.ts';
import { type Claimed, claim, dueKinds } from './claim.ts';
import { finish } from './finish.ts';
import { jobLog } from './job-log.ts';
import { type Lane, lanes, queuesOf, type Slots } from './lanes.ts';
import { stillHeld, takeFromTheDead } from './lease.ts';
import type { JobWatch } from './model.ts';
import { outages } from './outages.ts';
import type { Pace } from './pace.ts';
import { settling } from './settle.ts';

export interface WorkerOptions {
  boss: PgBoss;
  store: Store;
  clock: Clock;
  log: Log;
  carriers: ReadonlyMap<string, Carrier>;
  watch: JobWatch | undefined;
  slots: Slots;
  pace: Pace;
}

/** An attempt that this process carries out. */
interface Run {
  lane: Lane;
  claim: Claimed;
  abort: AbortController;
  /** The attempt is over or lost: no sign of life is needed any more. */
  over: boolean;
  ended: Promise<void>;
}

/** How long jobs that were told to stop get to hand themselves back. */
const handBackMs = 1_000;

/** Takes due jobs and carries them out, lane by lane, until `stop`. */
export function startWorker(options: WorkerOptions): { stop(graceMs: number): Promise<void> } {
  const { boss, store, clock, log, carriers, watch, slots, pace } = options;
  const settle = settling(boss, store);
  const outage = outages(log);
  const runs = new Set<Run>();
  const strange = new Set<string>();
  /** No more jobs are taken. */
  const stopping = new AbortController();
  /** Nothing is written any more. */
  const closed = new AbortController();
  let wake = () => {};
  /** Lanes whose last look may have left due jobs behind. */
  const hungry = new Set<Lane>();

  const running = (lane: Lane) => [...runs].filter((run) => run.lane === lane).length;
  const free = (lane: Lane) => slots[lane] - running(lane);

  /** Takes what there are slots for. */
  async function look(): Promise<void> {
    const able = lanes.filter((lane) => free(lane) > 0);
    if (able.length === 0) return;
    const due = await dueKinds(store, able);
    for (const lane of able) {
      hungry.delete(lane);
      const { serial, free: ordinary } = queuesOf(lane);
      for (const queue of [serial, ordinary]) {
        const kinds = due.get(queue) ?? [];
        const except = kinds.filter((kind) => !carriers.has(kind));
        for (const kind of except) sayStrange(kind);
        const limit = free(lane);
        if (except.length === kinds.length || limit <= 0 || stopping.signal.aborted) continue;
        const claimed = await claim(boss, queue, { limit, except });
        if (claimed.length === limit) hungry.add(lane);
        for (const one of claimed) {
          if (stopping.signal.aborted) await settle.handBack(one);
          else begin(lane, one);
        }
      }
    }
  }

  function sayStrange(kind: string): void {
    if (strange.has(kind)) return;
    strange.add(kind);
    log.warn({ kind }, 'jobs of a kind that this version does not know are left for another');
  }

  function begin(lane: Lane, claim: Claimed): void {
    const run: Run = { lane, claim, abort: new AbortController(), over: false, ended: Promise.resolve() };
    runs.add(run);
    run.ended = work(run).finally(() => leave(run));
  }

  function leave(run: Run): void {
    run.over = true;
    runs.delete(run);
    // Not for each job: a look that finds many is cheaper than many looks.
    if (hungry.has(run.lane) && free(run.lane) * 2 >= slots[run.lane]) wake();
  }

  async function work(run: Run): Promise<void> {
    const { claim, abort } = run;
    const carrier = carriers.get(claim.kind);
    // Enqueued between the look and the claim.
    if (!carrier) return void (await outage.watch(() => settle.handBack(claim)));
    const startedMs = performance.now();
    const ending = await carryOut(carrier, claim, {
      log: jobLog(log, { job: claim.id, kind: claim.kind, attempt: claim.retryCount + 1 }),
      clock,
      signal: abort.signal,
      stillMine: async () => !run.over && (await stillHeld(boss, [claim])).has(claim.id),
      random: Math.random,
    });
    if (run.over) return;
    run.over = true;
    const interrupted = abort.signal.aborted;
    const finished = await finish({ settle, outage, claim, ending, interrupted, signal: closed.signal });
    if (finished) watch?.finished({ kind: claim.kind, durationMs: performance.now() - startedMs, ...finished });
  }

  /** Shows that our jobs live, and lets go of those that are ours no more; then looks for jobs of the dead. */
  async function beat(): Promise<void> {
    const ours = [...runs].filter((run) => !run.over);
    const held = await stillHeld(
      boss,
      ours.map(({ claim }) => claim),
    );
    for (const run of ours) {
      if (held.has(run.claim.id) || run.over) continue;
      log.warn({ job: run.claim.id, kind: run.claim.kind }, 'this process was too slow: the job went to another');
      run.abort.abort(new Error('the job is not ours any more'));
      leave(run);
    }
    if (outage.steadyMs() > pace.patienceMs) await takeFromTheDead(boss, store, { leaseMs: pace.leaseMs, log });
  }

  /** Does something again and again until `ended`; `wake` ends a pause early. */
  async function repeat(work: () => Promise<unknown>, everyMs: number, { signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(() => pause.resolve(), everyMs);
      const wakeUp = () => pause.resolve();
      signal.addEventListener('abort', wakeUp, { once: true });
      if (work === look) wake = wakeUp;
      await outage.watch(work);
      await pause.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', wakeUp);
    }
  }

  const looking = repeat(look, pace.pollMs, stopping);
  const beating = repeat(beat, pace.heartbeatMs, closed);
  const keeping = repeat(() => boss.supervise(), pace.upkeepMs, closed);

  return {
    async stop(graceMs) {
      stopping.abort();
      await within(graceMs, Promise.all([looking, ...[...runs].map((run) => run.ended)]));
      for (const run of runs) run.abort.abort(new Error('the bot stops'));
      await within(handBackMs, Promise.all([...runs].map((run) => run.ended)));
      const left = [...runs].filter((run) => !run.over);
      for (const run of left) run.over = true;
      await within(handBackMs, Promise.all(left.map(({ claim }) => outage.watch(() => settle.handBack(claim)))));
      closed.abort();
      await within(handBackMs, Promise.all([beating, keeping]));
    },
  };
}

/** Waits for work that never rejects, but not longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.resolve(), ms);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
