import { sql } from 'kysely';
import type { Outcome } from '../health/model.ts';
import type { Tx } from '../store/store.ts';
import type { ItemState, PostPlan, Report, ReportContent } from './model.ts';

interface Row {
  id: string | number;
  name: string;
  slot: Date | null;
  from_at: Date;
  made_at: Date;
  asked_by: string | null;
  previous_id: string | number | null;
  title: string;
  verdict: Outcome;
  content: ReportContent;
  plan: PostPlan;
  version: number;
  shown: number;
  channel_id: string | null;
  ts: string | null;
  posted_at: Date | null;
  problem: string | null;
}

const columns = sql.raw(
  'id, name, slot, from_at, made_at, asked_by, previous_id, title, verdict, content, plan, version, shown, channel_id, ts, posted_at, problem',
);

/** Keeps a report; undefined: there is one of this name and slot already. */
export async function addReport(
  tx: Tx,
  report: Omit<Report, 'id' | 'version' | 'shown' | 'message'>,
): Promise<number | undefined> {
  const { name, slot = null, from, madeAt, askedBy = null, previousId = null, title, verdict, content, plan } = report;
  const { rows } = await sql<{ id: string | number }>`
    insert into report (name, slot, from_at, made_at, asked_by, previous_id, title, verdict, content, plan)
    values (${name}, ${slot}, ${from}, ${madeAt}, ${askedBy}, ${previousId}, ${title}, ${verdict},
            ${JSON.stringify(content)}::jsonb, ${JSON.stringify(plan)}::jsonb)
    on conflict (name, slot) do nothing returning id`.execute(tx);
  return rows[0] && Number(rows[0].id);
}

export async function findReport(db: Tx, id: number): Promise<Report | undefined> {
  const { rows } = await sql<Row>`select ${columns} from report where id = ${id}`.execute(db);
  return rows[0] && reportOf(rows[0]);
}

export async function reportOfSlot(db: Tx, name: string, slot: Date): Promise<Report | undefined> {
  const { rows } = await sql<Row>`select ${columns} from report where name = ${name} and slot = ${slot}`.execute(db);
  return rows[0] && reportOf(rows[0]);
}

/** The last one that was made by itself before that moment: what the next one compares with. */
export async function reportBefore(db: Tx, name: string, before: Date): Promise<Report | undefined> {
  const { rows } = await sql<Row>`
    select ${columns} from report where name = ${name} and slot < ${before} order by slot desc limit 1`.execute(db);
  return rows[0] && reportOf(rows[0]);
}

/** The newest of a name made in that time, by itself or not. */
export async function newestReport(
  db: Tx,
  name: string,
  { from, to }: { from: Date; to: Date },
): Promise<Report | undefined> {
  const { rows } = await sql<Row>`
    select ${columns} from report where name = ${name} and coalesce(slot, made_at) >= ${from} and coalesce(slot, made_at) < ${to}
    order by slot is null, made_at desc limit 1`.execute(db);
  return rows[0] && reportOf(rows[0]);
}

/** When the newest of each name was made, and whether it is posted. */
export async function newestReports(
  db: Tx,
): Promise<Map<string, { id: number; madeAt: Date; slot?: Date; posted: boolean }>> {
  const { rows } = await sql<Pick<Row, 'id' | 'name' | 'made_at' | 'slot' | 'posted_at'>>`
    select distinct on (name) id, name, made_at, slot, posted_at from report order by name, made_at desc`.execute(db);
  return new Map(
    rows.map(({ id, name, made_at, slot, posted_at }) => [
      name,
      { id: Number(id), madeAt: new Date(made_at), ...(slot && { slot: new Date(slot) }), posted: posted_at !== null },
    ]),
  );
}

/**
 * The newest of each name that people may still look at, as far as it names one of these, and which. Also one that is not
 * posted yet: its message may be on its way already.
 */
export async function naming(
  db: Tx,
  keys: readonly string[],
  since: Date,
): Promise<{ id: number; named: readonly string[] }[]> {
  const { rows } = await sql<{ id: string | number; named: string[] }>`
    select id, named from (
      select distinct on (name) id, content from report
      where slot is not null and coalesce(posted_at, made_at) >= ${since} order by name, slot desc
    ) newest, lateral (
      select array_agg(distinct item #>> '{}') as named
      from jsonb_path_query(content, '$.sections[*].lines[*].item') item where item #>> '{}' = any(${keys}::text[])
    ) items where named is not null order by id`.execute(db);
  return rows.map(({ id, named }) => ({ id: Number(id), named }));
}

