import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';

/** A timer whose time has come. */
export interface DueTimer {
  key: string;
  dueAt: Date;
  kind: string;
  data: unknown;
  setAt: Date;
  /** Another one each time the timer is set. */
  turn: number;
}

/** Sets the timer, or moves the one that has this key. */
export async function upsertTimer(
  tx: Tx,
  timer: { key: string; dueAt: Date; kind: string; data: unknown; setAt: Date },
): Promise<void> {
  await sql`
    insert into business_timer (key, due_at, kind, data, set_at, turn)
    values (${timer.key}, ${timer.dueAt}, ${timer.kind}, ${JSON.stringify(timer.data)}::jsonb, ${timer.setAt},
      nextval('business_timer_turn'))
    on conflict (key) do update set due_at = excluded.due_at, kind = excluded.kind, data = excluded.data,
      set_at = excluded.set_at, turn = excluded.turn`.execute(tx);
}

export async function deleteTimer(tx: Tx, key: string): Promise<void> {
  await sql`delete from business_timer where key = ${key}`.execute(tx);
}

/** Deletes all whose key begins with `prefix`, letter by letter. */
export async function deleteTimers(tx: Tx, prefix: string): Promise<void> {
  await sql`delete from business_timer where starts_with(key, ${prefix})`.execute(tx);
}

/** Takes due timers out, those due first at the front. What another transaction holds is left to it. */
export async function claimDue(
  tx: Tx,
  { now, kinds, except, limit }: { now: Date; kinds: string[]; except: string[]; limit: number },
): Promise<DueTimer[]> {
  const { rows } = await sql<Omit<DueTimer, 'dueAt' | 'setAt'> & { due_at: Date; set_at: Date }>`
    with due as materialized (
      select key from business_timer
      where due_at <= ${now} and kind = any(${kinds}) and key <> all(${except})
      order by due_at limit ${limit} for update skip locked)
    delete from business_timer t using due where t.key = due.key
    returning t.key, t.due_at, t.kind, t.data, t.set_at, t.turn`.execute(tx);
  return rows
    .map(({ due_at, set_at, ...timer }) => ({ ...timer, dueAt: due_at, setAt: set_at }))
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.turn - b.turn);
}

/** Kinds of due timers that are none of these. */
export async function unknownKinds(tx: Tx, { now, kinds }: { now: Date; kinds: string[] }): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`
    select distinct kind from business_timer where due_at <= ${now} and kind <> all(${kinds})`.execute(tx);
  return rows.map(({ kind }) => kind);
}
