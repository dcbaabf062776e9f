import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { numberIn } from './numbers.ts';
import type { HealthTables } from './tables.ts';

/** A numeric fact of a check. */
export interface FactOf {
  id: string;
  fact: string;
}

/** What was measured of a fact in one slot; `n`: measurements with a number. */
export interface SeriesPoint {
  n: number;
  mean: number;
  low: number;
  high: number;
}

/**
 * Facts over time, in one query: for each of `wanted` a point a slot, null = nothing was measured. `bounds` ascending: a slot
 * lies from each up to the next one. Raw results as long as they are kept, hours and days before that; a bucket counts
 * where it begins, a day (UTC) where its noon lies.
 */
export async function seriesOf(
  store: Store,
  wanted: readonly FactOf[],
  bounds: readonly Date[],
): Promise<(SeriesPoint | null)[][]> {
  const slots = Math.max(0, bounds.length - 1);
  const series = wanted.map(() => new Array<SeriesPoint | null>(slots).fill(null));
  if (wanted.length === 0 || slots === 0) return series;
  const [from, to] = [bounds[0]!, bounds.at(-1)!];
  const number = numberIn(sql`r.facts -> w.fact`);
  const slotOf = (at: ReturnType<typeof sql>) => sql`width_bucket(${at}, ${bounds}::timestamptz[]) - 1`;
  const noon = sql`f.bucket + interval '12 hours'`;
  const rolled = (period: 'hour' | 'day', at: ReturnType<typeof sql>) => sql`
    select w.which, ${slotOf(at)} as slot, f.n, f.sum, f.min, f.max
    from wanted w join check_rollup_fact f on f.check_id = w.check_id and f.period = ${sql.lit(period)} and f.fact = w.fact
      and f.bucket >= ${from}::timestamptz - interval '12 hours' and f.bucket < ${to}::timestamptz
      and ${at} >= ${from}::timestamptz and ${at} < ${to}::timestamptz`;
  const answer = await sql<{ which: number; slot: number; n: number; sum: number; low: number; high: number }>`
    with wanted as (
      select * from unnest(${wanted.map(({ id }) => id)}::text[], ${wanted.map(({ fact }) => fact)}::text[])
        with ordinality as w (check_id, fact, which)),
    raw as materialized (
      select w.which, r.at, ${number} as value
      from wanted w join check_result r on r.check_id = w.check_id and r.at >= ${from} and r.at < ${to}),
    parts as (
      select which, ${slotOf(sql`at`)} as slot, count(*) as n, sum(value) as sum, min(value) as min, max(value) as max
      from raw where value is not null group by 1, 2
      union all ${rolled('hour', sql`f.bucket`)}
      union all ${rolled('day', noon)})
    select which::int, slot::int, sum(n)::double precision as n, sum(sum) as sum, min(min) as low, max(max) as high
    from parts where n > 0 group by 1, 2`.execute(store.db<HealthTables>());
  for (const { which, slot, n, sum, low, high } of answer.rows)
    series[which - 1]![slot] = { n, mean: Math.min(high, Math.max(low, sum / n)), low, high };
  return series;
}
