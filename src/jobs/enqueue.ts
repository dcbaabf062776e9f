import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Tx } from '../store/store.ts';
import { inTransaction } from './boss.ts';
import { idOfKey, queueOf } from './lanes.ts';
import type { Enqueuing, JobKind } from './model.ts';

/** What lies in a row of the queue. */
export interface Envelope {
  data: unknown;
  /** Jobs of one series run one after another; it names the kind, too. */
  series?: string | undefined;
  /** How long it is kept when it is finished, s: so long a second one with its key is known. */
  keptS: number;
  /** Attempts that ended for no fault of the job's: the bot stopped, the database went away. */
  excused: number;
}

const keptMs = 7 * 86_400_000;
/** Without a key nobody asks for it any more. */
const keptWithoutKeyMs = 3_600_000;
/** What `cancel` writes on a job that runs: it is not stopped, but there is no next attempt. */
export const cancelledMark = 'cancelled';

export function enqueuing(boss: PgBoss): Enqueuing {
  return {
    async enqueue(tx, kind, data, { key } = {}) {
      kind.schema.parse(data);
      const series = kind.serial && `${kind.name} ${kind.serial(data)}`;
      const id = key === undefined ? randomUUID() : idOfKey(kind.name, key);
      const envelope: Envelope = { data, series, keptS: keptS(kind, key), excused: 0 };
      return (await put(boss, tx, { id, kind: kind.name, queue: queueOf(kind), envelope })) ? 'enqueued' : 'known';
    },
    async cancel(tx, kind, key) {
      const [queue, id] = [queueOf(kind), idOfKey(kind.name, key)];
      const found = await sql<{ state: string }>`
        select state::text from pgboss.job where name = ${queue} and id = ${id} for update`.execute(tx);
      const state = found.rows[0]?.state;
      if (state === 'created' || state === 'retry') await boss.deleteJob(queue, id, { db: inTransaction(tx) });
      if (state !== 'active') return;
      await sql`update pgboss.job set group_tier = ${cancelledMark} where name = ${queue} and id = ${id}`.execute(tx);
    },
  };
}

function keptS({ keptForMs = keptMs }: Pick<JobKind<never>, 'keptForMs'>, key: string | undefined): number {
  const ms = key === undefined ? Math.min(keptForMs, keptWithoutKeyMs) : keptForMs;
  return Math.max(1, Math.round(ms / 1_000));
}

export interface Putting {
  id: string;
  kind: string;
  queue: string;
  envelope: Envelope;
}

/** Puts a job into its queue within the transaction; false = one with this id is there. */
export async function put(boss: PgBoss, tx: Tx, { id, kind, queue, envelope }: Putting): Promise<boolean> {
  const { series, keptS } = envelope;
  const sent = await boss.send(queue, envelope, {
    id,
    group: { id: kind },
    ...(series === undefined ? {} : { singletonKey: series }),
    deleteAfterSeconds: keptS,
    db: inTransaction(tx),
  });
  if (sent !== null && series !== undefined) await takePlace(tx, queue, id, series);
  return sent !== null;
}

/**
 * A series runs by `created_on`. pg-boss writes the start of the transaction there, which may be before that of the job
 * ahead, and is the same for two jobs of one transaction.
 */
async function takePlace(tx: Tx, queue: string, id: string, series: string): Promise<void> {
  await sql`
    update pgboss.job set created_on = greatest(clock_timestamp(), (
      select max(ahead.created_on) + interval '1 microsecond' from pgboss.job ahead
      where ahead.name = ${queue} and ahead.singleton_key = ${series} and ahead.id <> ${id}
        and ahead.state < 'active' and not ahead.blocked))
    where name = ${queue} and id = ${id}`.execute(tx);
}
