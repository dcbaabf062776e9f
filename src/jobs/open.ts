import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import type { Carrier } from './attempt.ts';
import { openBoss } from './boss.ts';
import { deadJobs, replayDead } from './dead.ts';
import { enqueuing } from './enqueue.ts';
import { defaultSlots, type Slots } from './lanes.ts';
import type { Jobs, JobWatch } from './model.ts';
import { defaultPace, type Pace } from './pace.ts';
import { queueState } from './state.ts';
import { within } from './within.ts';
import { startWorker, type Worker } from './worker.ts';

export interface JobsOptions {
  store: Store;
  /** What handlers get; the queue itself goes by the database's time. */
  clock: Clock;
  log: Log;
  watch?: JobWatch | undefined;
  /** How many jobs of a lane this process carries out at the same time. */
  slots?: Partial<Slots>;
  pace?: Partial<Pace>;
}

/**
 * The durable queue in the store's database, its tables made on first use. Any kind can be enqueued at once; nothing is
 * carried out before `start`. Close it with `stop`, started or not, before the store. Throws OpsError `invalid`.
 */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { store, log } = options;
  const boss = await openBoss(store, log);
  const carriers = new Map<string, Carrier>();
  let worker: Worker | undefined;
  let stopped: Promise<void> | undefined;
  return {
    ...enqueuing(boss),
    handle(kind, run) {
      if (worker) throw new Error(`job ${kind.name}: handled after the start`);
      if (carriers.has(kind.name)) throw new Error(`job ${kind.name}: handled twice`);
      carriers.set(kind.name, { kind, run } as unknown as Carrier);
    },
    async start() {
      if (stopped) throw new Error('the queue is stopped');
      const slots = { ...defaultSlots, ...options.slots };
      const pace = { ...defaultPace, ...options.pace };
      worker ??= startWorker({ ...options, watch: options.watch, boss, carriers, slots, pace });
      await worker.begun;
    },
    hurry: () => worker?.hurry(),
    stop(graceMs) {
      stopped ??= (async () => {
        await worker?.stop(graceMs);
        // It waits for its own maintenance, which may wait for a database that is away.
        await within(1_000, boss.stop({ graceful: false, close: false }));
      })();
      return stopped;
    },
    state: () => queueState(store, carriers.size > 0 ? [...carriers.keys()] : undefined),
    dead: (limit, kind) => deadJobs(store, limit, kind),
    replay: (tx, id) => replayDead(boss, tx, id),
  };
}
