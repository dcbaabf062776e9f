import type { PgBoss } from 'pg-boss';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { type Carrier, carryOut } from './attempt.ts';
import { type Claimed, claim, dueKinds } from './claim.ts';
import { finish } from './finish.ts';
import { jobLog } from './job-log.ts';
import { type Lane, lanes, queuesOf, type Slots } from './lanes.ts';
import { stillHeld, undertaker } from './lease.ts';
import type { JobWatch } from './model.ts';
import { outages } from './outages.ts';
import type { Pace } from './pace.ts';
import { settling } from './settle.ts';
import { within } from './within.ts';

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

export interface Worker {
  /** What a process that is gone left running is given to whoever asks next, and due jobs are looked for. */
  begun: Promise<void>;
  /** Looks for due jobs now rather than with the next look. */
  hurry(): void;
  stop(graceMs: number): Promise<void>;
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
/** How long other work waits for pages to leave, at most: PagerDuty may hang. */
const pagesAheadMs = 100;

/** Takes due jobs and carries them out, lane by lane, until `stop`. */
export function startWorker(options: WorkerOptions): Worker {
  const { boss, store, clock, log, carriers, watch, slots, pace } = options;
  const settle = settling(boss, store);
  const outage = outages(log);
  const dead = undertaker(boss, store, { leaseMs: pace.leaseMs, log });
  const runs = new Set<Run>();
  const strange = new Set<string>();
  /** No more jobs are taken. */
  const stopping = new AbortController();
  /** Nothing is written any more. */
  const closed = new AbortController();
  let wake = () => {};
  /** Lanes whose last look may have left due jobs behind. */
  const hungry = new Set<Lane>();
  let serialFirst = false;

  const running = (lane: Lane) => [...runs].filter((run) => run.lane === lane).length;
  const free = (lane: Lane) => slots[lane] - running(lane);

  /** Takes what there are slots for. */
  async function look(): Promise<void> {
    const before = new Set(runs);
    const able = lanes.filter((lane) => free(lane) > 0);
    const asked = able.filter((lane) => !hungry.has(lane));
    const due = asked.length > 0 ? await dueKinds(store, asked) : new Map<string, string[]>();
    for (const lane of able) {
      const sure = hungry.delete(lane);
      const { serial, free: ordinary } = queuesOf(lane);
      // Neither of the two may take all slots for itself.
      serialFirst = !serialFirst;
      for (const queue of serialFirst ? [serial, ordinary] : [ordinary, serial]) {
        for (const kind of due.get(queue) ?? []) known(kind);
        if (sure || due.get(queue)?.some(known)) await take(lane, queue);
      }
      if (lane === 'pages') await pagesFirst(before);
    }
  }

  /** A page leaves before what was written with it is begun: on the embedded database they would take turns. */
  async function pagesFirst(before: ReadonlySet<Run>): Promise<void> {
    const begun = [...runs].filter((run) => run.lane === 'pages' && !before.has(run));
    if (begun.length > 0) await within(pagesAheadMs, Promise.all(begun.map(({ ended }) => ended)));
  }

  async function take(lane: Lane, queue: string): Promise<void> {
    const limit = free(lane);
    if (limit <= 0 || stopping.signal.aborted) return;
    const claimed = await claim(boss, queue, { limit, except: [...strange] });
    if (claimed.length === limit) hungry.add(lane);
    for (const one of claimed) {
      if (stopping.signal.aborted || !known(one.kind)) await outage.watch(() => settle.handBack(one));
      else begin(lane, one);
    }
  }

  /** Whether we carry this kind out; said once when not. */
  function known(kind: string): boolean {
    if (carriers.has(kind)) return true;
    if (!strange.has(kind)) {
      strange.add(kind);
      log.warn({ kind }, 'jobs of a kind that this version does not know are left for another');
    }
    return false;
  }

  function begin(lane: Lane, claim: Claimed): void {
    const run: Run = { lane, claim, abort: new AbortController(), over: false, ended: Promise.resolve() };
    runs.add(run);
    run.ended = outage.watch(() => work(run)).then(() => leave(run));
  }

  function leave(run: Run): void {
    run.over = true;
    runs.delete(run);
    // Not for each job: a look that finds many is cheaper than many looks.
    if (hungry.has(run.lane) && free(run.lane) * 2 >= slots[run.lane]) wake();
  }

  async function work(run: Run): Promise<void> {
    const { claim, abort } = run;
    const startedMs = performance.now();
    const ending = await carryOut(carriers.get(claim.kind)!, claim, {
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
    // Also what is over: it stays ours until that is written down.
    const ours = [...runs];
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
    if (patient()) await dead.look();
  }

  /** Whether others had time to show that they live since the database was last away. */
  const patient = () => outage.steadyMs() > pace.patienceMs;

  /** Removes what is kept long enough; pg-boss also looks for jobs of the dead then. */
  async function keep(): Promise<void> {
    if (patient()) await boss.supervise();
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

  // Nobody else can have the embedded database: what runs there, ran in a process that is gone.
  const begun = (store.kind === 'embedded' ? outage.watch(dead.takeAll) : Promise.resolve()).then(() => {});
  const looking = begun.then(() => repeat(look, pace.pollMs, stopping));
  const beating = begun.then(() => repeat(beat, pace.heartbeatMs, closed));
  const keeping = begun.then(() => repeat(keep, pace.upkeepMs, closed));

  return {
    begun,
    hurry: () => wake(),
    async stop(graceMs) {
      stopping.abort();
      // A look that hangs has no more to tell than that.
      const looked = within(handBackMs, looking);
      await within(graceMs, Promise.all([looked, ...[...runs].map((run) => run.ended)]));
      for (const run of runs) run.abort.abort(new Error('the bot stops'));
      await within(handBackMs, Promise.all([...runs].map((run) => run.ended)));
      const left = [...runs].filter((run) => !run.over);
      for (const run of left) run.over = true;
      closed.abort();
      const handedBack = left.map(({ claim }) => outage.watch(() => settle.handBack(claim)));
      await within(handBackMs, Promise.all([beating, keeping, ...handedBack]));
    },
  };
}
