import { sql } from 'kysely';
import type { ReportedFinding, ScannedFinding } from '../kernel/findings.ts';
import type { Tx } from '../store/store.ts';
import type { Change } from './decide.ts';
import { type KeptFinding, merge } from './findings.ts';
import type { Report, Run } from './model.ts';

/** How many runs of a job are kept. */
const keptRuns = 20;

export interface Kept {
  since: Date;
  okAt: Date | undefined;
  okStartedAt: Date | undefined;
  /** The open ones; undefined = no scan has reported any, or none. */
  findings: ReportedFinding[] | undefined;
}

/** Waited for from now on, unless it was before. */
export async function waitFor(tx: Tx, checkId: string, since: Date): Promise<void> {
  await sql`insert into heartbeat (check_id, since) values (${checkId}, ${since})
            on conflict (check_id) do nothing`.execute(tx);
}

/** Until the transaction ends nobody else records a report of this job. */
export async function lock(tx: Tx, checkId: string): Promise<void> {
  await sql`select 1 from heartbeat where check_id = ${checkId} for update`.execute(tx);
}

/** Undefined: nobody has waited for it yet. */
export async function find(db: Tx, checkId: string): Promise<Kept | undefined> {
  const { rows } = await sql<{
    since: Date;
    ok_at: Date | null;
    ok_started_at: Date | null;
    findings: Written[] | null;
  }>`
    select since, ok_at, ok_started_at, findings
    from heartbeat left join heartbeat_findings using (check_id) where check_id = ${checkId}`.execute(db);
  const [row] = rows;
  return (
    row && {
      ...{ since: row.since, okAt: row.ok_at ?? undefined, okStartedAt: row.ok_started_at ?? undefined },
      findings: row.findings?.map(readAgain).filter(({ goneAt }) => goneAt === undefined),
    }
  );
}

/** As JSON has it. */
type Written = Omit<KeptFinding, 'since' | 'goneAt'> & { since: string; goneAt?: string };

function readAgain({ since, goneAt, ...rest }: Written): KeptFinding {
  return { ...rest, since: new Date(since), goneAt: goneAt === undefined ? undefined : new Date(goneAt) };
}

/** What a scan found takes the place of what the one before found; one that was held up changes nothing. */
export async function keepFindings(tx: Tx, checkId: string, reported: ScannedFinding[], at: Date): Promise<void> {
  const { rows } = await sql<{ at: Date; findings: Written[] }>`
    select at, findings from heartbeat_findings where check_id = ${checkId}`.execute(tx);
  const [before] = rows;
  if (before && before.at > at) return;
  const findings = JSON.stringify(merge(before?.findings.map(readAgain) ?? [], reported, at));
  await sql`insert into heartbeat_findings (check_id, at, findings) values (${checkId}, ${at}, ${findings}::jsonb)
            on conflict (check_id) do update set at = excluded.at, findings = excluded.findings`.execute(tx);
}

/** Newest first. */
export async function runsOf(db: Tx, checkId: string): Promise<Run[]> {
  const { rows } = await sql<{
    id: number;
    run: string;
    started_at: Date | null;
    ended_at: Date | null;
    outcome: Run['outcome'];
    exit_code: number | null;
    message: string;
  }>`
    select id, run, started_at, ended_at, coalesce(outcome, 'running') as outcome, exit_code, message
    from heartbeat_run where check_id = ${checkId} order by id desc`.execute(db);
  return rows.map(({ id, run, started_at, ended_at, outcome, exit_code, message }) => ({
    ...{ id, run, startedAt: started_at ?? undefined, endedAt: ended_at ?? undefined, outcome },
    ...{ exitCode: exit_code ?? undefined, message },
  }));
}

/** Writes down what a report changes, and forgets runs that are old. */
export async function apply(tx: Tx, checkId: string, change: Change, report: Report, at: Date): Promise<void> {
  const { what, run, message } = report;
  const exitCode = report.exitCode ?? null;
  if (change.kind === 'begin')
    await sql`insert into heartbeat_run (check_id, run, started_at) values (${checkId}, ${run}, ${at})`.execute(tx);
  if (change.kind === 'date')
    await sql`update heartbeat_run set started_at = ${at} where id = ${change.id}`.execute(tx);
  if (change.kind === 'end') {
    if (change.id === undefined)
      await sql`insert into heartbeat_run (check_id, run, ended_at, outcome, exit_code, message)
                values (${checkId}, ${run}, ${at}, ${what}, ${exitCode}, ${message})`.execute(tx);
    else
      await sql`update heartbeat_run
                set ended_at = greatest(${at}, started_at), outcome = ${what}, exit_code = ${exitCode},
                    message = ${message}
                where id = ${change.id}`.execute(tx);
    await sql`update heartbeat_run set outcome = 'lost' where id = any(${change.lost}::bigint[])`.execute(tx);
  }
  await sql`delete from heartbeat_run where check_id = ${checkId} and id not in (
              select id from heartbeat_run where check_id = ${checkId} order by id desc limit ${keptRuns})`.execute(tx);
}

/** A run ended well; one that ended later stays the last. */
export async function keepOk(tx: Tx, checkId: string, at: Date, startedAt: Date | undefined): Promise<void> {
  await sql`update heartbeat set ok_at = ${at}, ok_started_at = ${startedAt ?? null}
            where check_id = ${checkId} and (ok_at is null or ok_at < ${at})`.execute(tx);
}
