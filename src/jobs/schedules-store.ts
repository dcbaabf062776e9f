import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';
import type { Progress } from './schedules-due.ts';

/** A schedule's row. */
export interface Stored extends Progress {
  definition: string;
}

/** Makes the rows that are missing. */
export async function ensureProgress(
  tx: Tx,
  schedules: readonly { name: string; definition: string }[],
  now: Date,
): Promise<void> {
  // Nothing is updated here: that would wait for a replica that holds the row.
  await sql`
    insert into schedule_state (name, definition, since)
    select name, definition, ${now} from jsonb_to_recordset(${JSON.stringify(schedules)}::jsonb)
      as i (name text, definition text)
    order by name
    on conflict (name) do nothing`.execute(tx);
}

/** Locks these schedules and tells how far they have come. What another transaction holds is left out. */
export async function lockProgress(tx: Tx, names: readonly string[]): Promise<Map<string, Stored>> {
  const { rows } = await sql<{
    name: string;
    definition: string;
    last_slot: Date | null;
    since: Date;
    turn: number;
  }>`
    select name, definition, last_slot, since, turn from schedule_state where name = any(${names})
    order by name for update skip locked`.execute(tx);
  return new Map(rows.map(({ name, last_slot, ...row }) => [name, { ...row, lastSlot: last_slot ?? undefined }]));
}

/** Stores how far schedules have come. The caller holds their locks. */
export async function saveProgress(tx: Tx, progress: ReadonlyMap<string, Stored>): Promise<void> {
  if (progress.size === 0) return;
  const rows = [...progress].map(([name, row]) => ({ ...row, name }));
  await sql`
    update schedule_state s set definition = i.definition, last_slot = i."lastSlot", since = i.since, turn = i.turn
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as i (name text, definition text, "lastSlot" timestamptz, since timestamptz, turn integer)
    where s.name = i.name`.execute(tx);
}

/** The last slots, by name, for people to see. */
export async function lastSlots(tx: Tx): Promise<Map<string, Date>> {
  const { rows } = await sql<{ name: string; last_slot: Date }>`
    select name, last_slot from schedule_state where last_slot is not null`.execute(tx);
  return new Map(rows.map(({ name, last_slot }) => [name, last_slot]));
}
