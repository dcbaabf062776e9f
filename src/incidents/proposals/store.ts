import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';
import type { Proposal, Signal, Source } from './model.ts';

/** The statements of proposals; those that change something run in the caller's transaction. */

interface Row {
  id: string;
  source: Source;
  key: string;
  name: string;
  systems: string;
  details: string;
  severity: string;
  url: string | null;
  alerts: number;
  times: number;
  since: Date;
  over_at: Date | null;
  state: Proposal['state'];
  decided_at: Date | null;
  decided_by: string | null;
  incident_id: string | null;
  resolved_at: Date | null;
  version: number;
  shown: number;
  channel_id: string | null;
  ts: string | null;
}

const found = sql`
  select p.*, p.id::text as id, p.incident_id::text as incident_id, i.resolved_at
  from incident_proposal p left join incident i on i.id = p.incident_id`;

const keptFor = '90 days';

/** The last one of this key, which nobody else makes another of until the transaction ends. */
export async function lockLatest(
  tx: Tx,
  { source, key }: Pick<Signal, 'source' | 'key'>,
): Promise<Proposal | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${source} ${key}`}, 11))`.execute(tx);
  const { rows } = await sql<Row>`
    ${found} where p.source = ${source} and p.key = ${key} order by p.id desc limit 1`.execute(tx);
  return rows[0] && proposalOf(rows[0]);
}

/** Locked until the transaction ends, so that it is decided once. */
export async function lockProposal(tx: Tx, id: number): Promise<Proposal | undefined> {
  await sql`select 1 from incident_proposal where id = ${id} for update`.execute(tx);
  return findProposal(tx, id);
}

export async function findProposal(db: Tx, id: number): Promise<Proposal | undefined> {
  const { rows } = await sql<Row>`${found} where p.id = ${id}`.execute(db);
  return rows[0] && proposalOf(rows[0]);
}

/** Those of the same key that are old are forgotten. `overAt`: it is over already, so nobody is asked. */
export async function insertProposal(tx: Tx, signal: Signal, at: Date, overAt?: Date): Promise<number> {
  const { source, key, name, systems, details, severity, url, alerts, since } = signal;
  await sql`delete from incident_proposal where source = ${source} and key = ${key}
            and seen_at < ${at}::timestamptz - ${keptFor}::interval`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    insert into incident_proposal (source, key, name, systems, details, severity, url, alerts, since, seen_at, over_at)
    values (${source}, ${key}, ${name}, ${systems}, ${details}, ${severity}, ${url ?? null}, ${alerts}, ${since},
            ${at}, ${overAt ?? null})
    returning id::text`.execute(tx);
  return Number(rows[0]!.id);
}

/** It goes on: its figures, and how often it has come. True = its message has something new to say. */
export async function setFiring(
  tx: Tx,
  id: number,
  signal: Signal,
  { at, again }: { at: Date; again: boolean },
): Promise<boolean> {
  const { name, systems, details, severity, alerts } = signal;
  const { rows } = await sql<{ changed: boolean }>`
    with before as (select * from incident_proposal where id = ${id})
    update incident_proposal p
    set name = ${name}, systems = ${systems}, details = ${details}, severity = ${severity}, alerts = ${alerts},
        seen_at = ${at}, over_at = null, times = p.times + ${again ? 1 : 0},
        version = p.version + case when ${again} or (p.name, p.systems, p.details, p.severity, p.alerts)
          is distinct from (${name}::text, ${systems}::text, ${details}::text, ${severity}::text, ${alerts}::int) then 1 else 0 end
    from before where p.id = before.id
    returning p.version > before.version as changed`.execute(tx);
  return rows[0]?.changed ?? false;
}

export async function setOver(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`update incident_proposal set over_at = ${at}, version = version + 1 where id = ${id}`.execute(tx);
}

export async function setDecided(
  tx: Tx,
  id: number,
  how: { state: 'declared' | 'dismissed'; at: Date; by: By; incident?: number },
): Promise<void> {
  await sql`update incident_proposal
            set state = ${how.state}, decided_at = ${how.at}, decided_by = ${how.by.mention},
                incident_id = ${how.incident ?? null}, version = version + 1
            where id = ${id}`.execute(tx);
}

/** Its message shows this version now, and stands there. */
export async function setProposalShown(
  db: Tx,
  id: number,
  shown: { version: number; channel: string; ts: string },
): Promise<void> {
  await sql`update incident_proposal
            set shown = greatest(shown, ${shown.version}), channel_id = ${shown.channel}, ts = ${shown.ts}
            where id = ${id}`.execute(db);
}

function proposalOf(row: Row): Proposal {
  return {
    ...{ id: Number(row.id), source: row.source, key: row.key, name: row.name, systems: row.systems },
    ...{ details: row.details, severity: row.severity, alerts: row.alerts, times: row.times, state: row.state },
    ...{ since: new Date(row.since), version: row.version, shown: row.shown },
    ...(row.url !== null && { url: row.url }),
    ...(row.over_at && { overAt: new Date(row.over_at) }),
    ...(row.decided_at && { decided: { at: new Date(row.decided_at), by: row.decided_by ?? '' } }),
    ...(row.incident_id !== null && {
      incident: { id: Number(row.incident_id), ...(row.resolved_at && { resolvedAt: new Date(row.resolved_at) }) },
    }),
    ...(row.channel_id !== null && row.ts !== null && { message: { channel: row.channel_id, ts: row.ts } }),
  };
}

/** What came from one tool in some time. */
export interface ProposalCount {
  source: Source;
  reported: number;
  declared: number;
  dismissed: number;
  /** Nobody has said what they are, and they go on. */
  waiting: number;
  /** Likewise, and they were over by themselves. */
  passed: number;
}

/** How much other tools reported in some time, and what people made of it. */
export async function countProposals(db: Tx, { from, to }: { from: Date; to: Date }): Promise<ProposalCount[]> {
  const { rows } = await sql<ProposalCount>`
    select source, count(*)::int as reported,
           (count(*) filter (where state = 'declared'))::int as declared,
           (count(*) filter (where state = 'dismissed'))::int as dismissed,
           (count(*) filter (where state = 'open' and over_at is null))::int as waiting,
           (count(*) filter (where state = 'open' and over_at is not null))::int as passed
    from incident_proposal where since > ${from} and since <= ${to} group by source order by source`.execute(db);
  return rows;
}
