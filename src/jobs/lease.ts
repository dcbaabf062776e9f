import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { inTransaction, touchedBy } from './boss.ts';
import { workQueues } from './lanes.ts';
import type { Claim } from './settle.ts';

/** Which of these attempts the database says are still ours; what is, has just shown a sign of life. */
export async function stillHeld(boss: PgBoss, claims: readonly Claim[]): Promise<Set<string>> {
  const held = new Set<string>();
  for (const [queue, ours] of Map.groupBy(claims, (claim) => claim.queue)) {
    for (const id of touchedBy(await boss.touch(queue, ours)).ids) held.add(id);
  }
  return held;
}

/**
 * Gives jobs whose process shows no sign of life to whoever asks next; resolves to how many. `lease.ts` does this itself
 * since pg-boss counts the whole table each time that it looks.
 */
export async function takeFromTheDead(
  boss: PgBoss,
  store: Store,
  { leaseMs, log }: { leaseMs: number; log: Log },
): Promise<number> {
  const stale = sql`
    select name, id, retry_count as "retryCount", group_id as kind from pgboss.job
    where name = any(${workQueues}) and state = 'active' and group_id is not null
      and heartbeat_on < clock_timestamp() - ${leaseMs} * interval '1 millisecond'`;
  const glance = await stale.execute(store.db());
  if (glance.rows.length === 0) return 0;
  return store.transaction<unknown, number>(async (tx) => {
    // Locked, so that a sign of life that comes now is seen.
    const { rows } = await sql<{ name: string; id: string; retryCount: number; kind: string }>`
      ${stale} for update skip locked`.execute(tx);
    for (const { name, kind, ...attempt } of rows) {
      await boss.fail(name, attempt, { reason: 'lost' }, { db: inTransaction(tx) });
      log.warn(
        { job: attempt.id, kind, attempt: attempt.retryCount + 1 },
        'a job lost its process: somebody else goes on',
      );
    }
    return rows.length;
  });
}
