import { sql } from 'kysely';
import type { Facts, Sample } from '../kernel/check.ts';
import type { Store, Tx } from '../store/store.ts';
import { type OnEvents, type Stored, watch } from './events.ts';
import { plainJson } from './facts.ts';
import type { Said } from './hold.ts';
import type { Settled } from './hysteresis.ts';
import type { CheckReport, Outcome } from './model.ts';
import type { OpenRule, OpenState } from './open.ts';
import type { HealthTables } from './tables.ts';
import { addSamples, type UsualSample } from './usual/stored.ts';

/** What is kept of a check between sweeps. */
export interface CheckState {
  /** As judged, before blocked and muted; its `since` is that of the judged outcome. */
  report: CheckReport;
  /** As it was shown when it was measured. */
  shown: Pick<CheckReport, 'outcome' | 'since' | 'reason'>;
  /** The last judged outcome that was ok, warn or fail. */
  settled: Settled | undefined;
  /** Measurements that succeeded, oldest first, at most two: rates start from them. */
  samples: Sample[];
  /** Of the check as it was configured then. */
  fingerprint: string;
  /** When it was measured, as `performance.now()` of this process counts; replicas agree through the database's clock. */
  takenMs: number;
  /** The database's mark of it; undefined = not saved. */
  mark?: string | undefined;
}

/** What a sweep found about a check, before it is shown. */
export interface Measurement extends Omit<CheckState, 'shown'> {
  /** False: nothing could be measured, the report has no facts. */
  measured: boolean;
  /** What the rules with a hold said. */
  said: Said | undefined;
}

export interface NewState extends Measurement, CheckState {
  /** The rhythm it is measured in. */
  everyMs: number;
  /** Of a regular run alone: what it means for the open state, and the report as people see it. */
  watched?: { rule: OpenRule; report: CheckReport };
  /** What it adds to the hours that tell what is usual. */
  usual?: UsualSample[];
}

/** The sweep that is recorded. */
export interface Recording {
  /** When the sweep began. */
  at: Date;
  onEvents?: OnEvents | undefined;
  /**
   * Which of these checks are muted by now: that may have begun while they were measured. `silences` false: nobody has
   * silenced anything, only windows of the configuration can mute.
   */
  quiet?: (
    tx: Tx,
    checks: readonly { id: string; group: string }[],
    known: { silences: boolean },
  ) => Promise<Set<string>>;
}

/** A state whose time lies further ahead than this was recorded while the database's clock was wrong. */
const ahead = sql`interval '5 seconds'`;
const aheadMs = 5_000;

/**
 * Saves a sweep in one transaction: results, changes of outcome, states, and what a regular one tells people, found by
 * what the database says was open. `since` stays while the outcome stays. What was measured last by the database's clock
 * is the state; an older one is kept as a result only. Resolves to the marks of the states that were saved, by id.
 */
export async function recordSweep(
  store: Store,
  measured: readonly NewState[],
  sweep: Recording,
): Promise<Map<string, string>> {
  if (measured.length === 0) return new Map();
  return (
    (await record(store, measured, sweep)) ?? (await record(store, measured, sweep, { inTurns: true })) ?? new Map()
  );
}

/** Undefined, and nothing done: regular runs that measure something new must take turns, since it can't be locked yet. */
function record(
  store: Store,
  measured: readonly NewState[],
  sweep: Recording,
  { inTurns }: { inTurns: boolean } = { inTurns: false },
): Promise<Map<string, string> | undefined> {
  return store.transaction<HealthTables, Map<string, string> | undefined>(async (tx) => {
    if (inTurns) await sql`select pg_advisory_xact_lock(hashtext('health: first regular run'))`.execute(tx);
    const ids = measured.map(({ report }) => report.id);
    // Locked in one order: what follows compares with what replicas have committed, without deadlock.
    const stored = await sql<Stored>`
      select check_id, open_state,
             exists (select from silence where ended_at is null and until_at > ${sweep.at}) as silences
      from check_state
      where check_id = any(${ids}) order by check_id for update`.execute(tx);
    if (!inTurns && stored.rows.length < ids.length && measured.some((state) => state.watched)) return undefined;
    let watched = watch(measured, stored.rows);
    // Problems stand for hours: for them alone nothing more is asked of the database.
    const news = watched.events.some(({ event }) => event !== 'standing');
    const quiet =
      watched.events.length > 0 &&
      (await sweep.quiet?.(
        tx,
        watched.events.map(({ report }) => report),
        { silences: news || stored.rows.some(({ silences }) => silences) },
      ));
    if (quiet && quiet.size > 0) watched = watch(measured, stored.rows, quiet);
    const rows = JSON.stringify(measured.map((state) => storedRow(state, watched.open.get(state.report.id), store)));
    const saved = await sql<{ check_id: string; mark: string }>`
      with incoming as materialized (
        select *, to_timestamp(taken_ms / 1000) as recorded_at
        from jsonb_to_recordset(${rows}::jsonb) as i (
          check_id text, at timestamptz, outcome text, since timestamptz, duration_ms double precision,
          facts jsonb, said jsonb, reason text, report jsonb, settled jsonb, samples jsonb, open_state jsonb,
          fingerprint text, every_ms bigint, regular boolean, taken_ms double precision, usual jsonb)
      ), results as (
        insert into check_result (check_id, at, outcome, duration_ms, facts, said, fingerprint)
        select check_id, at, outcome, duration_ms, facts, said, fingerprint from incoming
      ), usual as (${addSamples}), changes as (
        insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
        select i.check_id, i.at, case when old.fingerprint = i.fingerprint then old.outcome end, i.outcome, i.reason
        from incoming i left join check_state old using (check_id)
        where old.outcome is distinct from i.outcome
          and (old.check_id is null or old.recorded_at <= i.recorded_at or old.recorded_at > now() + ${ahead})
      )
      insert into check_state as s (
        check_id, outcome, since, at, report, settled, samples, open_state, fingerprint, every_ms, regular_at, recorded_at)
      select check_id, outcome, since, at, report, settled, samples, open_state, fingerprint, every_ms,
             case when regular then recorded_at end, recorded_at
      from incoming order by check_id
      on conflict (check_id) do update set
        outcome = excluded.outcome,
        since = case when s.fingerprint = excluded.fingerprint and s.outcome = excluded.outcome
                     then least(s.since, excluded.since) else excluded.since end,
        at = excluded.at,
        report = case when s.fingerprint = excluded.fingerprint and s.report ->> 'outcome' = excluded.report ->> 'outcome'
                        and (s.report ->> 'since')::timestamptz <= excluded.at
                      then excluded.report || jsonb_build_object('since', s.report -> 'since')
                      else excluded.report end,
        settled = case when s.fingerprint = excluded.fingerprint then coalesce(excluded.settled, s.settled)
                       else excluded.settled end,
        samples = excluded.samples,
        open_state = coalesce(excluded.open_state, s.open_state),
        fingerprint = excluded.fingerprint,
        every_ms = excluded.every_ms,
        regular_at = coalesce(excluded.regular_at, s.regular_at),
        recorded_at = excluded.recorded_at
      where s.recorded_at <= excluded.recorded_at or s.recorded_at > now() + ${ahead}
      returning check_id, recorded_at::text as mark`.execute(tx);
    const marks = new Map(saved.rows.map(({ check_id, mark }) => [check_id, mark]));
    const events = watched.events.filter(({ checkId }) => marks.has(checkId));
    if (events.length > 0) await sweep.onEvents?.(tx, events, { at: sweep.at });
    return marks;
  });
}

