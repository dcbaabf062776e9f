import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';
import type { By, Checklist, Result, Run, RunItem, RunState } from './model.ts';
import { type ItemRow, type RunRow, runOf } from './rows-read.ts';

/** Begins a run with all of its items; undefined = there is one of this slot, or on demand one that is not over. */
export async function insertRun(
  tx: Tx,
  run: { plan: Checklist; slot: Date | undefined; at: Date; by: By; dueAt: Date; channel: string | undefined },
): Promise<number | undefined> {
  const { plan, slot, at, by, dueAt, channel } = run;
  const { rows } = await sql<{ id: string }>`
    insert into checklist_run (name, slot, plan, begun_at, begun_by, begun_by_mention, due_at, channel)
    values (${plan.id}, ${slot ?? null}, ${JSON.stringify(plan)}::jsonb, ${at}, ${by.id}, ${by.mention}, ${dueAt},
            ${channel ?? null})
    on conflict do nothing
    returning id::text as id`.execute(tx);
  const id = rows[0] && Number(rows[0].id);
  if (id === undefined) return undefined;
  await sql`insert into checklist_item (run_id, n)
            select ${id}::bigint, n from generate_series(1, ${plan.items.length}::int) as n`.execute(tx);
  return id;
}

/** Until the end of the transaction nobody else changes it. */
export async function lockRun(tx: Tx, id: number): Promise<Run | undefined> {
  await sql`select 1 from checklist_run where id = ${id}::bigint for update`.execute(tx);
  return findRun(tx, id);
}

export async function findRun(db: Tx, id: number): Promise<Run | undefined> {
  const [run] = await runsWhere(db, sql`r.id = ${id}::bigint`, 1);
  return run;
}

/** Those that are not over, the earliest due first; of one checklist, or of all. */
export function openRuns(db: Tx, name?: string): Promise<Run[]> {
  const named = name === undefined ? sql`true` : sql`r.name = ${name}`;
  return runsWhere(db, sql`r.state in ('open', 'done') and ${named}`, 200, sql`r.due_at, r.id`);
}

/** Of one checklist, newest first. */
export function runsOf(db: Tx, name: string, most: number): Promise<Run[]> {
  return runsWhere(db, sql`r.name = ${name}`, most);
}

/** Those that ended, or should have been done, in that time. */
export function runsBetween(db: Tx, from: Date, to: Date): Promise<Run[]> {
  return runsWhere(db, sql`r.ended_at >= ${from} and r.ended_at < ${to}`, 500, sql`r.ended_at, r.id`);
}

async function runsWhere(db: Tx, where: ReturnType<typeof sql>, most: number, order = sql`r.begun_at desc, r.id desc`) {
  const { rows } = await sql<RunRow>`
    select r.*, r.id::text as id, r.proof_seq::double precision as proof_seq from checklist_run r
    where ${where} order by ${order} limit ${most}`.execute(db);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const { rows: items } = await sql<ItemRow>`
    select i.*, i.run_id::text as run_id from checklist_item i
    where i.run_id = any(${ids}::bigint[]) order by i.run_id, i.n`.execute(db);
  const byRun = Map.groupBy(items, ({ run_id }) => run_id);
  return rows.map((row) => runOf(row, byRun.get(row.id) ?? []));
}

/** Changes an item that is as expected; false = it was changed meanwhile. */
export async function setItem(
  tx: Tx,
  { id, n, expected }: { id: number; n: number; expected: RunItem['state'] },
  to: Pick<RunItem, 'state' | 'by' | 'at' | 'note' | 'link'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update checklist_item
    set state = ${to.state}, by = ${to.by?.id ?? null}, by_mention = ${to.by?.mention ?? null}, at = ${to.at ?? null},
        note = ${to.note}, link = ${to.link}
    where run_id = ${id}::bigint and n = ${n} and state = ${expected}`.execute(tx);
  return numAffectedRows === 1n;
}

export async function setResult(tx: Tx, id: number, n: number, { verdict, words, at }: Result): Promise<void> {
  await sql`update checklist_item set verdict = ${verdict}, words = ${words}, measured_at = ${at}
            where run_id = ${id}::bigint and n = ${n}`.execute(tx);
}

/** What its message says is another from now on. */
export async function setState(
  tx: Tx,
  id: number,
  { state, doneAt, ended }: { state: RunState; doneAt: Date | undefined; ended: Run['ended'] },
): Promise<void> {
  await sql`update checklist_run
            set state = ${state}, done_at = ${doneAt ?? null}, ended_at = ${ended?.at ?? null},
                ended_by = ${ended?.by.id ?? null}, ended_by_mention = ${ended?.by.mention ?? null},
                end_reason = ${ended?.reason ?? ''}, version = version + 1
            where id = ${id}::bigint`.execute(tx);
}

export async function setMeasured(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`update checklist_run set measured_at = greatest(measured_at, ${at}::timestamptz) where id = ${id}::bigint`.execute(
    tx,
  );
}

export async function setChased(tx: Tx, id: number, chased: number): Promise<void> {
  await sql`update checklist_run set chased = ${chased} where id = ${id}::bigint`.execute(tx);
}

export async function setProof(db: Tx, id: number, { seq, hash }: { seq: number; hash: string }): Promise<void> {
  await sql`update checklist_run set proof_seq = ${seq}, proof_hash = ${hash} where id = ${id}::bigint`.execute(db);
}

/** Its message shows this version now, and stands there. */
export async function setShown(
  db: Tx,
  { id, version }: Pick<Run, 'id' | 'version'>,
  { channel, ts }: { channel: string; ts: string },
): Promise<void> {
  await sql`update checklist_run set shown = greatest(shown, ${version}), channel_id = ${channel}, ts = ${ts}
            where id = ${id}::bigint`.execute(db);
}

/** Its message is to be brought up to date, though nothing else was changed. */
export async function setOutdated(tx: Tx, id: number): Promise<void> {
  await sql`update checklist_run set version = version + 1 where id = ${id}::bigint`.execute(tx);
}

/** Why it can't be posted where it should be; undefined = it can. */
export async function setChannelProblem(db: Tx, id: number, problem: string | undefined): Promise<void> {
  await sql`update checklist_run set channel_problem = ${problem ?? null} where id = ${id}::bigint`.execute(db);
}
