import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Store } from '../store/store.ts';
import type { Envelope } from './enqueue.ts';
import { type Lane, queuesOf } from './lanes.ts';
import type { Claim } from './settle.ts';

export type Claimed = Claim & { mark: string | null };

/** Whether the job `waiting` stands behind one of its series that runs or is tried again later: nobody can take it. */
export const heldBack = sql`exists (
  select from pgboss.job ahead
  where ahead.name = waiting.name and ahead.singleton_key = waiting.singleton_key and ahead.id <> waiting.id
    and ahead.state in ('active', 'retry', 'failed') and ahead.policy = 'key_strict_fifo')`;

/** What is due in these lanes, by queue: the kinds that wait there. */
export async function dueKinds(store: Store, lanes: readonly Lane[]): Promise<Map<string, string[]>> {
  const queues = lanes.flatMap((lane) => Object.values(queuesOf(lane)));
  const { rows } = await sql<{ name: string; kinds: string[] }>`
    select name, array_agg(distinct coalesce(group_id, '')) as kinds from pgboss.job waiting
    where name = any(${queues}) and state < 'active' and not blocked and start_after <= clock_timestamp()
      and not ${heldBack} group by name`.execute(store.db());
  return new Map(rows.map(({ name, kinds }) => [name, kinds]));
}

/** Takes up to `limit` due jobs of a queue, oldest first, but none of the kinds in `except`. */
export async function claim(
  boss: PgBoss,
  queue: string,
  { limit, except }: { limit: number; except: string[] },
): Promise<Claimed[]> {
  const jobs = await boss.fetch<Envelope>(queue, {
    batchSize: limit,
    ...(except.length > 0 ? { ignoreGroups: except } : {}),
  });
  return jobs.map((job) => ({
    queue,
    id: job.id,
    retryCount: job.retryCount,
    kind: job.groupId ?? '',
    envelope: job.data,
    mark: job.groupTier ?? null,
  }));
}
