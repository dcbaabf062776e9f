import { type Kysely, sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { numberIn, speaksFor } from './numbers.ts';
import type { HealthTables } from './tables.ts';
import { dropUsual } from './usual/stored.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** How long each kind of history is kept, ms. */
export const kept = { raw: 48 * hour, hourly: 90 * day, daily: 730 * day, transitions: 400 * day, silences: 400 * day };
/** Changes of outcome kept per check. */
export const transitionsKept = 1_000;

const rowsAtOnce = 5_000;
const stepsAtOnce = 20;
/** Of a check without a state, ms: its results speak for some time, too. */
const usualEveryMs = 300_000;
/** A longer name of a fact would not fit into the index. */
const longestName = 200;

/** What lies from then until then (undefined = no end yet) stays as it is: somebody has put it on hold as evidence. */
export interface HeldWindow {
  from: Date;
  to?: Date;
}

export interface RolledUp {
  /** Rows moved into a coarser bucket, or deleted. */
  rows: number;
  /** There is more to do: another run goes on. */
  more: boolean;
}

/**
 * Moves history into coarser buckets and drops what is too old: a bounded amount per run, each row once, however often
 * and from however many replicas it is called. A step that fails doesn't keep the others from their work; then it throws
 * an AggregateError.
 */
export async function rollUp(store: Store, now: Date, held: readonly HeldWindow[] = []): Promise<RolledUp> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs);
  const steps = [
    (tx: Kysely<HealthTables>) => resultsToHours(tx, before(kept.raw), held),
    (tx: Kysely<HealthTables>) => hoursToDays(tx, before(kept.hourly), held),
    (tx: Kysely<HealthTables>) => factHoursToDays(tx, before(kept.hourly), held),
    (tx: Kysely<HealthTables>) => dropDays(tx, before(kept.daily), held),
    (tx: Kysely<HealthTables>) => dropFactDays(tx, before(kept.daily), held),
    (tx: Kysely<HealthTables>) => dropTransitions(tx, before(kept.transitions), held),
    (tx: Kysely<HealthTables>) => dropSilences(tx, before(kept.silences), held),
    (tx: Kysely<HealthTables>) => dropUsual(tx, now, rowsAtOnce),
  ];
  let rows = 0;
  let left = stepsAtOnce;
  let more = false;
  const failed: unknown[] = [];
  for (const step of steps) {
    try {
      let moved = rowsAtOnce;
      for (; moved >= rowsAtOnce && left > 0; left -= 1) {
        moved = await store.transaction<HealthTables, number>((tx) => aloneIn(tx, step));
        rows += moved;
      }
      more ||= moved >= rowsAtOnce;
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of ${steps.length} steps failed`);
  return { rows, more };
}

/** One replica at a time: the others skip their turn. */
async function aloneIn(tx: Kysely<HealthTables>, step: (tx: Kysely<HealthTables>) => Promise<number>): Promise<number> {
  const lock = await sql<{ alone: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('health roll-up')) as alone`.execute(tx);
  return lock.rows[0]?.alone ? step(tx) : 0;
}

type Held = readonly HeldWindow[];

/** Nothing from `from` up to `to`, two expressions, reaches into a window that is held. */
function unheld(held: Held, from: ReturnType<typeof sql>, to = from) {
  if (held.length === 0) return sql`true`;
  const begins = held.map((window) => window.from.toISOString());
  const ends = held.map((window) => window.to?.toISOString() ?? 'infinity');
  return sql`not exists (
    select 1 from unnest(${begins}::timestamptz[], ${ends}::timestamptz[]) as held (begins, ends)
    where ${from} <= held.ends and ${to} >= held.begins)`;
}

const hourOf = [sql`bucket`, sql`bucket + interval '1 hour'`] as const;
const dayOf = [sql`bucket`, sql`bucket + interval '1 day'`] as const;

async function moved(query: Promise<{ rows: { moved: number | string }[] }>): Promise<number> {
  return Number((await query).rows[0]?.moved ?? 0);
}

const addCounts = sql`
  on conflict (check_id, period, bucket) do update set
    ok = c.ok + excluded.ok, warn = c.warn + excluded.warn, fail = c.fail + excluded.fail,
    unknown = c.unknown + excluded.unknown, blocked = c.blocked + excluded.blocked,
    muted = c.muted + excluded.muted, stale = c.stale + excluded.stale,
    up_ms = c.up_ms + excluded.up_ms, known_ms = c.known_ms + excluded.known_ms`;

const addFacts = sql`
  on conflict (check_id, period, bucket, fact) do update set
    n = f.n + excluded.n, min = least(f.min, excluded.min),
    max = greatest(f.max, excluded.max), sum = f.sum + excluded.sum`;

function resultsToHours(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with oldest as (
        select ctid as place, check_id, at from check_result where at < ${before} and ${unheld(held, sql`at`)}
        order by check_id, at limit ${rowsAtOnce}),
      old as (
        select o.place, round(greatest(1, least(
          extract(epoch from next.at - o.at) * 1000, ${speaksFor} * coalesce(s.every_ms, ${usualEveryMs}))))::bigint as ms
        from oldest o left join check_state s using (check_id)
        left join lateral (
          select n.at from check_result n where n.check_id = o.check_id and n.at > o.at order by n.at limit 1) next on true),
      moved as (delete from check_result r using old where r.ctid = old.place
                returning r.check_id, date_trunc('hour', r.at, 'UTC') as bucket, r.outcome, r.facts, old.ms),
      numbers as (
        select m.check_id, m.bucket, e.key as fact, ${numberIn(sql`e.value`)} as value
        from moved m cross join lateral jsonb_each(m.facts) as e where length(e.key) <= ${longestName}),
      facts as (
        insert into check_rollup_fact as f (check_id, period, bucket, fact, n, min, max, sum)
        select check_id, 'hour', bucket, fact, count(value), min(value), max(value), sum(value)
        from numbers where value is not null group by check_id, bucket, fact ${addFacts}),
      counts as (
        insert into check_rollup as c
          (check_id, period, bucket, ok, warn, fail, unknown, blocked, muted, stale, up_ms, known_ms)
        select check_id, 'hour', bucket,
               count(*) filter (where outcome = 'ok'), count(*) filter (where outcome = 'warn'),
               count(*) filter (where outcome = 'fail'), count(*) filter (where outcome = 'unknown'),
               count(*) filter (where outcome = 'blocked'), count(*) filter (where outcome = 'muted'),
               count(*) filter (where outcome = 'stale'),
               coalesce(sum(ms) filter (where outcome in ('ok', 'warn')), 0),
               coalesce(sum(ms) filter (where outcome in ('ok', 'warn', 'fail', 'unknown')), 0)
        from moved group by check_id, bucket ${addCounts})
      select count(*) as moved from moved`.execute(tx),
  );
}

function hoursToDays(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with old as (select ctid from check_rollup where period = 'hour' and bucket < ${before} and ${unheld(held, ...hourOf)}
                   order by bucket limit ${rowsAtOnce}),
      moved as (delete from check_rollup r using old where r.ctid = old.ctid returning r.*),
      counts as (
        insert into check_rollup as c
          (check_id, period, bucket, ok, warn, fail, unknown, blocked, muted, stale, up_ms, known_ms)
        select check_id, 'day', date_trunc('day', bucket, 'UTC'), sum(ok), sum(warn), sum(fail), sum(unknown),
               sum(blocked), sum(muted), sum(stale), sum(up_ms), sum(known_ms)
        from moved group by 1, 3 ${addCounts})
      select count(*) as moved from moved`.execute(tx),
  );
}

