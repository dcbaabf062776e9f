import { sql } from 'kysely';
import { plainJson } from '../health/facts.ts';
import type { Outcome } from '../health/model.ts';
import type { Tx } from '../store/store.ts';
import { type ChannelNow, flappingMs, groupOpenMs, rushMs, worse } from './decide.ts';
import type { Announcement, Muted, Problem, Said, Step } from './model.ts';

/** The statements that write what should be said; all of them in the caller's transaction. */

export interface OpenProblem extends Problem {
  id: number;
  noticeId: string;
}

interface ProblemRow {
  id: number;
  check_id: string;
  notice_id: string;
  opened_at: Date;
  began_at: Date;
  ended_at: Date | null;
  ending: 'ok' | 'removed' | null;
  worst: string;
  said: Stored<Said> & { worst_reason?: string };
  muted: Stored<Muted> | null;
}

/** As JSON keeps it. */
type Stored<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Stored<T[K]> } : T;

export function readSaid({ worst_reason: _, ...stored }: ProblemRow['said']): Said {
  return { ...stored, since: new Date(stored.since) };
}

export function readProblem(row: ProblemRow): OpenProblem {
  const { muted, said } = row;
  // Kept beside what is said only while that is something else.
  const worstReason = said.worst_reason ?? (row.worst === said.outcome ? said.reason : undefined);
  return {
    id: row.id,
    noticeId: row.notice_id,
    checkId: row.check_id,
    openedAt: row.opened_at,
    beganAt: row.began_at,
    ...(row.ended_at && { endedAt: row.ended_at }),
    ...(row.ending && { ending: row.ending }),
    worst: row.worst as Outcome,
    ...(worstReason !== undefined && { worstReason }),
    said: readSaid(said),
    ...(muted && {
      muted: {
        ...(muted.begunAt && { begunAt: new Date(muted.begunAt) }),
        ...(muted.by !== undefined && { by: muted.by }),
        ...(muted.mute !== undefined && { mute: muted.mute }),
        ...(muted.ended && { ended: true }),
        ...(muted.seen && { seen: { ...muted.seen, at: new Date(muted.seen.at) } }),
        ...(muted.until && { until: new Date(muted.until) }),
      },
    }),
  };
}

export const problemColumns = sql`
  id, check_id, notice_id, opened_at, began_at, ended_at, ending, worst, said, muted`;

/** The open problems of these checks, locked in one order, so that two transactions never wait for each other. */
export async function lockOpen(tx: Tx, checkIds: readonly string[]): Promise<OpenProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select ${problemColumns} from alert_problem
    where check_id = any(${checkIds}) and ended_at is null order by check_id for update`.execute(tx);
  return rows.map(readProblem);
}

/**
 * Problems of checks that are not configured here and that no replica has measured for three of its rounds, or ten
 * minutes: while versions of a configuration are exchanged, another replica may know more checks.
 */
export async function lockUnwatched(tx: Tx, configured: readonly string[]): Promise<OpenProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select ${problemColumns} from alert_problem p
    where check_id <> all(${configured}) and ended_at is null and not exists (
      select 1 from check_state s where s.check_id = p.check_id and coalesce(s.regular_at, s.recorded_at)
        > clock_timestamp() - greatest(interval '10 minutes', 3 * s.every_ms * interval '1 millisecond'))
    order by check_id for update`.execute(tx);
  return rows.map(readProblem);
}

/** Checks with an open problem whose mute is over by now. */
export async function overdueMutes(tx: Tx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ check_id: string }>`
    select check_id from alert_problem
    where ended_at is null and (muted ->> 'until')::timestamptz < ${now}`.execute(tx);
  return rows.map(({ check_id }) => check_id);
}

/** Not locked: to look at only. */
export async function openOfNotice(tx: Tx, notice: string): Promise<OpenProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select ${problemColumns} from alert_problem
    where notice_id = ${notice} and ended_at is null`.execute(tx);
  return rows.map(readProblem);
}

/** Sweeps that open problems in the same channel decide one after the other, until the end of their transactions. */
export async function lockChannels(tx: Tx, channels: readonly string[]): Promise<void> {
  for (const channel of [...new Set(channels)].toSorted()) {
    await sql`select pg_advisory_xact_lock(hashtext(${`alerts: ${channel}`}))`.execute(tx);
  }
}

export async function channelNow(tx: Tx, channel: string, checkIds: readonly string[], now: Date): Promise<ChannelNow> {
  const lately = await sql<{ count: number }>`
    select count(*) as count from alert_problem p join alert_notice n on n.id = p.notice_id
    where n.channel = ${channel} and p.opened_at > ${before(now, rushMs)}`.execute(tx);
  const group = await sql<{ id: string }>`
    select id from alert_notice
    where channel = ${channel} and grouped and closed_at is null and opened_at > ${before(now, groupOpenMs)}
    order by opened_at desc limit 1`.execute(tx);
  const earlier = await sql<{ check_id: string; times: number; notice: string }>`
    select p.check_id, count(*) as times, (array_agg(p.notice_id order by p.id desc))[1] as notice
    from alert_problem p join alert_notice n on n.id = p.notice_id
    where p.check_id = any(${checkIds}) and n.channel = ${channel} and p.opened_at > ${before(now, flappingMs)}
    group by p.check_id`.execute(tx);
  const [joinable] = group.rows;
  return {
    openedLately: lately.rows[0]?.count ?? 0,
    ...(joinable && { group: joinable.id }),
    earlier: new Map(earlier.rows.map(({ check_id, times, notice }) => [check_id, { times, notice }])),
  };
}

/** As the database takes it: what is said may quote anything, and jsonb refuses U+0000 and lone surrogates. */
export function asJson(value: unknown): string {
  return JSON.stringify(plainJson(value));
}

function before(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}

export async function addNotice(tx: Tx, notice: { channel: string; grouped: boolean; now: Date }): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into alert_notice (kind, channel, grouped, opened_at)
    values ('problems', ${notice.channel}, ${notice.grouped}, ${notice.now}) returning id`.execute(tx);
  return rows[0]!.id;
}

