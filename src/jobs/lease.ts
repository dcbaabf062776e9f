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

/** By less than this a clock may have been put right. */
const aheadMs = 5_000;

interface Silent {
  name: string;
  id: string;
  retryCount: number;
  kind: string;
  /** The last sign of life, to the microsecond. */
  beat: string | null;
  ahead: boolean;
}

export interface Undertaker {
  /** Gives jobs whose process shows no sign of life to whoever asks next; resolves to how many. */
  look(): Promise<number>;
  /** Gives all that run to whoever asks next: nobody else can have the database. */
  takeAll(): Promise<number>;
}

/**
 * Done here since pg-boss counts the whole table each time that it looks. A sign of life from the future was shown before
 * the database's clock went back: that of a process that lives moves on, and one that stays for `leaseMs` is of a dead one.
 */
export function undertaker(boss: PgBoss, store: Store, { leaseMs, log }: { leaseMs: number; log: Log }): Undertaker {
  /** Signs of life from the future, and since when we see them. */
  let ahead = new Map<string, number>();
  const key = ({ id, beat }: Silent) => `${id} ${beat}`;

  function stayed(silent: readonly Silent[]): Silent[] {
    const nowMs = performance.now();
    ahead = new Map(silent.filter((job) => job.ahead).map((job) => [key(job), ahead.get(key(job)) ?? nowMs]));
    return silent.filter((job) => !job.ahead || nowMs - ahead.get(key(job))! >= leaseMs);
  }

  async function take(found: readonly Silent[]): Promise<number> {
    if (found.length === 0) return 0;
    const seen = new Set(found.map(key));
    return store.transaction<unknown, number>(async (tx) => {
      // Locked, so that a sign of life that comes now is seen.
      const { rows } = await sql<Silent>`${running} and id = any(${found.map(({ id }) => id)})
        for update skip locked`.execute(tx);
      const lost = rows.filter((job) => seen.has(key(job)));
      for (const { name, kind, id, retryCount } of lost) {
        await boss.fail(name, { id, retryCount }, { reason: 'lost' }, { db: inTransaction(tx) });
        log.warn({ job: id, kind, attempt: retryCount + 1 }, 'a job lost its process: somebody else goes on');
      }
      return lost.length;
    });
  }

  return {
    async look() {
      const { rows } = await sql<Silent>`${running}
        and (heartbeat_on < clock_timestamp() - ${leaseMs} * interval '1 millisecond' or ${isAhead})`.execute(
        store.db(),
      );
      return take(stayed(rows));
    },
    takeAll: async () => take((await running.execute(store.db())).rows),
  };
}

const isAhead = sql`heartbeat_on > clock_timestamp() + ${aheadMs} * interval '1 millisecond'`;
const running = sql<Silent>`
  select name, id, retry_count as "retryCount", group_id as kind, heartbeat_on::text as beat,
         coalesce(${isAhead}, false) as ahead
  from pgboss.job where name = any(${workQueues}) and state = 'active' and group_id is not null`;
