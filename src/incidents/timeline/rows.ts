import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { EventKind, IncidentEvent } from '../model.ts';
import { visible } from '../store.ts';

/** The statements of the timeline; events are never changed or deleted, but for the mark that strikes one out. */

/** Writes an event down unless `key` has been; true = it was not. */
export async function addOnce(
  tx: Tx,
  id: number,
  { at, kind, by, words, data, key }: IncidentEvent & { key: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into incident_event (incident_id, at, kind, by, words, data, key)
    values (${id}, ${at}, ${kind}, ${by}, ${words}, ${data ? JSON.stringify(data) : null}::jsonb, ${key})
    on conflict (incident_id, key) where key is not null do nothing
    returning id`.execute(tx);
  return rows.length > 0;
}

/** Which incident an event is of, and what it is. */
export async function findEvent(db: Tx, event: number): Promise<FoundEvent | undefined> {
  const { rows } = await sql<FoundEventRow>`
    select incident_id::text as incident, kind, struck_at is not null as struck from incident_event
    where id = ${event}::double precision::bigint`.execute(db);
  const [row] = rows;
  return row && { ...row, incident: Number(row.incident) };
}

export interface FoundEvent {
  incident: number;
  kind: EventKind;
  struck: boolean;
}
type FoundEventRow = Omit<FoundEvent, 'incident'> & { incident: string };

export async function setStruck(
  tx: Tx,
  event: number,
  { at, by, reason }: { at: Date; by: string; reason: string },
): Promise<void> {
  await sql`update incident_event set struck_at = ${at}, struck_by = ${by}, struck_reason = ${reason}
            where id = ${event} and struck_at is null`.execute(tx);
}

/** The incident whose message this is, or whose thread. */
export async function incidentOfThread(db: Tx, channel: string, ts: string): Promise<number | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id::text as id from incident where channel_id = ${channel} and ts = ${ts}`.execute(db);
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

/** Whether messages of incidents stand in a channel. */
export async function hasMessages(db: Tx, channel: string): Promise<boolean> {
  const { rows } = await sql`select 1 from incident where channel_id = ${channel} limit 1`.execute(db);
  return rows.length > 0;
}

export interface Ran {
  at: Date;
  by: string;
  words: string;
  channel: string | undefined;
  threadTs: string | undefined;
  /** The incidents that its words name. */
  named: number[];
}

/**
 * A command is written down in the incident whose channel or thread it was typed in, and in those that it names. What is said of
 * a private one, or where PHI may be involved, stands in no other.
 */
export async function addCommand(db: Tx, { at, by, words, channel, threadTs, named }: Ran): Promise<void> {
  const where = channel === undefined ? null : JSON.stringify({ channel });
  await sql`
    insert into incident_event (incident_id, at, kind, by, words, data)
    select i.id, ${at}::timestamptz, 'command', ${by}::text, ${words}::text, ${where}::jsonb from incident i
    where (i.home_id = ${channel ?? null}::text
        or (i.channel_id = ${channel ?? null}::text and i.ts = ${threadTs ?? null}::text)
        or (i.id = any(${named}::bigint[]) and ${visible({ id: by })}))
      and not exists (select 1 from incident p
                      where p.id = any(${named}::bigint[]) and p.id <> i.id and (p.private or p.phi))`.execute(db);
}

/** What an open incident says of the systems that it is about. */
export interface OpenIncident {
  id: number;
  systems: string;
  check: string | undefined;
}

export async function openIncidents(tx: Tx): Promise<OpenIncident[]> {
  const { rows } = await sql<{ id: string; systems: string; check: string | null }>`
    select id::text as id, systems, case when origin ->> 'kind' = 'check' then origin ->> 'id' end as check
    from incident where resolved_at is null`.execute(tx);
  return rows.map(({ id, systems, check }) => ({ id: Number(id), systems, check: check ?? undefined }));
}
