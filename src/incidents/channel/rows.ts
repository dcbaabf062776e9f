import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';

/** What is kept of the channel of an incident. */
export interface Kept {
  name: string;
  tries: number;
  /** How long ago its creation began that was never answered. */
  begunAgoMs?: number;
  topic?: string;
  onCallAsked: boolean;
  summary?: { ts: string; shown: number };
  pinnedTs?: string;
  notified: boolean;
  offered?: string;
  archiveDue: boolean;
  archived: boolean;
  /** By step: Slack's word. */
  refused: Record<string, string>;
  people: Person[];
  links: Link[];
}

export interface Person {
  person: string;
  state: 'wanted' | 'invited' | 'refused';
}

export interface Link {
  url: string;
  title: string;
  state: 'wanted' | 'there' | 'refused';
}

interface Row {
  name: string;
  tries: number;
  begun_ago_ms: number | null;
  topic: string | null;
  on_call_asked: boolean;
  summary_ts: string | null;
  summary_shown: number;
  pinned_ts: string | null;
  notified: boolean;
  offered: string | null;
  archive_due: boolean;
  archived: boolean;
  refused: Record<string, string>;
  people: Person[];
  links: Link[];
}

export async function readKept(db: Tx, id: number): Promise<Kept | undefined> {
  const { rows } = await sql<Row>`
    select *, (extract(epoch from clock_timestamp() - begun_at) * 1000)::double precision as begun_ago_ms,
      coalesce((select jsonb_agg(jsonb_build_object('person', person, 'state', state) order by person)
                from incident_channel_person p where p.incident_id = c.incident_id), '[]') as people,
      coalesce((select jsonb_agg(jsonb_build_object('url', url, 'title', title, 'state', state) order by url)
                from incident_channel_link l where l.incident_id = c.incident_id), '[]') as links
    from incident_channel c where incident_id = ${id}`.execute(db);
  const [row] = rows;
  return (
    row && {
      ...{ name: row.name, tries: row.tries, onCallAsked: row.on_call_asked, notified: row.notified },
      ...{ archiveDue: row.archive_due, archived: row.archived, refused: row.refused },
      ...{ people: row.people, links: row.links },
      ...(row.begun_ago_ms !== null && { begunAgoMs: row.begun_ago_ms }),
      ...(row.topic !== null && { topic: row.topic }),
      ...(row.summary_ts !== null && { summary: { ts: row.summary_ts, shown: row.summary_shown } }),
      ...(row.pinned_ts !== null && { pinnedTs: row.pinned_ts }),
      ...(row.offered !== null && { offered: row.offered }),
    }
  );
}

/** Reserves a name for this incident; false when another one has it. */
export async function reserveName(db: Tx, id: number, { name, tries }: { name: string; tries: number }) {
  const { numAffectedRows } = await sql`
    insert into incident_channel (incident_id, name, tries) values (${id}, ${name}, ${tries})
    on conflict (name) do nothing`.execute(db);
  return numAffectedRows === 1n;
}

/** Another name, as this one is taken; false when another incident has that one. */
export async function renameTo(db: Tx, id: number, { name, tries }: { name: string; tries: number }) {
  const { numAffectedRows } = await sql`
    update incident_channel set name = ${name}, tries = ${tries}, begun_at = null
    where incident_id = ${id} and not exists (select 1 from incident_channel where name = ${name})`.execute(db);
  return numAffectedRows === 1n;
}

/** Its creation begins; false when somebody else was first. */
export async function beginCreating(db: Tx, id: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update incident_channel set begun_at = clock_timestamp()
    where incident_id = ${id} and begun_at is null`.execute(db);
  return numAffectedRows === 1n;
}

export async function notCreated(db: Tx, id: number): Promise<void> {
  await sql`update incident_channel set begun_at = null where incident_id = ${id}`.execute(db);
}

export async function setHome(tx: Tx, id: number, home: { id: string; name: string }): Promise<void> {
  await sql`update incident set home_id = ${home.id}, home_name = ${home.name}, home_problem = null,
                                version = version + 1 where id = ${id}`.execute(tx);
  await notCreated(tx, id);
}

/** Undefined: it can be posted to. */
export async function setHomeProblem(tx: Tx, id: number, problem: string | undefined): Promise<void> {
  await sql`update incident set home_problem = ${problem ?? null}, version = version + 1 where id = ${id}`.execute(tx);
}

export async function setHomeName(db: Tx, id: number, name: string): Promise<void> {
  await sql`update incident set home_name = ${name} where id = ${id}`.execute(db);
}

export async function setTopic(db: Tx, id: number, topic: string): Promise<void> {
  await sql`update incident_channel set topic = ${topic} where incident_id = ${id}`.execute(db);
}

/** PagerDuty said who is on call, by their ids here. */
export async function setOnCall(tx: Tx, id: number, people: readonly string[]): Promise<void> {
  for (const person of people) await setPerson(tx, id, person, 'wanted');
  await sql`update incident_channel set on_call_asked = true where incident_id = ${id}`.execute(tx);
}

/** One that was asked in is not asked again. */
export async function setPerson(db: Tx, id: number, person: string, state: Person['state']): Promise<void> {
  await sql`
    insert into incident_channel_person (incident_id, person, state) values (${id}, ${person}, ${state})
    on conflict (incident_id, person) do update set state = excluded.state
      where incident_channel_person.state = 'wanted'`.execute(db);
}

export async function addLink(db: Tx, id: number, { url, title }: { url: string; title: string }): Promise<void> {
  await sql`insert into incident_channel_link (incident_id, url, title) values (${id}, ${url}, ${title})
            on conflict (incident_id, url) do nothing`.execute(db);
}

export async function setLink(db: Tx, id: number, url: string, state: Link['state']): Promise<void> {
  await sql`update incident_channel_link set state = ${state} where incident_id = ${id} and url = ${url}`.execute(db);
}

/** Its pinned message shows this version now, and stands there. */
export async function setSummary(db: Tx, id: number, { ts, shown }: { ts: string; shown: number }): Promise<void> {
  await sql`update incident_channel set summary_ts = ${ts}, summary_shown = ${shown} where incident_id = ${id}`.execute(
    db,
  );
}

export async function setPinned(db: Tx, id: number, ts: string): Promise<void> {
  await sql`update incident_channel set pinned_ts = ${ts} where incident_id = ${id}`.execute(db);
}

export async function setNotified(db: Tx, id: number): Promise<void> {
  await sql`update incident_channel set notified = true where incident_id = ${id}`.execute(db);
}

export async function setOffered(db: Tx, id: number, severity: string): Promise<void> {
  await sql`update incident_channel set offered = ${severity} where incident_id = ${id}`.execute(db);
}

export async function setArchiveDue(db: Tx, id: number, due: boolean): Promise<void> {
  await sql`update incident_channel set archive_due = ${due} where incident_id = ${id}`.execute(db);
}

export async function setArchived(db: Tx, id: number, archived: boolean): Promise<void> {
  await sql`update incident_channel set archived = ${archived} where incident_id = ${id}`.execute(db);
}

/** Slack refuses a step for good. */
export async function setRefused(db: Tx, id: number, step: string, word: string): Promise<void> {
  await sql`update incident_channel set refused = refused || jsonb_build_object(${step}::text, ${word}::text)
            where incident_id = ${id}`.execute(db);
}
