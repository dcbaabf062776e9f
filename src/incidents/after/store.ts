import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import { type Viewer, visible } from '../store.ts';

/** The statements about what is written once an incident is over. */

export const paperKinds = ['report', 'postmortem'] as const;
export type PaperKind = (typeof paperKinds)[number];

/** Something to be written about an incident. */
export interface Paper {
  incident: number;
  kind: PaperKind;
  /** Absent = nobody asked for it. */
  dueAt?: Date;
  remindedAt?: Date;
  state: 'due' | 'done' | 'none';
  /** When and by whom it was written, or done without. */
  closed?: { at: Date; by: string };
  /** Where it stands; may be empty. */
  link: string;
  reason: string;
}

interface PaperRow {
  incident_id: string;
  kind: PaperKind;
  due_at: Date | null;
  reminded_at: Date | null;
  state: Paper['state'];
  closed_at: Date | null;
  closed_by: string | null;
  link: string;
  reason: string;
}

/** Asks for it anew, whatever became of it before. */
export async function planPaper(tx: Tx, id: number, { kind, dueAt }: { kind: PaperKind; dueAt: Date }): Promise<void> {
  await sql`insert into incident_paper (incident_id, kind, due_at) values (${id}, ${kind}, ${dueAt})
            on conflict (incident_id, kind) do update set due_at = excluded.due_at, reminded_at = null, state = 'due',
              closed_at = null, closed_by = null, link = '', reason = ''`.execute(tx);
}

/** Nothing is asked of an incident that is open. */
export async function dropPapers(tx: Tx, id: number): Promise<void> {
  await sql`delete from incident_paper where incident_id = ${id}`.execute(tx);
}

export async function papersOf(db: Tx, id: number): Promise<Paper[]> {
  const { rows } = await sql<PaperRow>`
    select *, incident_id::text as incident_id from incident_paper where incident_id = ${id} order by kind desc`.execute(
    db,
  );
  return rows.map(paperOf);
}

export async function findPaper(db: Tx, id: number, kind: PaperKind): Promise<Paper | undefined> {
  return (await papersOf(db, id)).find((paper) => paper.kind === kind);
}

/** What is to be written, the earliest first: of all incidents that the viewer may see. */
export async function papersDue(db: Tx, viewer: Viewer): Promise<(Paper & { label: string; drill: boolean })[]> {
  const { rows } = await sql<PaperRow & { label: string; drill: boolean }>`
    select p.*, p.incident_id::text as incident_id, i.label, i.drill
    from incident_paper p join incident i on i.id = p.incident_id
    where p.state = 'due' and ${visible(viewer)} order by p.due_at, p.incident_id`.execute(db);
  return rows.map((row) => ({ ...paperOf(row), label: row.label, drill: row.drill }));
}

export async function setReminded(tx: Tx, id: number, { kind, at }: { kind: PaperKind; at: Date }): Promise<void> {
  await sql`update incident_paper set reminded_at = ${at} where incident_id = ${id} and kind = ${kind}`.execute(tx);
}

export async function closePaper(
  tx: Tx,
  id: number,
  closed: Pick<Paper, 'kind' | 'link' | 'reason'> & { state: 'done' | 'none'; at: Date; by: string },
): Promise<void> {
  const { kind, state, at, by, link, reason } = closed;
  await sql`insert into incident_paper (incident_id, kind, state, closed_at, closed_by, link, reason)
            values (${id}, ${kind}, ${state}, ${at}, ${by}, ${link}, ${reason})
            on conflict (incident_id, kind) do update set state = excluded.state, closed_at = excluded.closed_at,
              closed_by = excluded.closed_by, link = excluded.link, reason = excluded.reason`.execute(tx);
}

function paperOf(row: PaperRow): Paper {
  return {
    ...{ incident: Number(row.incident_id), kind: row.kind, state: row.state, link: row.link, reason: row.reason },
    ...(row.due_at && { dueAt: new Date(row.due_at) }),
    ...(row.reminded_at && { remindedAt: new Date(row.reminded_at) }),
    ...(row.closed_at && { closed: { at: new Date(row.closed_at), by: row.closed_by ?? '' } }),
  };
}
