import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { Update } from './model.ts';

/** The statements of updates and of their reminders; those that change something run in the caller's transaction. */

interface UpdateRow extends Pick<Update, 'n' | 'status' | 'done' | 'next' | 'eta' | 'unchanged'> {
  at: Date;
  by: string;
  by_mention: string;
  next_at: Date | null;
}

const columns = sql`n, at, by, by_mention, status, done, next, eta, unchanged, next_at`;

/** Numbers it and writes it down; undefined = this key has written one already. The incident is locked. */
export async function insertUpdate(
  tx: Tx,
  id: number,
  update: Omit<Update, 'n'> & { key: string },
): Promise<number | undefined> {
  const { key, at, by, status, done, next, eta, unchanged, nextAt } = update;
  const { rows } = await sql<{ n: number }>`
    insert into incident_update (incident_id, n, key, at, by, by_mention, status, done, next, eta, unchanged, next_at)
    select ${id}, (select coalesce(max(n), 0) + 1 from incident_update where incident_id = ${id}), ${key}, ${at},
           ${by.id}, ${by.mention}, ${status}, ${done}, ${next}, ${eta}, ${unchanged}, ${nextAt ?? null}
    on conflict (key) do nothing
    returning n`.execute(tx);
  return rows[0]?.n;
}

/** The number that this key has written. */
export async function numberOfKey(db: Tx, key: string): Promise<number | undefined> {
  const { rows } = await sql<{ n: number }>`select n from incident_update where key = ${key}`.execute(db);
  return rows[0]?.n;
}

/** Newest first. */
export async function updatesOf(db: Tx, id: number, most = 1_000): Promise<Update[]> {
  const { rows } = await sql<UpdateRow>`
    select ${columns} from incident_update where incident_id = ${id} order by n desc limit ${most}`.execute(db);
  return rows.map(updateOf);
}

export async function lastUpdate(db: Tx, id: number): Promise<Update | undefined> {
  return (await updatesOf(db, id, 1))[0];
}

/** The last that said something. */
export async function lastNews(db: Tx, id: number): Promise<Update | undefined> {
  const { rows } = await sql<UpdateRow>`
    select ${columns} from incident_update where incident_id = ${id} and not unchanged order by n desc limit 1`.execute(
    db,
  );
  return rows[0] && updateOf(rows[0]);
}

export async function remindAtOf(db: Tx, id: number): Promise<Date | undefined> {
  const { rows } = await sql<{ remind_at: Date }>`
    select remind_at from incident_reminder where incident_id = ${id}`.execute(db);
  return rows[0] && new Date(rows[0].remind_at);
}

export async function setRemindAt(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`insert into incident_reminder (incident_id, remind_at) values (${id}, ${at})
            on conflict (incident_id) do update set remind_at = excluded.remind_at`.execute(tx);
}

export async function clearRemindAt(tx: Tx, id: number): Promise<void> {
  await sql`delete from incident_reminder where incident_id = ${id}`.execute(tx);
}

function updateOf({ n, at, by, by_mention, status, done, next, eta, unchanged, next_at }: UpdateRow): Update {
  return {
    ...{ n, at: new Date(at), by: { id: by, mention: by_mention }, status, done, next, eta, unchanged },
    ...(next_at && { nextAt: new Date(next_at) }),
  };
}
