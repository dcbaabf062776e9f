import { z } from 'zod';
import { defineJob, type JobKind, type Jobs, type JobWatch } from '../../src/jobs/model.ts';
import { type JobsOptions, openJobs } from '../../src/jobs/open.ts';
import type { Pace } from '../../src/jobs/pace.ts';
import type { Store } from '../../src/store/store.ts';
import { type LogLine, memoryLog } from './memory-log.ts';

/** Tests don't wait for looks that come twice a second. */
export const quick: Partial<Pace> = { pollMs: 20, heartbeatMs: 200 };

/** A kind of job whose data is `{ n }`. */
export function numbered(
  name: string,
  options: Partial<Omit<JobKind<{ n: number }>, 'name' | 'schema'>> = {},
): JobKind<{ n: number }> {
  return defineJob({
    name,
    schema: z.object({ n: z.number() }),
    lane: 'messages',
    retry: { limit: 3, firstMs: 10, maxMs: 50 },
    ...options,
  });
}

export interface OpenedJobs extends Jobs {
  lines: LogLine[];
  /** What `JobWatch` was told. */
  told: Parameters<JobWatch['finished']>[0][];
  /** Enqueues in a transaction of its own. */
  add<Data>(kind: JobKind<Data>, data: Data, options?: { key?: string }): Promise<'enqueued' | 'known'>;
}

/** A quick queue over a store, with what it says. */
export async function jobsOf(store: Store, options: Partial<JobsOptions> = {}): Promise<OpenedJobs> {
  const log = memoryLog();
  const told: OpenedJobs['told'] = [];
  const watch: JobWatch = { finished: (job) => void told.push(job) };
  const jobs = await openJobs({
    store,
    clock: store.time,
    log,
    watch,
    ...options,
    pace: { ...quick, ...options.pace },
  });
  return {
    ...jobs,
    lines: log.lines,
    told,
    add: (kind, data, more) => store.transaction((tx) => jobs.enqueue(tx, kind, data, more)),
  };
}
