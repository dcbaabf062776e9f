import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';
import type { DoneStep, Hold, Step } from './model.ts';

/** The statements of holds; those that change something run in the caller's transaction, which has locked the incident. */

/** Before the incident, and after its end. */
const aroundIt = sql`interval '24 hours'`;
/** Of a hold `h` and its assessment `b`: earlier than it was, where the discovery was moved since. */
const from = sql`least(h.from_at, b.discovered_at - ${aroundIt})`;

export async function placeHold(tx: Tx, id: number, { at, by }: { at: Date; by: By }): Promise<void> {
  await sql`
    insert into incident_hold (incident_id, from_at, placed_at, placed_by, placed_by_mention)
    select i.id, least(i.declared_at, b.discovered_at) - ${aroundIt}, ${at}, ${by.id}, ${by.mention}
    from incident i left join breach_assessment b on b.incident_id = i.id where i.id = ${id}`.execute(tx);
}

export async function releaseHold(
  tx: Tx,
  hold: number,
  { at, by, reason }: { at: Date; by: By; reason: string },
): Promise<void> {
  await sql`update incident_hold set released_at = ${at}, released_by = ${by.id}, released_by_mention = ${by.mention},
                                     release_reason = ${reason} where id = ${hold}`.execute(tx);
}

export async function markStep(tx: Tx, hold: number, { step, at, by, reference }: DoneStep): Promise<void> {
  await sql`insert into incident_hold_step (hold_id, step, at, by, by_mention, reference)
            values (${hold}, ${step}, ${at}, ${by.id}, ${by.mention}, ${reference})
            on conflict (hold_id, step) do update set at = excluded.at, by = excluded.by,
              by_mention = excluded.by_mention, reference = excluded.reference`.execute(tx);
}

/** The one that is on. */
export async function findHold(db: Tx, incident: number): Promise<Hold | undefined> {
  const { rows } = await sql<HoldRow>`
    select h.id::text as id, ${from} as from_at, h.placed_at, h.placed_by, h.placed_by_mention
    from incident_hold h left join breach_assessment b on b.incident_id = h.incident_id
    where h.incident_id = ${incident} and h.released_at is null`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const id = Number(row.id);
  const done = await sql<StepRow>`
    select step, at, by, by_mention, reference from incident_hold_step where hold_id = ${id} order by at`.execute(db);
  return {
    ...{ id, from: new Date(row.from_at), placedAt: new Date(row.placed_at) },
    placedBy: { id: row.placed_by, mention: row.placed_by_mention },
    done: done.rows.map(({ step, at, by, by_mention, reference }) => {
      return { step, at: new Date(at), by: { id: by, mention: by_mention }, reference };
    }),
  };
}

/** What all holds that are on keep: up to a day after the incident's end, or without an end yet. */
export async function heldWindows(db: Tx): Promise<{ incident: number; from: Date; to?: Date }[]> {
  const { rows } = await sql<{ id: string; from_at: Date; to_at: Date | null }>`
    select h.incident_id::text as id, ${from} as from_at, i.resolved_at + ${aroundIt} as to_at
    from incident_hold h join incident i on i.id = h.incident_id
                         left join breach_assessment b on b.incident_id = h.incident_id
    where h.released_at is null order by h.incident_id`.execute(db);
  return rows.map(({ id, from_at, to_at }) => {
    return { incident: Number(id), from: new Date(from_at), ...(to_at && { to: new Date(to_at) }) };
  });
}

/** Those of other private incidents: what the audit tells of them is not for this one. */
export async function otherPrivate(db: Tx, incident: number): Promise<Set<string>> {
  const { rows } = await sql<{ target: string }>`
    select 'incident/' || id as target from incident where private and id <> ${incident}`.execute(db);
  return new Set(rows.map(({ target }) => target));
}

interface HoldRow {
  id: string;
  from_at: Date;
  placed_at: Date;
  placed_by: string;
  placed_by_mention: string;
}

interface StepRow {
  step: Step;
  at: Date;
  by: string;
  by_mention: string;
  reference: string;
}
