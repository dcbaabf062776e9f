import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';
import type { Day } from './days.ts';
import type { NoticeKind, PlannedNotice } from './deadlines.ts';
import type { Answers, Assessment, Notice, Version } from './model.ts';

/** The statements of assessments; those that change something run in the caller's transaction. */

/** Begins one, or takes up the one that was dropped: when PHI was first said to be possible stays. `true`: it is new. */
export async function begin(tx: Tx, id: number, { at, dueAt }: { at: Date; dueAt: Date }): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`
    insert into breach_assessment (incident_id, phi_at, discovered_at, due_at) values (${id}, ${at}, ${at}, ${dueAt})
    on conflict (incident_id) do update set dropped = false
    returning xmax = 0 as made`.execute(tx);
  return rows[0]?.made ?? false;
}

export async function setDropped(tx: Tx, id: number): Promise<void> {
  await sql`update breach_assessment set dropped = true where incident_id = ${id}`.execute(tx);
}

export async function setDiscovered(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`update breach_assessment set discovered_at = ${at} where incident_id = ${id}`.execute(tx);
}

export async function addVersion(tx: Tx, id: number, made: Version): Promise<void> {
  const { version, at, by, answers, sha256 } = made;
  await sql`insert into breach_answers (incident_id, version, at, by, by_mention, answers, sha256)
            values (${id}, ${version}, ${at}, ${by.id}, ${by.mention}, ${textOf(answers)}, ${sha256})`.execute(tx);
  await sql`update breach_assessment set version = ${version} where incident_id = ${id}`.execute(tx);
}

export async function setNotices(tx: Tx, id: number, notices: readonly PlannedNotice[]): Promise<void> {
  await sql`delete from breach_notice where incident_id = ${id}`.execute(tx);
  for (const { kind, dueOn, why, perhaps, notBefore } of notices)
    await sql`insert into breach_notice (incident_id, kind, due_on, why, perhaps, not_before)
              values (${id}, ${kind}, ${dueOn}::date, ${why}, ${perhaps ?? false}, ${notBefore ?? null}::date)`.execute(
      tx,
    );
}

export async function addSent(
  tx: Tx,
  id: number,
  sent: { kind: NoticeKind; on: Day; confirmation: string; at: Date; by: By },
): Promise<void> {
  await sql`insert into breach_sent (incident_id, kind, sent_on, confirmation, at, by, by_mention)
            values (${id}, ${sent.kind}, ${sent.on}::date, ${sent.confirmation}, ${sent.at}, ${sent.by.id},
                    ${sent.by.mention})`.execute(tx);
}

/** Days come as text: a Date would be one of another zone. */
const noticesOfOne = sql`
  select n.kind, n.due_on::text as due_on, n.why, n.perhaps, n.not_before::text as not_before,
         s.sent_on::text as sent_on, s.confirmation, s.at as sent_at, s.by, s.by_mention
  from breach_notice n
  left join lateral (select * from breach_sent s where s.incident_id = n.incident_id and s.kind = n.kind
                     order by s.id desc limit 1) s on true`;

export async function findAssessment(db: Tx, id: number): Promise<Assessment | undefined> {
  const { rows } = await sql<AssessmentRow>`
    select phi_at, discovered_at, due_at, dropped from breach_assessment where incident_id = ${id}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const [newest] = await versionsOf(db, id, 1);
  const notices = await sql<NoticeRow>`${noticesOfOne} where n.incident_id = ${id} order by n.due_on, n.kind`.execute(
    db,
  );
  return {
    ...{ id, phiAt: new Date(row.phi_at), discoveredAt: new Date(row.discovered_at), dueAt: new Date(row.due_at) },
    ...{ dropped: row.dropped, ...(newest && { newest }), notices: notices.rows.map(noticeOf) },
  };
}

/** What is stored of answers, and what vouches for it. */
export function textOf(answers: Answers): string {
  return JSON.stringify(answers);
}

/** Newest first. */
export async function versionsOf(db: Tx, id: number, most: number): Promise<Version[]> {
  const { rows } = await sql<VersionRow>`
    select version, at, by, by_mention, answers, sha256 from breach_answers
    where incident_id = ${id} order by version desc limit ${most}`.execute(db);
  return rows.map(({ version, at, by, by_mention, answers, sha256 }) => {
    return { version, at: new Date(at), by: { id: by, mention: by_mention }, answers: JSON.parse(answers), sha256 };
  });
}

/** When each notice was sent, also of those that are not planned any more. */
export async function sentOf(db: Tx, id: number): Promise<Map<NoticeKind, Day>> {
  const { rows } = await sql<{ kind: NoticeKind; on: Day }>`
    select distinct on (kind) kind, sent_on::text as on from breach_sent
    where incident_id = ${id} order by kind, id desc`.execute(db);
  return new Map(rows.map(({ kind, on }) => [kind, on]));
}

interface AssessmentRow {
  phi_at: Date;
  discovered_at: Date;
  due_at: Date;
  dropped: boolean;
}

interface VersionRow {
  version: number;
  at: Date;
  by: string;
  by_mention: string;
  answers: string;
  sha256: string;
}

interface NoticeRow {
  kind: NoticeKind;
  due_on: Day;
  why: string;
  perhaps: boolean;
  not_before: Day | null;
  sent_on: Day | null;
  confirmation: string | null;
  sent_at: Date | null;
  by: string | null;
  by_mention: string | null;
}

function noticeOf(row: NoticeRow): Notice {
  const { kind, due_on: dueOn, why, perhaps, not_before, sent_on, sent_at } = row;
  return {
    ...{ kind, dueOn, why, ...(perhaps && { perhaps }), ...(not_before !== null && { notBefore: not_before }) },
    ...(sent_on !== null &&
      sent_at !== null && {
        sent: {
          ...{ on: sent_on, confirmation: row.confirmation ?? '', at: new Date(sent_at) },
          by: { id: row.by ?? '', mention: row.by_mention ?? '' },
        },
      }),
  };
}