/** Something that it shows changed; its message is to be edited. Resolves to the new versions. */
export async function changed(tx: Tx, ids: readonly number[]): Promise<{ id: number; version: number }[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string | number; version: number }>`
    update report set version = version + 1 where id = any(${ids}) returning id, version`.execute(tx);
  return rows.map(({ id, version }) => ({ id: Number(id), version }));
}

/** Its message shows this version. */
export async function setShown(
  db: Tx,
  id: number,
  { version, channel, ts, at }: { version: number; channel: string; ts: string; at: Date },
): Promise<void> {
  await sql`update report set shown = greatest(shown, ${version}), problem = null, channel_id = ${channel}, ts = ${ts}, posted_at = coalesce(posted_at, ${at})
            where id = ${id}`.execute(db);
}

/** Why it can't be posted; one that is posted has no problem. */
export async function setProblem(db: Tx, id: number, problem: string): Promise<void> {
  await sql`update report set problem = ${problem} where id = ${id} and ts is null`.execute(db);
}

/** Items that reports name from now on; since when each was named first. */
export async function nameItems(tx: Tx, keys: readonly string[], at: Date): Promise<void> {
  if (keys.length === 0) return;
  await sql`insert into report_item (key, first_at) select k, ${at} from unnest(${keys}::text[]) k order by k
            on conflict (key) do nothing`.execute(tx);
}

/** What is over is forgotten: when it comes again it is new, and nobody has acknowledged it. */
export async function forgetItems(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await sql`delete from report_item where key = any(${keys})`.execute(tx);
}

/** What became worse is read again, whoever snoozed it while it was better. */
export async function wakeItems(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`update report_item set snoozed_by = null, snoozed_until = null
            where key = any(${keys}) and snoozed_until is not null`.execute(tx);
}

export async function readItems(db: Tx): Promise<Map<string, ItemState>> {
  const { rows } = await sql<{
    key: string;
    first_at: Date;
    acknowledged_by: string | null;
    acknowledged_at: Date | null;
    snoozed_by: string | null;
    snoozed_until: Date | null;
  }>`select key, first_at, acknowledged_by, acknowledged_at, snoozed_by, snoozed_until from report_item`.execute(db);
  return new Map(
    rows.map((row) => [
      row.key,
      {
        key: row.key,
        firstAt: new Date(row.first_at),
        ...(row.acknowledged_at && {
          acknowledged: { by: row.acknowledged_by ?? '', at: new Date(row.acknowledged_at) },
        }),
        ...(row.snoozed_until && { snoozed: { by: row.snoozed_by ?? '', until: new Date(row.snoozed_until) } }),
      },
    ]),
  );
}

/** Somebody takes on what a report names. */
export async function acknowledgeItems(
  tx: Tx,
  keys: readonly string[],
  { by, at }: { by: string; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    update report_item set acknowledged_by = ${by}, acknowledged_at = ${at}
    where key = any(${keys}) and acknowledged_at is null returning key`.execute(tx);
  return rows.map(({ key }) => key);
}

/** Reports name it no more until then. */
export async function snoozeItems(
  tx: Tx,
  keys: readonly string[],
  { by, until }: { by: string; until: Date },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    update report_item set snoozed_by = ${by}, snoozed_until = ${until} where key = any(${keys}) returning key`.execute(
    tx,
  );
  return rows.map(({ key }) => key);
}

function reportOf(row: Row): Report {
  const { slot, asked_by: askedBy, previous_id: previousId, channel_id: channel, ts, posted_at: postedAt } = row;
  return {
    ...{ id: Number(row.id), name: row.name, from: new Date(row.from_at), madeAt: new Date(row.made_at) },
    ...{ title: row.title, verdict: row.verdict, content: row.content, plan: row.plan },
    ...{ version: row.version, shown: row.shown },
    ...(slot && { slot: new Date(slot) }),
    ...(askedBy !== null && { askedBy }),
    ...(row.problem !== null && { problem: row.problem }),
    ...(previousId !== null && { previousId: Number(previousId) }),
    ...(channel !== null && ts !== null && { message: { channel, ts, postedAt: new Date(postedAt ?? row.made_at) } }),
  };
}