function storedRow(state: NewState, open: OpenState | undefined, { time }: Store): object {
  const { report, shown, said } = state;
  // Facts are plain since they were measured; the rest may quote anything.
  const { facts, ...rest } = report;
  return {
    check_id: report.id,
    at: report.at,
    outcome: shown.outcome,
    since: shown.since,
    duration_ms: report.duration_ms,
    facts: state.measured ? facts : null,
    said: said ? plainJson(said.rules) : null,
    reason: plainJson(shown.reason),
    report: { ...(plainJson(rest) as Record<string, unknown>), facts },
    settled: state.settled ? plainJson(state.settled) : null,
    samples: state.samples,
    open_state: open ?? null,
    fingerprint: state.fingerprint,
    every_ms: state.everyMs,
    regular: state.watched !== undefined,
    taken_ms: time.epochAt(Math.min(state.takenMs, performance.now())),
    usual: state.usual ?? [],
  };
}

export interface Wanted {
  id: string;
  fingerprint: string;
  /** Of the state the caller knows. */
  mark: string | undefined;
}

/** The states of these checks that differ from what the caller knows, by id; of one configured otherwise nothing counts. */
export async function changedStates(store: Store, wanted: readonly Wanted[]): Promise<Map<string, CheckState>> {
  const answer = await sql<StateRow>`
    select s.check_id, s.outcome, s.since, s.report, s.settled, s.samples, s.fingerprint, s.recorded_at::text as mark,
           (extract(epoch from s.recorded_at) * 1000)::double precision as recorded_ms
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, fingerprint text, mark timestamptz)
    join check_state s on s.check_id = w.id and s.fingerprint = w.fingerprint
    where s.recorded_at is distinct from w.mark`.execute(store.db<HealthTables>());
  return new Map(answer.rows.map((row) => [row.check_id, readState(row, store)]));
}

type StateRow = Pick<
  HealthTables['check_state'],
  'check_id' | 'outcome' | 'since' | 'report' | 'settled' | 'samples' | 'fingerprint'
> & { mark: string; recorded_ms: number };

function readState(row: StateRow, { time }: Store): CheckState {
  const stored = row.report as CheckReport;
  const report = { ...stored, since: new Date(stored.since), at: new Date(stored.at) };
  const takenMs = time.performanceAt(row.recorded_ms);
  const samples = row.samples as { at: string; facts: Facts }[];
  return {
    report,
    shown: { outcome: row.outcome as Outcome, since: new Date(row.since), reason: report.reason },
    settled: (row.settled as Settled | null) ?? undefined,
    samples: samples.map(({ at, facts }) => ({ at: new Date(at), facts })),
    fingerprint: row.fingerprint,
    takenMs: takenMs > performance.now() + aheadMs ? Number.NEGATIVE_INFINITY : takenMs,
    mark: row.mark,
  };
}

/** What the rules of each check said since its moment, oldest first; results that measured nothing are left out. */
export async function saidSince(
  store: Store,
  wanted: readonly { id: string; fingerprint: string; since: Date }[],
): Promise<Map<string, Said[]>> {
  const said = new Map<string, Said[]>(wanted.map(({ id }) => [id, []]));
  if (wanted.length === 0) return said;
  const answer = await sql<{ check_id: string; at: Date; said: Said['rules'] }>`
    select r.check_id, r.at, r.said
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, fingerprint text, since timestamptz)
    join check_result r on r.check_id = w.id and r.fingerprint = w.fingerprint and r.at >= w.since
    where r.said is not null order by r.at`.execute(store.db<HealthTables>());
  for (const row of answer.rows) said.get(row.check_id)?.push({ at: new Date(row.at), rules: row.said });
  return said;
}
