import { sql } from 'kysely';
import type { JobContext, JobHandler, JobKind, Jobs } from '../../src/jobs/model.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Store } from '../../src/store/store.ts';
import { memoryLog } from './memory-log.ts';

interface Row {
  kind: string;
  key: string | null;
  data: unknown;
}

/** A queue that a test works off by hand: jobs are rows written in the caller's transaction. */
export interface TableJobs extends Pick<Jobs, 'handle' | 'enqueue' | 'cancel'> {
  waiting(): Promise<Row[]>;
  /** Takes all that wait and runs them one after the other; resolves to their keys. A job that throws goes back, and is thrown. */
  run(signal?: AbortSignal): Promise<(string | null)[]>;
}

export async function tableJobs(store: Store): Promise<TableJobs> {
  await store.pool.query(`create table if not exists job_under_test (
    id bigint generated always as identity, kind text, key text, data jsonb, done boolean default false, unique (kind, key))`);
  const handlers = new Map<string, JobHandler<unknown>>();
  return {
    handle: <Data>(kind: JobKind<Data>, run: JobHandler<Data>) => {
      handlers.set(kind.name, (data, ctx) => run(kind.schema.parse(data), ctx));
    },
    async enqueue(tx, kind, data, options) {
      const added = await sql`
        insert into job_under_test (kind, key, data)
        values (${kind.name}, ${options?.key ?? null}, ${JSON.stringify(data)}::jsonb)
        on conflict do nothing returning id`.execute(tx);
      return added.rows.length > 0 ? 'enqueued' : 'known';
    },
    async cancel(tx, kind, key) {
      await sql`delete from job_under_test where kind = ${kind.name} and key = ${key} and not done`.execute(tx);
    },
    async waiting() {
      return (await store.pool.query<Row>('select kind, key, data from job_under_test where not done order by id'))
        .rows;
    },
    async run(signal = new AbortController().signal) {
      const taken = await store.pool.query<Row & { id: string }>(
        'update job_under_test set done = true where not done returning id, kind, key, data',
      );
      for (const { id, kind, data } of taken.rows) {
        const ctx: JobContext = {
          id,
          attempt: 1,
          lastAttempt: false,
          signal,
          stillMine: async () => true,
          log: memoryLog(),
          clock: systemClock,
        };
        await handlers
          .get(kind)?.(data, ctx)
          .catch(async (error: unknown) => {
            await store.pool.query('update job_under_test set done = false where id = $1', [id]);
            throw error;
          });
      }
      return taken.rows.map(({ key }) => key);
    },
  };
}
