import { sql } from 'kysely';
import type { Urgency, Way } from '../severities/model.ts';
import type { Tx } from '../store/store.ts';
import type { By, Incident, IncidentEvent, Page, Resolved } from './model.ts';
import type { EventRow, IncidentRow } from './tables.ts';

/** The statements of incidents; those that change something run in the caller's transaction. */

export interface NewIncident
  extends Pick<
    Incident,
    'title' | 'severity' | 'label' | 'systems' | 'known' | 'phi' | 'drill' | 'way' | 'type' | 'private' | 'origin'
  > {
  key: string;
  urgency: Urgency;
  at: Date;
  by: By;
  channel?: string | undefined;
}

const columns = sql`
  i.*, i.id::text as id, coalesce((
    select jsonb_agg(jsonb_build_object('n', n, 'dedup_key', dedup_key, 'state', state, 'attempts', attempts,
                                        'reason', reason, 'accepted_at', accepted_at, 'made_at', made_at)
                     order by n)
    from incident_page where incident_id = i.id), '[]'::jsonb) as pages,
  coalesce((
    select jsonb_agg(jsonb_build_object('role', role, 'person', person, 'mention', mention, 'since', since))
    from incident_role where incident_id = i.id), '[]'::jsonb) as roles`;

/** Writes it down; undefined = this key has declared one already. */
export async function insertIncident(tx: Tx, made: NewIncident): Promise<number | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into incident (key, title, severity, label, urgency, systems, known, phi, drill, declared_at, declared_by,
                          declared_by_mention, way, channel, type, private, origin)
    values (${made.key}, ${made.title}, ${made.severity}, ${made.label}, ${made.urgency}, ${made.systems}, ${made.known},
            ${made.phi}, ${made.drill}, ${made.at}, ${made.by.id}, ${made.by.mention}, ${made.way}, ${made.channel ?? null}, ${made.type},
            ${made.private}, ${made.origin ? JSON.stringify(made.origin) : null}::jsonb)
    on conflict (key) do nothing
    returning id::text`.execute(tx);
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

/** The one that this key has declared. */
export async function incidentOfKey(db: Tx, key: string): Promise<Incident | undefined> {
  const { rows } = await sql<IncidentRow>`select ${columns} from incident i where i.key = ${key}`.execute(db);
  return rows[0] && incidentOf(rows[0]);
}

/** The next page of an incident; resolves to its number, from 1. `dedupKey`: of one that went out before its incident was there. */
export async function insertPage(
  tx: Tx,
  id: number,
  { at, dedupKey }: { at: Date; dedupKey?: string },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    insert into incident_page (incident_id, n, dedup_key, made_at)
    select ${id}, next.n, coalesce(${dedupKey ?? null}::text, 'rounds:' || ${String(id)}::text || ':' || next.n), ${at}
    from (select coalesce(max(n), 0) + 1 as n from incident_page where incident_id = ${id}) next
    returning n`.execute(tx);
  return rows[0]!.n;
}

export async function addEvent(tx: Tx, id: number, event: IncidentEvent): Promise<void> {
  const { at, kind, by, words, data } = event;
  await sql`insert into incident_event (incident_id, at, kind, by, words, data)
            values (${id}, ${at}, ${kind}, ${by}, ${words}, ${data ? JSON.stringify(data) : null}::jsonb)`.execute(tx);
}

