import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import { type Viewer, visible } from '../store.ts';

/** Something to be done so that an incident doesn't happen again. */
export interface FollowUp {
  id: number;
  incident: number;
  words: string;
  /** `slack:U1`, or as somebody wrote it: `@dba`. */
  owner: string;
  ownerMention: string;
  dueAt: Date;
  createdAt: Date;
  /** As `By`. */
  createdBy: string;
  remindedAt?: Date;
  state: 'open' | 'done' | 'dropped';
  closed?: { at: Date; by: string };
  /** Why it was dropped. */
  reason: string;
}

interface Row {
  id: string;
  incident_id: string;
  words: string;
  owner: string;
  owner_mention: string;
  due_at: Date;
  created_at: Date;
  created_by: string;
  reminded_at: Date | null;
  state: FollowUp['state'];
  closed_at: Date | null;
  closed_by: string | null;
  reason: string;
}

/** Whoever has it to do sees it, also where the incident is private and they are not in it. */
const shown = (viewer: Viewer) =>
  viewer === 'everything' ? sql`true` : sql`(${visible(viewer)} or f.owner = ${viewer.id})`;

const columns = sql`f.*, f.id::text as id, f.incident_id::text as incident_id`;

/** Undefined = this key has made one already. */
export async function insertFollowUp(
  tx: Tx,
  made: Pick<FollowUp, 'incident' | 'words' | 'owner' | 'ownerMention' | 'dueAt' | 'createdAt' | 'createdBy'> & {
    key: string;
  },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into incident_followup (key, incident_id, words, owner, owner_mention, due_at, created_at, created_by)
    values (${made.key}, ${made.incident}, ${made.words}, ${made.owner}, ${made.ownerMention}, ${made.dueAt},
            ${made.createdAt}, ${made.createdBy})
    on conflict (key) do nothing returning id::text`.execute(tx);
  return rows[0] && Number(rows[0].id);
}

export async function followUpOfKey(db: Tx, key: string): Promise<FollowUp | undefined> {
  const { rows } = await sql<Row>`select ${columns} from incident_followup f where f.key = ${key}`.execute(db);
  return rows[0] && followUpOf(rows[0]);
}

/** One that the viewer may see. */
export async function findFollowUp(db: Tx, id: number, viewer: Viewer): Promise<FollowUp | undefined> {
  const { rows } = await sql<Row>`
    select ${columns} from incident_followup f join incident i on i.id = f.incident_id
    where f.id = ${id} and ${shown(viewer)}`.execute(db);
  return rows[0] && followUpOf(rows[0]);
}

/** Open ones first, the earliest due first; of one incident, or of all that the viewer may see. */
export async function listFollowUps(
  db: Tx,
  {
    incident,
    viewer,
    most,
    openOnly,
  }: { incident?: number | undefined; viewer: Viewer; most: number; openOnly: boolean },
): Promise<FollowUp[]> {
  const { rows } = await sql<Row>`
    select ${columns} from incident_followup f join incident i on i.id = f.incident_id
    where ${shown(viewer)} and (${incident ?? null}::bigint is null or f.incident_id = ${incident ?? null}::bigint)
      and (not ${openOnly}::boolean or f.state = 'open')
    order by f.state <> 'open', f.due_at, f.id limit ${most}`.execute(db);
  return rows.map(followUpOf);
}

/** The open ones that the viewer may see, all of them. */
export async function countFollowUps(
  db: Tx,
  { viewer, now }: { viewer: Viewer; now: Date },
): Promise<{ open: number; overdue: number }> {
  const { rows } = await sql<{ open: number; overdue: number }>`
    select count(*)::int as open, (count(*) filter (where f.due_at < ${now}))::int as overdue
    from incident_followup f join incident i on i.id = f.incident_id
    where f.state = 'open' and ${shown(viewer)}`.execute(db);
  return rows[0]!;
}

export async function setChased(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`update incident_followup set reminded_at = ${at} where id = ${id}`.execute(tx);
}

/** False: it was closed before, which stands. */
export async function closeFollowUp(
  tx: Tx,
  id: number,
  { state, at, by, reason }: { state: 'done' | 'dropped'; at: Date; by: string; reason: string },
): Promise<boolean> {
  const { rows } = await sql`
    update incident_followup set state = ${state}, closed_at = ${at}, closed_by = ${by}, reason = ${reason}
    where id = ${id} and state = 'open' returning 1`.execute(tx);
  return rows.length > 0;
}

function followUpOf(row: Row): FollowUp {
  return {
    ...{ id: Number(row.id), incident: Number(row.incident_id), words: row.words, owner: row.owner },
    ...{ ownerMention: row.owner_mention, dueAt: new Date(row.due_at), createdAt: new Date(row.created_at) },
    ...{ createdBy: row.created_by, state: row.state, reason: row.reason },
    ...(row.reminded_at && { remindedAt: new Date(row.reminded_at) }),
    ...(row.closed_at && { closed: { at: new Date(row.closed_at), by: row.closed_by ?? '' } }),
  };
}
