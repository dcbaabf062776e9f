import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';
import type { Clock } from './model.ts';

/** The statements of the clocks and of the message that shows them; those that change something run in the caller's transaction. */

interface ClockRow extends Pick<Clock, 'key' | 'who' | 'how' | 'decides' | 'state'> {
  incident_id: string;
  from_at: Date;
  due_at: Date;
  done_at: Date | null;
  done_by: string | null;
  done_by_mention: string | null;
  note: string;
  reminded_at: Date | null;
  overdue_at: Date | null;
}

/** Earliest first. */
export async function clocksOf(db: Tx, id: number): Promise<Clock[]> {
  const { rows } = await sql<ClockRow>`
    select * from incident_clock where incident_id = ${id} order by due_at, key`.execute(db);
  return rows.map(clockOf);
}

/** Those that run, of all these incidents. */
export async function runningClocks(db: Tx, ids: readonly number[]): Promise<{ id: number; clock: Clock }[]> {
  const { rows } = await sql<ClockRow>`
    select * from incident_clock where incident_id = any(${[...ids]}) and state = 'due' order by due_at, key`.execute(
    db,
  );
  return rows.map((row) => ({ id: Number(row.incident_id), clock: clockOf(row) }));
}

/** Writes down what was planned; who was told is not in it. */
export async function putClocks(tx: Tx, id: number, clocks: readonly Clock[]): Promise<void> {
  if (clocks.length === 0) return;
  const planned = JSON.stringify(clocks);
  await sql`
    insert into incident_clock (incident_id, key, who, how, decides, from_at, due_at, state, reminded_at, overdue_at)
    select ${id}, key, who, how, decides, "fromAt", "dueAt", state, "remindedAt", "overdueAt"
    from jsonb_to_recordset(${planned}::jsonb) as c (key text, who text, how text, decides text, "fromAt" timestamptz,
      "dueAt" timestamptz, state text, "remindedAt" timestamptz, "overdueAt" timestamptz)
    on conflict (incident_id, key) do update set who = excluded.who, how = excluded.how, decides = excluded.decides,
      from_at = excluded.from_at, due_at = excluded.due_at, state = excluded.state,
      reminded_at = excluded.reminded_at, overdue_at = excluded.overdue_at`.execute(tx);
}

export async function setDone(
  tx: Tx,
  id: number,
  { key, at, by, note }: { key: string; at: Date; by: By; note: string },
): Promise<void> {
  await sql`update incident_clock set state = 'done', done_at = ${at}, done_by = ${by.id}, done_by_mention = ${by.mention},
                                      note = ${note}
            where incident_id = ${id} and key = ${key}`.execute(tx);
}

/** What was said of them just now. */
export async function setSaid(
  tx: Tx,
  id: number,
  { keys, what, at }: { keys: readonly string[]; what: 'reminded' | 'overdue'; at: Date },
): Promise<void> {
  const column = what === 'reminded' ? sql`reminded_at` : sql`overdue_at`;
  await sql`update incident_clock set ${column} = ${at}
            where incident_id = ${id} and key = any(${[...keys]})`.execute(tx);
}

/** The message that shows the clocks. */
export interface Board {
  version: number;
  shown: number;
  message?: { channel: string; ts: string };
}

export async function boardOf(db: Tx, id: number): Promise<Board | undefined> {
  const { rows } = await sql<{ version: number; shown: number; channel: string | null; ts: string | null }>`
    select version, shown, channel, ts from incident_clock_board where incident_id = ${id}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { version, shown, channel, ts } = row;
  return { version, shown, ...(channel !== null && ts !== null && { message: { channel, ts } }) };
}

/** It has something else to show from now on. */
export async function touchBoard(tx: Tx, id: number): Promise<void> {
  await sql`insert into incident_clock_board (incident_id) values (${id})
            on conflict (incident_id) do update set version = incident_clock_board.version + 1`.execute(tx);
}

export async function setBoardShown(
  db: Tx,
  id: number,
  { version, channel, ts }: { version: number; channel: string; ts: string },
): Promise<void> {
  await sql`update incident_clock_board set shown = greatest(shown, ${version}), channel = ${channel}, ts = ${ts}
            where incident_id = ${id}`.execute(db);
}

function clockOf(row: ClockRow): Clock {
  const { key, who, how, decides, state, note, reminded_at: reminded, overdue_at: overdue } = row;
  return {
    ...{ key, who, how, decides, state, fromAt: new Date(row.from_at), dueAt: new Date(row.due_at) },
    ...(row.done_at && {
      done: { at: new Date(row.done_at), by: { id: row.done_by ?? '', mention: row.done_by_mention ?? '' }, note },
    }),
    ...(reminded && { remindedAt: new Date(reminded) }),
    ...(overdue && { overdueAt: new Date(overdue) }),
  };
}