/** Whether an event of it was recorded under this key: what is delivered twice happens once. */
export async function isKnown(tx: Tx, id: number, key: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from incident_event where incident_id = ${id} and data ->> 'key' = ${key}`.execute(tx);
  return rows.length > 0;
}

export async function eventsOf(db: Tx, id: number): Promise<IncidentEvent[]> {
  const { rows } = await sql<EventRow>`
    select id::text as id, at, kind, by, words, data, struck_at, struck_by, struck_reason
    from incident_event where incident_id = ${id} order by at, incident_event.id`.execute(db);
  return rows.map(eventOf);
}

/** Locked until the transaction ends, so that what is decided on it still holds when it is written. */
export async function lockIncident(tx: Tx, id: number): Promise<Incident | undefined> {
  await sql`select 1 from incident where id = ${id} for update`.execute(tx);
  return findIncident(tx, id);
}

export async function findIncident(db: Tx, id: number): Promise<Incident | undefined> {
  const { rows } = await sql<IncidentRow>`select ${columns} from incident i where i.id = ${id}`.execute(db);
  return rows[0] && incidentOf(rows[0]);
}

/** Whose page this is, and which; of the second routing key too. */
export async function pageOfDedupKey(db: Tx, dedupKey: string): Promise<{ id: number; n: number } | undefined> {
  const { rows } = await sql<{ id: string; n: number }>`
    select incident_id::text as id, n from incident_page where dedup_key = ${dedupKey}
    union all select incident_id::text, n from incident_second_page where dedup_key = ${dedupKey}`.execute(db);
  return rows[0] && { id: Number(rows[0].id), n: rows[0].n };
}

/** Who looks: private incidents are there for their members alone. `everything`: for Rounds itself. */
export type Viewer = { id: string } | 'everything';

/** A condition on `incident i`. */
export const visible = (viewer: Viewer) =>
  viewer === 'everything'
    ? sql`true`
    : sql`(not i.private or exists (
        select 1 from incident_member m where m.incident_id = i.id and m.person = ${viewer.id}))`;

export async function maySee(db: Tx, id: number, viewer: Viewer): Promise<boolean> {
  const { rows } = await sql`select 1 from incident i where i.id = ${id} and ${visible(viewer)}`.execute(db);
  return rows.length > 0;
}

/** The incident whose own channel this is. */
export async function incidentOfHome(db: Tx, channel: string): Promise<number | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id::text as id from incident where home_id = ${channel}`.execute(db);
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

/** In an incident: sees it where it is private. */
export async function addMember(tx: Tx, id: number, { id: person, mention }: By): Promise<void> {
  await sql`insert into incident_member (incident_id, person, mention) values (${id}, ${person}, ${mention})
            on conflict (incident_id, person) do nothing`.execute(tx);
}

export async function membersOf(db: Tx, id: number): Promise<By[]> {
  const { rows } = await sql<{ person: string; mention: string }>`
    select person, mention from incident_member where incident_id = ${id} order by person`.execute(db);
  return rows.map(({ person, mention }) => ({ id: person, mention }));
}

/** The open ones first, newest first; `most` in all. */
export async function listIncidents(db: Tx, most: number, viewer: Viewer): Promise<Incident[]> {
  const { rows } = await sql<IncidentRow>`
    select ${columns} from incident i where ${visible(viewer)} order by i.resolved_at is not null, i.id desc limit ${most}`.execute(
    db,
  );
  return rows.map(incidentOf);
}

/** The open ones, newest first. */
export async function openIncidents(db: Tx, most: number, viewer: Viewer): Promise<Incident[]> {
  const { rows } = await sql<IncidentRow>`
    select ${columns} from incident i where i.resolved_at is null and ${visible(viewer)} order by i.id desc limit ${most}`.execute(
    db,
  );
  return rows.map(incidentOf);
}

export async function setAcknowledged(tx: Tx, id: number, { at, by }: { at: Date; by: By }): Promise<void> {
  await sql`update incident set acknowledged_at = ${at}, acknowledged_by = ${by.mention}, acknowledged_by_id = ${by.id}, not_paged = null, not_paged_at = null,
                                version = version + 1 where id = ${id}`.execute(tx);
}

export async function setResolved(
  tx: Tx,
  id: number,
  how: Pick<Resolved, 'at' | 'by' | 'words'> &
    Partial<Omit<Resolved, 'endedAt' | 'falseAlarm'>> & {
      endedAt?: Date | undefined;
      falseAlarm?: boolean;
    },
): Promise<void> {
  await sql`update incident set resolved_at = ${how.at}, resolved_by = ${how.by}, resolved_by_id = ${how.id ?? null},
                                resolution = ${how.words}, cause = ${how.cause ?? ''}, prevention = ${how.prevention ?? ''},
                                ended_at = ${how.endedAt ?? null}, false_alarm = ${how.falseAlarm ?? false},
                                not_paged = null, not_paged_at = null, paused_at = null, paused_by = null, paused_until = null, version = version + 1 where id = ${id}`.execute(
    tx,
  );
}

export async function setMitigated(tx: Tx, id: number, { at, by }: { at: Date; by: string }): Promise<void> {
  await sql`update incident set mitigated_at = ${at}, mitigated_by = ${by}, version = version + 1
            where id = ${id}`.execute(tx);
}

/** As new, but for what happened. */
export async function setReopened(tx: Tx, id: number): Promise<void> {
  await sql`update incident set resolved_at = null, resolved_by = null, resolution = null, merged_into = null,
                                resolved_by_id = null, cause = '', prevention = '', ended_at = null, false_alarm = false,
                                mitigated_at = null, mitigated_by = null, paused_at = null, paused_by = null,
                                paused_until = null, version = version + 1
            where id = ${id}`.execute(tx);
  await setUnacknowledged(tx, id);
}

/** Nobody is on it any more: somebody must take it on again. */
export async function setUnacknowledged(tx: Tx, id: number): Promise<void> {
  await sql`update incident set acknowledged_at = null, acknowledged_by = null, acknowledged_by_id = null,
                                not_paged = null, not_paged_at = null, version = version + 1,
                                old_pages = (select coalesce(max(n), 0) from incident_page where incident_id = ${id})
            where id = ${id}`.execute(tx);
}

export async function setSeverity(
  tx: Tx,
  id: number,
  { severity, label, urgency, way }: Pick<Incident, 'severity' | 'label' | 'urgency' | 'way'>,
): Promise<void> {
  await sql`update incident set severity = ${severity}, label = ${label}, urgency = ${urgency}, way = ${way},
                                version = version + 1 where id = ${id}`.execute(tx);
}

export async function setWay(tx: Tx, id: number, way: Way): Promise<void> {
  await sql`update incident set way = ${way} where id = ${id}`.execute(tx);
}

export async function setPhi(tx: Tx, id: number, phi: boolean): Promise<void> {
  await sql`update incident set phi = ${phi}, version = version + 1 where id = ${id}`.execute(tx);
}

/** `until` undefined = until somebody goes on; `paused` undefined = it goes on. One that is still on began when it began. */
export async function setPaused(
  tx: Tx,
  id: number,
  paused: { at: Date; by: string; until: Date | undefined } | undefined,
): Promise<void> {
  const began = paused
    ? sql`case when paused_until is null or paused_until > ${paused.at} then coalesce(paused_at, ${paused.at}) else ${paused.at} end`
    : sql`null`;
  await sql`update incident set paused_at = ${began}, paused_by = ${paused?.by ?? null},
                                paused_until = ${paused?.until ?? null}, version = version + 1
            where id = ${id}`.execute(tx);
}

/** When the next update is due; undefined = none is. `shown`: its message has to say so. */
export async function setNextUpdate(
  tx: Tx,
  id: number,
  { at, shown }: { at: Date | undefined; shown: boolean },
): Promise<void> {
  await sql`update incident set next_update_at = ${at ?? null}, version = version + ${shown ? 1 : 0}
            where id = ${id}`.execute(tx);
}

export async function setMerged(tx: Tx, id: number, into: number): Promise<void> {
  await sql`update incident set merged_into = ${into} where id = ${id}`.execute(tx);
}

/** Since when stays as it is while only the reason changes: people are called once. */
export async function setNotPaged(tx: Tx, id: number, notPaged: { why: string; at: Date } | undefined): Promise<void> {
  const since = notPaged ? sql`coalesce(not_paged_at, ${notPaged.at})` : sql`null`;
  await sql`update incident set not_paged = ${notPaged?.why ?? null}, not_paged_at = ${since},
                                version = version + 1 where id = ${id}`.execute(tx);
}

export async function setPage(tx: Tx, id: number, page: Omit<Page, 'dedupKey'>): Promise<void> {
  const { n, state, attempts, reason, acceptedAt } = page;
  await sql`update incident_page set state = ${state}, attempts = ${attempts}, reason = ${reason ?? null},
                                     accepted_at = ${acceptedAt ?? null}
            where incident_id = ${id} and n = ${n}`.execute(tx);
}

/** A try failed that may be repeated; another replica's may have been accepted meanwhile, which stands. */
export async function setTried(
  db: Tx,
  id: number,
  { n, attempts, reason }: Pick<Page, 'n' | 'attempts' | 'reason'>,
): Promise<void> {
  await sql`update incident_page set attempts = ${attempts}, reason = ${reason ?? null}
            where incident_id = ${id} and n = ${n} and state = 'sending'`.execute(db);
}

/** The channel was told that nobody may have been paged, as it was known at that moment. */
export async function setSaid(
  db: Tx,
  id: number,
  { at, channel, ts }: { at: Date; channel: string; ts: string },
): Promise<void> {
  await sql`update incident set not_paged_said = ${at}, not_paged_channel = ${channel}, not_paged_ts = ${ts}
            where id = ${id}`.execute(db);
}

/** The post that said so says now what became of it. */
export async function setTakenBack(db: Tx, id: number): Promise<void> {
  await sql`update incident set not_paged_channel = null, not_paged_ts = null where id = ${id}`.execute(db);
}

/** Its message shows this version now, and stands there. */
export async function setShown(
  db: Tx,
  id: number,
  shown: { version: number; channel: string; ts: string },
): Promise<void> {
  await sql`update incident set shown = greatest(shown, ${shown.version}), channel_id = ${shown.channel}, ts = ${shown.ts}
            where id = ${id}`.execute(db);
}

function eventOf({ id, at, kind, by, words, data, ...struck }: EventRow): IncidentEvent {
  return {
    ...{ id: Number(id), at: new Date(at), kind, by, words },
    ...(data && { data }),
    ...(struck.struck_at && {
      struck: { at: new Date(struck.struck_at), by: struck.struck_by ?? '', reason: struck.struck_reason ?? '' },
    }),
  };
}

function notPagedOf({ not_paged_said: said }: IncidentRow, why: string, at: Date): Incident['notPaged'] {
  return { why, at: new Date(at), said: said !== null && new Date(said).getTime() === new Date(at).getTime() };
}

function linksOf({ ticket_url, ticket_name, bridge_url }: IncidentRow): Pick<Incident, 'links'> {
  if (ticket_url === null && bridge_url === null) return {};
  const ticket = ticket_url !== null && { ticket: { name: ticket_name ?? '', url: ticket_url } };
  return { links: { ...ticket, ...(bridge_url !== null && { bridge: { url: bridge_url } }) } };
}

function incidentOf(row: IncidentRow): Incident {
  return {
    id: Number(row.id),
    ...{ title: row.title, severity: row.severity, label: row.label, urgency: row.urgency as Urgency },
    ...{ systems: row.systems, known: row.known, phi: row.phi, drill: row.drill, way: row.way as Way },
    ...{ version: row.version, shown: row.shown, type: row.type, private: row.private },
    roles: Object.fromEntries(
      row.roles.map(({ role, person, mention, since }) => [role, { id: person, mention, since: new Date(since) }]),
    ),
    ...(row.origin && { origin: row.origin }),
    ...(row.mitigated_at && { mitigated: { at: new Date(row.mitigated_at), by: row.mitigated_by ?? '' } }),
    ...(row.paused_at && {
      paused: {
        ...{ at: new Date(row.paused_at), by: row.paused_by ?? '' },
        ...(row.paused_until && { until: new Date(row.paused_until) }),
      },
    }),
    ...(row.merged_into !== null && { mergedInto: Number(row.merged_into) }),
    ...(row.next_update_at && { nextUpdateAt: new Date(row.next_update_at) }),
    ...(row.home_id !== null && { home: { channel: row.home_id, name: row.home_name ?? '' } }),
    ...(row.home_problem !== null && { homeProblem: row.home_problem }),
    ...linksOf(row),
    declaredAt: new Date(row.declared_at),
    declaredBy: { id: row.declared_by, mention: row.declared_by_mention },
    ...(row.acknowledged_at && {
      acknowledged: {
        ...{ at: new Date(row.acknowledged_at), by: row.acknowledged_by ?? '' },
        ...(row.acknowledged_by_id !== null && { id: row.acknowledged_by_id }),
      },
    }),
    ...(row.resolved_at && {
      resolved: {
        ...{ at: new Date(row.resolved_at), by: row.resolved_by ?? '', words: row.resolution ?? '' },
        ...(row.cause && { cause: row.cause }),
        ...(row.prevention && { prevention: row.prevention }),
        ...(row.false_alarm && { falseAlarm: true as const }),
        ...(row.resolved_by_id !== null && { id: row.resolved_by_id }),
        ...(row.ended_at && { endedAt: new Date(row.ended_at) }),
      },
    }),
    ...(row.not_paged !== null && row.not_paged_at && { notPaged: notPagedOf(row, row.not_paged, row.not_paged_at) }),
    oldPages: row.old_pages,
    pages: row.pages.map(({ n, dedup_key, state, attempts, reason, accepted_at, made_at }) => ({
      ...{ n, dedupKey: dedup_key, state: state as Page['state'], attempts },
      ...(reason !== null && { reason }),
      ...(accepted_at !== null && { acceptedAt: new Date(accepted_at) }),
      madeAt: new Date(made_at),
    })),
    ...(row.channel !== null && { channel: row.channel }),
    ...(row.not_paged_channel !== null &&
      row.not_paged_ts !== null && { alarm: { channel: row.not_paged_channel, ts: row.not_paged_ts } }),
    ...(row.channel_id !== null && row.ts !== null && { message: { channel: row.channel_id, ts: row.ts } }),
  };
}
