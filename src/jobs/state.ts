import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { heldBack } from './claim.ts';
import { deadQueue, workQueues } from './lanes.ts';
import type { QueueState } from './model.ts';

/**
 * Reads only what is not finished, by partial indexes: cheap however many finished jobs are kept. `kinds` are those whose
 * waiting counts; undefined = all.
 */
export async function queueState(store: Store, kinds: readonly string[] | undefined): Promise<QueueState> {
  const { rows } = await sql<{ kind: string; state: 'waiting' | 'running' | 'dead'; count: number }>`
    select coalesce(group_id, '') as kind, case when name = ${deadQueue} then 'dead' else 'waiting' end as state,
           count(*)::int as count
    from pgboss.job where name = any(${[...workQueues, deadQueue]}) and state < 'active' and not blocked group by 1, 2
    union all
    select group_id, 'running', count(*)::int from pgboss.job
    where name = any(${workQueues}) and state = 'active' and group_id is not null group by 1
    order by kind, state`.execute(store.db());
  return { counts: rows, oldestWaitingMs: await oldestWaitingMs(store, kinds) };
}

/** Waits shorter than this are told as they are, whoever stood ahead: nobody asks for them. */
const askWhoWasAheadS = 30;

/** A series that works off a long queue leaves each of its jobs waiting, yet somebody works: only the time since its last one counts. */
async function oldestWaitingMs(store: Store, kinds: readonly string[] | undefined): Promise<number> {
  const { rows } = await sql<{ waited_ms: number | null }>`
    with heads as materialized (
      select name, singleton_key, min(start_after) as since from pgboss.job waiting
      where name = any(${workQueues}) and state < 'active' and not blocked and start_after <= clock_timestamp()
        and ${kinds === undefined ? sql`true` : sql`coalesce(group_id, '') = any(${kinds})`} and not ${heldBack}
      group by name, singleton_key
    )
    select (max(extract(epoch from clock_timestamp() - greatest(since, before.over))) * 1000)::double precision as waited_ms
    from heads left join lateral (
      select max(done.completed_on) as over from pgboss.job done
      where heads.singleton_key is not null and heads.since < clock_timestamp() - ${askWhoWasAheadS} * interval '1 second'
        and done.name = heads.name and done.singleton_key = heads.singleton_key and done.state = 'completed'
    ) before on true`.execute(store.db());
  return Math.max(0, rows[0]?.waited_ms ?? 0);
}
