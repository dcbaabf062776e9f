import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { deadQueue, workQueues } from './lanes.ts';
import type { QueueState } from './model.ts';

/** Reads only what is not finished, by partial indexes: cheap however many finished jobs are kept. */
export async function queueState(store: Store): Promise<QueueState> {
  const { rows } = await sql<{ kind: string; state: 'waiting' | 'running' | 'dead'; count: number; oldest_ms: number }>`
    with waiting as (
      select name, coalesce(group_id, '') as kind, start_after from pgboss.job
      where name = any(${[...workQueues, deadQueue]}) and state < 'active' and not blocked
    ), counted as (
      select kind, case when name = ${deadQueue} then 'dead' else 'waiting' end as state, count(*) as count,
             max(extract(epoch from clock_timestamp() - start_after)) filter (where name <> ${deadQueue}) as oldest_s
      from waiting group by 1, 2
      union all
      select group_id, 'running', count(*), null from pgboss.job
      where name = any(${workQueues}) and state = 'active' and group_id is not null group by 1
    )
    select kind, state, count::int, greatest(coalesce(oldest_s, 0) * 1000, 0)::double precision as oldest_ms
    from counted order by kind, state`.execute(store.db());
  return {
    counts: rows.map(({ kind, state, count }) => ({ kind, state, count })),
    oldestWaitingMs: Math.max(0, ...rows.map(({ oldest_ms }) => oldest_ms)),
  };
}