/** Undefined: the key was announced before. */
export async function addAnnouncement(
  tx: Tx,
  { channel, key, content, now }: { channel: string; key: string; content: Announcement; now: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into alert_notice (kind, channel, key, content, opened_at, closed_at)
    values ('announcement', ${channel}, ${String(plainJson(key))}, ${asJson(content)}::jsonb, ${now}, ${now})
    on conflict (key) do nothing returning id`.execute(tx);
  return rows[0]?.id;
}

/** Locks these notices in one order and counts a change of each; resolves to the new versions. */
export async function touch(tx: Tx, notices: readonly string[]): Promise<Map<string, number>> {
  if (notices.length === 0) return new Map();
  await sql`select 1 from alert_notice where id = any(${notices}::uuid[]) order by id for update`.execute(tx);
  const { rows } = await sql<{ id: string; version: number }>`
    update alert_notice set version = version + 1 where id = any(${notices}::uuid[]) returning id, version`.execute(tx);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** A notice is closed while none of its problems is open. */
export async function closeOrReopen(tx: Tx, notices: readonly string[], now: Date): Promise<void> {
  await sql`
    update alert_notice n set closed_at = case
      when exists (select 1 from alert_problem p where p.notice_id = n.id and p.ended_at is null) then null
      else ${now}::timestamptz end
    where id = any(${notices}::uuid[])`.execute(tx);
}

export async function addProblem(
  tx: Tx,
  problem: { checkId: string; notice: string; now: Date; beganAt: Date; said: Said },
): Promise<void> {
  const { checkId, notice, now, beganAt, said } = problem;
  await sql`
    insert into alert_problem (check_id, notice_id, opened_at, began_at, worst, said)
    values (${checkId}, ${notice}, ${now}, ${beganAt}, ${said.outcome}, ${asJson(said)}::jsonb)`.execute(tx);
}

/** It is otherwise now; what was worst is kept with its reason. */
export async function changeProblem(tx: Tx, before: OpenProblem, said: Said): Promise<void> {
  const worst = worse(said.outcome, before.worst);
  const kept = worst === said.outcome ? {} : { worst_reason: before.worstReason };
  await sql`
    update alert_problem set said = ${asJson({ ...said, ...kept })}::jsonb, worst = ${worst}
    where id = ${before.id}`.execute(tx);
}

export async function endProblem(tx: Tx, id: number, end: { at: Date; ending: 'ok' | 'removed' }): Promise<void> {
  await sql`update alert_problem set ended_at = ${end.at}, ending = ${end.ending}, muted = null where id = ${id}`.execute(
    tx,
  );
}

export async function muteProblems(tx: Tx, ids: readonly number[], muted: Muted | undefined): Promise<void> {
  const stored = muted === undefined ? null : asJson(muted);
  await sql`update alert_problem set muted = ${stored}::jsonb where id = any(${ids}::bigint[])`.execute(tx);
}

export type NewStep = Step & { notice: string };

export async function addStep(tx: Tx, step: NewStep): Promise<void> {
  const { notice, version, checkId, kind, notify, said, was, times } = step;
  await sql`
    insert into alert_step (notice_id, version, check_id, kind, notify, step)
    values (${notice}, ${version}, ${checkId}, ${kind}, ${notify}, ${asJson({ said, was, times })}::jsonb)
    on conflict (notice_id, version, check_id) do update set
      kind = excluded.kind, notify = excluded.notify, step = excluded.step`.execute(tx);
}

/** What was measured last of these checks, whether they are muted or not. */
export async function lastSeen(tx: Tx, checkIds: readonly string[]): Promise<Map<string, NonNullable<Muted['seen']>>> {
  const { rows } = await sql<{ check_id: string; outcome: string; at: Date }>`
    select check_id, report ->> 'outcome' as outcome, at from check_state
    where check_id = any(${checkIds})`.execute(tx);
  return new Map(rows.map(({ check_id, outcome, at }) => [check_id, { outcome: outcome as Outcome, at }]));
}
