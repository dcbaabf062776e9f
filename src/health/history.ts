import { sql } from 'kysely';
import type { Facts, Sample } from '../kernel/check.ts';
import type { Store } from '../store/store.ts';
import { plainJson } from './facts.ts';
import type { CheckReport, Outcome } from './model.ts';
import type { OpenState } from './open.ts';
import type { HealthTables } from './tables.ts';

/** What is kept of a check between sweeps. */
export interface CheckState {
  /** As judged, before blocked and muted; its `since` is that of the judged outcome. */
  report: CheckReport;
  /** As it was shown when it was measured. */
  shown: Pick<CheckReport, 'outcome' | 'since' | 'reason'>;
  /** The last judged outcome that was ok, warn or fail. */
  settled: Outcome | undefined;
  /** The last measurement that succeeded. */
  sample: Sample | undefined;
  /** Whether people were told; undefined until the first regular run. */
  open: OpenState | undefined;
}

/**
 * Saves a sweep in one transaction: results, changes of outcome, states. `since` stays while the
 * outcome stays; a result older than the state (another replica was faster) is kept as a result only.
 */
export async function recordSweep(store: Store, measured: readonly CheckState[]): Promise<void> {
  if (measured.length === 0) return;
  const rows = JSON.stringify(measured.map(storedRow));
  const ids = measured.map(({ report }) => report.id);
  await store.transaction<HealthTables, void>(async (tx) => {
    // Locked first and in one order: the next statement compares with what replicas have committed, without deadlock.
    await sql`select 1 from check_state where check_id = any(${ids}) order by check_id for update`.execute(tx);
    await sql`
      with incoming as materialized (
        select * from jsonb_to_recordset(${rows}::jsonb) as i (
          check_id text, at timestamptz, outcome text, since timestamptz, duration_ms double precision,
          facts jsonb, reason text, report jsonb, settled text, sample jsonb, open_state jsonb)
      ), results as (
        insert into check_result (check_id, at, outcome, duration_ms, facts)
        select check_id, at, outcome, duration_ms, facts from incoming
      ), changes as (
        insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
        select i.check_id, i.at, old.outcome, i.outcome, i.reason from incoming i left join check_state old using (check_id)
        where old.outcome is distinct from i.outcome and (old.at is null or old.at <= i.at)
      )
      insert into check_state as s (check_id, outcome, since, at, report, settled, sample, open_state)
      select check_id, outcome, since, at, report, settled, sample, open_state from incoming order by check_id
      on conflict (check_id) do update set
        outcome = excluded.outcome,
        since = case when s.outcome = excluded.outcome then least(s.since, excluded.since) else excluded.since end,
        at = excluded.at,
        report = case when s.report ->> 'outcome' = excluded.report ->> 'outcome'
                      then excluded.report || jsonb_build_object('since', s.report -> 'since')
                      else excluded.report end,
        settled = coalesce(excluded.settled, s.settled),
        sample = excluded.sample,
        open_state = coalesce(excluded.open_state, s.open_state)
      where s.at <= excluded.at`.execute(tx);
  });
}

function storedRow({ report, shown, settled, sample, open }: CheckState): object {
  // Facts are plain since they were measured; the rest may quote anything.
  const { facts, ...rest } = report;
  const kept = { ...(plainJson(rest) as Record<string, unknown>), facts };
  const own = sample?.at.getTime() === report.at.getTime();
  return {
    check_id: report.id,
    at: report.at,
    outcome: shown.outcome,
    since: shown.since,
    duration_ms: report.duration_ms,
    facts: own ? facts : null,
    reason: plainJson(shown.reason),
    report: kept,
    settled: settled ?? null,
    sample: own || !sample ? null : sample,
    open_state: open ?? null,
  };
}

/** The states of these checks that differ from what the caller knows (`at` of its report), by id. */
export async function changedStates(
  store: Store,
  wanted: readonly { id: string; at: Date | undefined }[],
): Promise<Map<string, CheckState>> {
  const answer = await sql<StateRow>`
    select s.check_id, s.outcome, s.since, s.report, s.settled, s.sample, s.open_state
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, at timestamptz)
    join check_state s on s.check_id = w.id
    where s.at is distinct from w.at`.execute(store.db<HealthTables>());
  return new Map(answer.rows.map((row) => [row.check_id, readState(row)]));
}

type StateRow = Pick<
  HealthTables['check_state'],
  'check_id' | 'outcome' | 'since' | 'report' | 'settled' | 'sample' | 'open_state'
>;

function readState(row: StateRow): CheckState {
  const stored = row.report as CheckReport;
  const report = { ...stored, since: new Date(stored.since), at: new Date(stored.at) };
  const carried = row.sample as { at: string; facts: Facts } | null;
  const own = Object.keys(report.facts).length > 0 ? { at: report.at, facts: report.facts } : undefined;
  return {
    report,
    shown: { outcome: row.outcome as Outcome, since: new Date(row.since), reason: report.reason },
    settled: (row.settled as Outcome | null) ?? undefined,
    sample: carried ? { at: new Date(carried.at), facts: carried.facts } : own,
    open: (row.open_state as OpenState | null) ?? undefined,
  };
}

/** Samples of each check since its moment, oldest first; results that measured nothing are left out. */
export async function samplesSince(
  store: Store,
  wanted: readonly { id: string; since: Date }[],
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(wanted.map(({ id }) => [id, []]));
  if (wanted.length === 0) return samples;
  const answer = await sql<{ check_id: string; at: Date; facts: Facts }>`
    select r.check_id, r.at, r.facts
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, since timestamptz)
    join check_result r on r.check_id = w.id and r.at >= w.since
    where r.facts is not null order by r.at`.execute(store.db<HealthTables>());
  for (const row of answer.rows) samples.get(row.check_id)?.push({ at: new Date(row.at), facts: row.facts });
  return samples;
}
