import { sql } from 'kysely';
import type { Facts, Sample } from '../kernel/check.ts';
import type { Store } from '../store/store.ts';
import { plainJson } from './facts.ts';
import type { CheckReport } from './model.ts';
import type { HealthTables } from './tables.ts';

/** What is kept of a check between sweeps. */
export interface CheckState<Open = unknown> {
  report: CheckReport;
  /** The last measurement that succeeded, for rates. */
  sample: Sample | undefined;
  /** Whether notifications consider it open; undefined until decided once. */
  open: Open | undefined;
}

/**
 * Saves a sweep in one transaction and one statement: results, changes of outcome, states. `since` stays while the
 * outcome stays; a result older than the state (another replica was faster) is kept as a result only.
 */
export async function recordSweep(store: Store, measured: readonly CheckState[]): Promise<void> {
  if (measured.length === 0) return;
  const rows = JSON.stringify(measured.map(storedRow));
  await store.transaction<HealthTables, void>(async (tx) => {
    await sql`
      with incoming as materialized (
        select * from jsonb_to_recordset(${rows}::jsonb) as i (
          check_id text, at timestamptz, outcome text, since timestamptz, duration_ms double precision,
          facts jsonb, reason text, report jsonb, sample jsonb, open_state jsonb)
      ), old as materialized (
        select s.check_id, s.outcome, s.at from check_state s
        where s.check_id in (select check_id from incoming) order by s.check_id for update
      ), results as (
        insert into check_result (check_id, at, outcome, duration_ms, facts)
        select check_id, at, outcome, duration_ms, facts from incoming
      ), changes as (
        insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
        select i.check_id, i.at, old.outcome, i.outcome, i.reason from incoming i left join old using (check_id)
        where old.outcome is distinct from i.outcome and (old.at is null or old.at <= i.at)
      )
      insert into check_state as s (check_id, outcome, since, at, report, sample, open_state)
      select check_id, outcome, since, at, report, sample, open_state from incoming order by check_id
      on conflict (check_id) do update set
        outcome = excluded.outcome,
        since = case when s.outcome = excluded.outcome then least(s.since, excluded.since) else excluded.since end,
        at = excluded.at,
        report = excluded.report,
        sample = coalesce(excluded.sample, s.sample),
        open_state = coalesce(excluded.open_state, s.open_state)
      where s.at <= excluded.at`.execute(tx);
  });
}

function storedRow({ report, sample, open }: CheckState): object {
  const kept = plainJson(report) as Record<string, unknown>;
  return {
    check_id: report.id,
    at: report.at,
    outcome: report.outcome,
    since: report.since,
    duration_ms: report.duration_ms,
    facts: sample && sample.at.getTime() === report.at.getTime() ? kept.facts : null,
    reason: kept.reason,
    report: kept,
    sample: sample ? { at: sample.at, facts: plainJson(sample.facts) } : null,
    open_state: open === undefined ? null : open,
  };
}

/** The states of these checks, by id; a check that was never measured has none. */
export async function lastStates(store: Store, ids: readonly string[]): Promise<Map<string, CheckState>> {
  const rows = await store
    .db<HealthTables>()
    .selectFrom('check_state')
    .select(['check_id', 'since', 'report', 'sample', 'open_state'])
    .where('check_id', '=', sql<string>`any(${ids})`)
    .execute();
  return new Map(rows.map((row) => [row.check_id, readState(row)]));
}

function readState(row: { since: Date; report: unknown; sample: unknown; open_state: unknown }): CheckState {
  const report = row.report as CheckReport;
  const sample = row.sample as { at: string; facts: Facts } | null;
  return {
    report: { ...report, since: new Date(row.since), at: new Date(report.at) },
    sample: sample ? { at: new Date(sample.at), facts: sample.facts } : undefined,
    open: row.open_state ?? undefined,
  };
}

/** Samples of each check since its moment, oldest first; results that measured nothing are left out. */
export async function samplesSince(
  store: Store,
  wanted: readonly { id: string; since: Date }[],
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(wanted.map(({ id }) => [id, []]));
  if (wanted.length === 0) return samples;
  const rows = await sql<{ check_id: string; at: Date; facts: Facts }>`
    select r.check_id, r.at, r.facts
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, since timestamptz)
    join check_result r on r.check_id = w.id and r.at >= w.since
    where r.facts is not null order by r.at`.execute(store.db<HealthTables>());
  for (const row of rows.rows) samples.get(row.check_id)?.push({ at: new Date(row.at), facts: row.facts });
  return samples;
}