function factHoursToDays(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with old as (select ctid from check_rollup_fact where period = 'hour' and bucket < ${before} and ${unheld(held, ...hourOf)}
                   order by bucket limit ${rowsAtOnce}),
      moved as (delete from check_rollup_fact r using old where r.ctid = old.ctid returning r.*),
      facts as (
        insert into check_rollup_fact as f (check_id, period, bucket, fact, n, min, max, sum)
        select check_id, 'day', date_trunc('day', bucket, 'UTC'), fact, sum(n), min(min), max(max), sum(sum)
        from moved group by 1, 3, 4 ${addFacts})
      select count(*) as moved from moved`.execute(tx),
  );
}

function dropDays(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with old as (select ctid from check_rollup where period = 'day' and bucket < ${before} and ${unheld(held, ...dayOf)}
                   limit ${rowsAtOnce}),
      gone as (delete from check_rollup r using old where r.ctid = old.ctid returning 1)
      select count(*) as moved from gone`.execute(tx),
  );
}

function dropFactDays(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with old as (select ctid from check_rollup_fact where period = 'day' and bucket < ${before} and ${unheld(held, ...dayOf)}
                   limit ${rowsAtOnce}),
      gone as (delete from check_rollup_fact r using old where r.ctid = old.ctid returning 1)
      select count(*) as moved from gone`.execute(tx),
  );
}

function dropTransitions(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with numbered as (
        select id, at, row_number() over (partition by check_id order by at desc, id desc) as newest
        from check_transition),
      old as (select id from numbered where (at < ${before} or newest > ${transitionsKept}) and ${unheld(held, sql`at`)}
              limit ${rowsAtOnce}),
      gone as (delete from check_transition t using old where t.id = old.id returning 1)
      select count(*) as moved from gone`.execute(tx),
  );
}

function dropSilences(tx: Kysely<HealthTables>, before: Date, held: Held): Promise<number> {
  return moved(
    sql<{ moved: number }>`
      with old as (select id from silence where until_at < ${before} and ${unheld(held, sql`from_at`, sql`until_at`)}
                   limit ${rowsAtOnce}),
      gone as (delete from silence s using old where s.id = old.id returning 1)
      select count(*) as moved from gone`.execute(tx),
  );
}
