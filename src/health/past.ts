import { sql } from 'kysely';
import type { Check } from '../config/model.ts';
import type { Store } from '../store/store.ts';
import { type CheckDetails, type Outcome, outcomes } from './model.ts';
import { numberIn, speaksFor } from './numbers.ts';
import type { HealthTables } from './tables.ts';

/** What `CheckDetails` says beyond the report. */
export type Past = Pick<CheckDetails, 'series' | 'strip' | 'transitions' | 'uptime'>;

const hour = 3_600_000;
const day = 24 * hour;
const slotMs = hour / 2;
const slots = day / slotMs;
const transitionsShown = 10;

/** A check's last 24 hours by the half hour, its last changes, and its uptime over 24 hours and 30 days. */
export async function historyOf(store: Store, check: Check, now: Date): Promise<Past> {
  const fact = drawnFact(check);
  const [taken, transitions, uptime] = await Promise.all([
    halfHours(store, check.id, fact, now),
    lastTransitions(store, check.id),
    uptimeOf(store, check, now),
  ]);
  const points = taken.map(({ at, value }) => ({ at, value }));
  const unit = fact === undefined ? undefined : check.definition.facts(check.target)[fact]?.unit;
  const drawn = fact !== undefined && points.some((point) => point.value !== null);
  return {
    series: drawn ? { fact, unit, points } : null,
    strip: taken.map(({ worst }) => worst),
    transitions,
    uptime,
  };
}

/** The numeric fact worth drawing: the first one that the check's rules read, else a latency, else none. */
export function drawnFact(check: Pick<Check, 'definition' | 'target' | 'fail' | 'warn'>): string | undefined {
  const specs = check.definition.facts(check.target);
  const numeric = Object.keys(specs).filter((name) => specs[name]?.type === 'number');
  const read = new Set([...check.warn, ...check.fail].flatMap((condition) => condition.reads));
  return (
    numeric.find((name) => read.has(name) && specs[name]?.unit !== undefined) ??
    numeric.find((name) => specs[name]?.unit === 'ms') ??
    numeric.find((name) => read.has(name))
  );
}

interface HalfHour {
  at: Date;
  value: number | null;
  worst: Outcome | null;
}

async function halfHours(store: Store, id: string, fact: string | undefined, now: Date): Promise<HalfHour[]> {
  const first = Math.floor(now.getTime() / slotMs) * slotMs - (slots - 1) * slotMs;
  const number = numberIn(sql`facts -> ${fact ?? ''}::text`);
  const answer = await sql<{ slot: number; outcome: Outcome; value: number | null; n: number }>`
    select floor((extract(epoch from at) * 1000 - ${first}::double precision) / ${slotMs}::double precision)::int as slot,
           outcome,
           avg(${number}) as value, count(${number})::int as n
    from check_result where check_id = ${id} and at >= ${new Date(first)} and at <= ${now}
    group by 1, 2`.execute(store.db<HealthTables>());
  return Array.from({ length: slots }, (_, slot) => {
    const rows = answer.rows.filter((row) => row.slot === slot);
    const n = rows.reduce((sum, row) => sum + row.n, 0);
    const total = rows.reduce((sum, row) => sum + row.n * (row.value ?? 0), 0);
    const worst = outcomes.find((outcome) => rows.some((row) => row.outcome === outcome));
    return { at: new Date(first + slot * slotMs), value: n > 0 ? total / n : null, worst: worst ?? null };
  });
}

async function lastTransitions(store: Store, id: string): Promise<CheckDetails['transitions']> {
  const rows = await store
    .db<HealthTables>()
    .selectFrom('check_transition')
    .select(['at', 'from_outcome', 'to_outcome', 'reason'])
    .where('check_id', '=', id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(transitionsShown)
    .execute();
  return rows.map((row) => ({
    at: new Date(row.at),
    from: row.from_outcome as Outcome | null,
    to: row.to_outcome as Outcome,
    reason: row.reason,
  }));
}

/** Percent of time that was ok or warn, of what was ok, warn, fail or unknown: asking more often changes nothing. */
async function uptimeOf(store: Store, { id, everyMs }: Check, now: Date): Promise<CheckDetails['uptime']> {
  const dayAgo = new Date(now.getTime() - day);
  const monthAgo = new Date(now.getTime() - 30 * day);
  const answer = await sql<{ day: number | null; month: number | null; since: Date | null }>`
    with spans as (
      select at, outcome, greatest(1, least(
        extract(epoch from lead(at, 1, ${now}::timestamptz) over (order by at) - at) * 1000,
        ${speaksFor * everyMs}::double precision)) as ms
      from check_result where check_id = ${id} and at >= ${monthAgo} and at <= ${now}),
    counted as (
      select at, at >= ${dayAgo} as recent, case when outcome in ('ok', 'warn') then ms else 0 end as up, ms as known
      from spans where outcome in ('ok', 'warn', 'fail', 'unknown')
      union all
      select bucket, false, up_ms, known_ms from check_rollup
      where check_id = ${id} and period = 'hour' and bucket >= ${monthAgo})
    select 100.0::double precision * sum(up) filter (where recent) / nullif(sum(known) filter (where recent), 0) as day,
           100.0::double precision * sum(up) / nullif(sum(known), 0) as month,
           min(at) filter (where known > 0) as since
    from counted`.execute(store.db<HealthTables>());
  const row = answer.rows[0];
  return { day: row?.day ?? null, month: row?.month ?? null, ...(row?.since && { since: new Date(row.since) }) };
}
