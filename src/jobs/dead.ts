import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import { OpsError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import type { Store, Tx } from '../store/store.ts';
import { inTransaction } from './boss.ts';
import { type Envelope, put } from './enqueue.ts';
import { deadQueue } from './lanes.ts';
import type { DeadJob } from './model.ts';
import type { Claim } from './settle.ts';
import { storable } from './storable.ts';

/** What lies in a row of the dead queue; its id is that of the job. */
interface Grave {
  queue: string;
  envelope: Envelope;
  reason: string;
  message: string;
  attempts: number;
}

/** Puts a job whose attempts are over into the dead queue. */
export async function bury(
  boss: PgBoss,
  tx: Tx,
  { id, queue, kind, envelope, retryCount }: Claim,
  { reason, message }: { reason: string; message: string },
): Promise<void> {
  const db = inTransaction(tx);
  const grave: Grave = { queue, envelope, reason, message: storable(redact(message)), attempts: retryCount + 1 };
  // A job with the same key may lie there from weeks ago.
  await boss.deleteJob(deadQueue, id, { db });
  await boss.send(deadQueue, grave, { id, group: { id: kind }, db });
}

interface Row {
  id: string;
  kind: string;
  grave: Grave;
  died_at: Date;
}

const row = sql`select id, group_id as kind, data as grave, created_on as died_at from pgboss.job`;

export async function deadJobs(store: Store, limit: number, kind?: string): Promise<DeadJob[]> {
  const { rows } = await sql<Row>`${row}
    where name = ${deadQueue} and state < 'active' and not blocked ${kind === undefined ? sql`` : sql`and group_id = ${kind}`}
    order by created_on desc limit ${limit}`.execute(store.db());
  return rows.map(exhumed);
}

function exhumed({ id, kind, grave, died_at }: Row): DeadJob {
  const { envelope, reason, message, attempts } = grave;
  return { id, kind, data: envelope.data, reason, message, attempts, diedAt: died_at };
}

/** The job goes back under its own id, so that its key still finds it. */
export async function replayDead(boss: PgBoss, tx: Tx, id: string): Promise<DeadJob> {
  const found = isUuid(id)
    ? await sql<Row>`${row} where name = ${deadQueue} and id = ${id} and state < 'active' for update`.execute(tx)
    : undefined;
  const dead = found?.rows[0];
  if (!dead) {
    throw new OpsError('not_found', `There is no dead job ${id.slice(0, 40)}`, {
      hint: 'It was replayed already, or its id is mistyped.',
    });
  }
  const { kind, grave } = dead;
  const db = inTransaction(tx);
  const { envelope, queue } = grave;
  const again = await sql<{ state: string }>`
    select state::text from pgboss.job where name = ${queue} and id = ${id} for update`.execute(tx);
  const state = again.rows[0]?.state;
  if (state === 'active' || state === 'created' || state === 'retry') throw inItsQueue(id, state);
  await boss.deleteJob(deadQueue, id, { db });
  await boss.deleteJob(queue, id, { db });
  if (await put(boss, tx, { id, kind, queue, envelope: { ...envelope, excused: 0 } })) return exhumed(dead);
  throw inItsQueue(id, 'created');
}

/** What it was to do was enqueued anew after it had died. */
function inItsQueue(id: string, state: string): OpsError {
  const does = state === 'active' ? 'runs' : 'waits in its queue';
  return new OpsError('conflict', `The job ${id} was enqueued anew and ${does}`, {
    hint: 'Wait for how that ends: it is not done twice at the same time.',
  });
}

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
