import { sql } from 'kysely';
import { numberIn } from '../../health/numbers.ts';
import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';
import type { Tx } from '../../store/store.ts';
import type { Metric } from './choose.ts';

const minute = 60_000;
const dayMs = 86_400_000;
/** Days looked back. */
export const daysBack = 7;

/** What each metric was at this hour of the days before, yesterday first, null = not measured; in one statement. */
export async function daysBefore(
  db: Tx,
  metrics: readonly Metric[],
  { now, zone }: { now: Date; zone: string },
): Promise<Map<string, (number | null)[]>> {
  if (metrics.length === 0) return new Map();
  const wanted = metrics.flatMap(({ check, path }, metric) =>
    Array.from({ length: daysBack }, (_, at) => {
      const middle = sameHour(now, at + 1, zone);
      const half = Math.min(dayMs / 2, Math.max(30 * minute, check.everyMs / 2));
      const from = new Date(middle - half);
      return {
        metric,
        day: at,
        id: check.id,
        path,
        fact: path.length === 1 ? path[0] : '',
        from,
        to: new Date(middle + half),
      };
    }),
  );
  const { rows } = await sql<{ metric: number; day: number; value: number | null }>`
    select w.metric, w.day, past.value
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      as w (metric int, day int, id text, path text[], fact text, "from" timestamptz, "to" timestamptz)
    cross join lateral (
      select sum(sum) / nullif(sum(n), 0) as value from (
        select count(number) as n, sum(number) as sum from (
          select ${numberIn(sql`(r.facts #> w.path)`)} as number from check_result r
          where r.check_id = w.id and r.at >= w."from" and r.at < w."to") as raw
        union all
        select f.n, f.sum from check_rollup_fact f
        where f.check_id = w.id and f.period = 'hour' and f.fact = w.fact and f.bucket >= w."from" and f.bucket < w."to"
      ) as parts) as past`.execute(db);
  const days = metrics.map((): (number | null)[] => Array.from({ length: daysBack }, () => null));
  for (const { metric, day, value } of rows) days[metric]![day] = value;
  return new Map(metrics.map(({ key }, at) => [key, days[at]!]));
}

/** When the clock on the wall showed the same time that many days ago, epoch ms. */
function sameHour(now: Date, days: number, zone: string): number {
  const wall = wallAt(zone, now.getTime()) - days * dayMs;
  const midnight = Math.floor(wall / dayMs) * dayMs;
  return momentsOfDay(zone, midnight)(wall);
}

/** Of three days at least; else nobody can say what is usual. Pure. */
export function medianOf(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (known.length < 3) return undefined;
  const middle = known.length / 2;
  return (known[Math.ceil(middle) - 1]! + known[Math.floor(middle)]!) / 2;
}
