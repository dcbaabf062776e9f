import { sql } from 'kysely';
import type { Outcome } from '../health/model.ts';
import type { Store } from '../store/store.ts';
import type { Announcement, Notice, Problem, Standing, Step } from './model.ts';
import { asJson, type OpenProblem, problemColumns, readProblem, readSaid } from './store.ts';

/** What was posted of a notice: read and kept between two calls to Slack, one statement each. */

interface NoticeRow {
  id: string;
  channel: string;
  opened_at: Date;
  version: number;
  shown: number;
  said: number;
  posting: number | null;
  saying: number | null;
  begun_ago_ms: number | null;
  channel_id: string | null;
  ts: string | null;
  gone: boolean;
  standing: Standing[];
  content: Announcement | null;
}

interface StepRow {
  version: number;
  check_id: string;
  kind: Step['kind'];
  notify: boolean;
  step: { said: Parameters<typeof readSaid>[0]; was?: Outcome; times?: number };
}

/** Undefined when it was cleaned away. The version and what belongs to it are read in one statement each, oldest first. */
export async function readNotice(store: Store, id: string): Promise<Notice | undefined> {
  return store.transaction<unknown, Notice | undefined>(async (tx) => {
    // Locked, so that the version, the problems and the steps are those of one moment.
    const { rows } = await sql<NoticeRow>`
      select id, channel, opened_at, version, shown, said, posting, saying, channel_id, ts, gone, standing, content,
        (extract(epoch from clock_timestamp() - begun_at) * 1000)::double precision as begun_ago_ms
      from alert_notice where id = ${id} for share`.execute(tx);
    const row = rows[0];
    if (!row) return undefined;
    const problems = await sql<Parameters<typeof readProblem>[0]>`
      select ${problemColumns} from alert_problem where notice_id = ${id} order by id`.execute(tx);
    const steps = await sql<StepRow>`
      select version, check_id, kind, notify, step from alert_step
      where notice_id = ${id} and version > ${row.said} order by version, check_id`.execute(tx);
    return {
      id,
      channel: row.channel,
      openedAt: row.opened_at,
      version: row.version,
      shown: row.shown,
      said: row.said,
      gone: row.gone,
      standing: row.standing,
      ...(row.posting !== null && { posting: row.posting }),
      ...(row.saying !== null && { saying: row.saying }),
      ...(row.begun_ago_ms !== null && { begunAgoMs: row.begun_ago_ms }),
      ...(row.channel_id !== null && { channelId: row.channel_id }),
      ...(row.ts !== null && { ts: row.ts }),
      ...(row.content && { announcement: row.content }),
      problems: problems.rows.map((problem) => plainProblem(readProblem(problem))),
      steps: steps.rows.map(readStep),
    };
  });
}

function plainProblem({ id: _, noticeId: __, ...problem }: OpenProblem): Problem {
  return problem;
}

function readStep({ version, check_id, kind, notify, step }: StepRow): Step {
  const { was, times } = step;
  const said = readSaid(step.said);
  return { version, checkId: check_id, kind, notify, said, ...(was && { was }), ...(times && { times }) };
}

/** A post of the message begins; false when somebody else was first. */
export async function beginPosting(store: Store, id: string, version: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update alert_notice set posting = ${version}, begun_at = clock_timestamp()
    where id = ${id} and ts is null and posting is null`.execute(store.db());
  return numAffectedRows === 1n;
}

/** The same post is sent again; false when somebody else has it now. */
export async function beginAgain(store: Store, id: string, version: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update alert_notice set begun_at = clock_timestamp()
    where id = ${id} and (saying = ${version} or (posting = ${version} and ts is null))`.execute(store.db());
  return numAffectedRows === 1n;
}

/** The message is not there. */
export async function notPosted(store: Store, id: string, version: number): Promise<void> {
  await sql`update alert_notice set posting = null where id = ${id} and posting = ${version} and ts is null`.execute(
    store.db(),
  );
}

/** The message is there and shows all that led to its version: its thread need not tell it. */
export async function posted(
  store: Store,
  id: string,
  { version, channelId, ts }: { version: number; channelId: string; ts: string },
): Promise<void> {
  await sql`
    update alert_notice set posting = null, channel_id = ${channelId}, ts = ${ts}, gone = false,
      shown = greatest(shown, ${version}), said = greatest(said, ${version})
    where id = ${id} and ts is null`.execute(store.db());
}

export async function shown(store: Store, id: string, version: number): Promise<void> {
  await sql`update alert_notice set shown = greatest(shown, ${version}) where id = ${id}`.execute(store.db());
}

/** A post in the thread begins; false when somebody else was first. */
export async function beginSaying(store: Store, id: string, version: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update alert_notice set saying = ${version}, begun_at = clock_timestamp()
    where id = ${id} and saying is null and said < ${version} and ts is not null`.execute(store.db());
  return numAffectedRows === 1n;
}

export async function notSaid(store: Store, id: string, version: number): Promise<void> {
  await sql`update alert_notice set saying = null where id = ${id} and saying = ${version}`.execute(store.db());
}

/** Its thread has told all up to this version; with `standing` by a post that the channel shows. */
export async function said(store: Store, id: string, version: number, standing?: Standing): Promise<void> {
  const shows = standing && asJson([standing]);
  const adding = shows
    ? sql`case when said < ${version} then standing || ${shows}::jsonb else standing end`
    : sql`standing`;
  await sql`
    update alert_notice set said = greatest(said, ${version}), standing = ${adding},
      saying = case when saying <= ${version} then null else saying end
    where id = ${id}`.execute(store.db());
}

/** A post that the channel shows says that it is over, or is not there to say it. */
export async function settled(store: Store, id: string, ts: string): Promise<void> {
  await sql`
    update alert_notice set standing = (
      select coalesce(jsonb_agg(post order by at), '[]') from jsonb_array_elements(standing) with ordinality as of (post, at)
      where post ->> 'ts' <> ${ts})
    where id = ${id}`.execute(store.db());
}

/** Somebody deleted the message. */
export async function gone(store: Store, id: string): Promise<void> {
  await sql`
    update alert_notice set ts = null, gone = true, posting = null, saying = null, shown = version
    where id = ${id}`.execute(store.db());
}
