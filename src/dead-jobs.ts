import type { Asker } from './audit/model.ts';
import { verb } from './audit/verb.ts';
import type { DeadJob, Jobs } from './jobs/model.ts';
import type { Clock } from './kernel/clock.ts';
import type { Store } from './store/store.ts';

/** What people do with jobs that ran out of tries. */
export interface DeadJobs {
  /** Newest first; `total` is of all. `now` is by the clock of the queue, which is the database's. */
  list(limit: number): Promise<{ jobs: DeadJob[]; total: number; now: Date }>;
  /** Of one kind, newest first. */
  ofKind(kind: string, limit: number): Promise<DeadJob[]>;
  /** Puts one back as a new job, and says in the audit who did. Throws OpsError `not_found`. */
  replay(asker: Asker, id: string): Promise<DeadJob>;
}

export function createDeadJobs(ports: { store: Store; clock: Clock; jobs: Jobs }): DeadJobs {
  const { jobs, store } = ports;
  return {
    async list(limit) {
      const [found, { counts }] = [await jobs.dead(limit), await jobs.state()];
      const total = counts.filter(({ state }) => state === 'dead').reduce((sum, { count }) => sum + count, 0);
      return { jobs: found, total: Math.max(total, found.length), now: store.time.now() };
    },
    ofKind: (kind, limit) => jobs.dead(limit, kind),
    replay: (asker, id) =>
      verb(ports, asker, async (tx) => {
        const dead = await jobs.replay(tx, id);
        const { kind, reason, attempts, diedAt } = dead;
        const before = { kind, reason, attempts, died_at: diedAt.toISOString() };
        return { result: dead, audit: [{ action: 'job.replay', target: `job/${id}`, before }] };
      }),
  };
}
