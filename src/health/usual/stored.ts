import { type Kysely, sql } from 'kysely';
import type { Store } from '../../store/store.ts';
import type { HealthTables } from '../tables.ts';
import { daysBack, type LocalHour } from './model.ts';

/** One fact of one check whose usual value is wanted. */
export interface WantedUsual {
  id: string;
  fact: string;
  measures: string;
  /** Samples that make an hour count. */
  enough: number;
}

/** A sample on its way into its hour. */
export interface UsualSample extends LocalHour {
  fact: string;
  measures: string;
  value: number;
}

/** Puts the samples of a sweep (`usual` of the rows `incoming`) into their hours: part of the statement that records it. */
export const addSamples = sql`
  insert into check_usual as u (check_id, fact, hour, day, measures, n, sum, min, max)
  select i.check_id, x.fact, x.hour, x.day, x.measures, 1, x.value, x.value, x.value
  from incoming i
  cross join jsonb_to_recordset(i.usual) as x (fact text, hour int, day date, measures text, value numeric)
  order by i.check_id, x.fact
  on conflict (check_id, fact, hour, day) do update set
    n = case when u.measures = excluded.measures then u.n + 1 else 1 end,
    sum = case when u.measures = excluded.measures then u.sum + excluded.sum else excluded.sum end,
    min = case when u.measures = excluded.measures then least(u.min, excluded.min) else excluded.min end,
    max = case when u.measures = excluded.measures then greatest(u.max, excluded.max) else excluded.max end,
    measures = excluded.measures`;

/**
 * What each fact was at this hour of the days before, in one query: by day the mean without the highest and the lowest
 * sample, so that one odd moment doesn't make a day odd.
 */
export async function earlierDays(
  store: Store,
  wanted: readonly WantedUsual[],
  { day, hour }: LocalHour,
): Promise<{ id: string; fact: string; value: number }[]> {
  const answer = await sql<{ id: string; fact: string; value: number }>`
    select w.id, w.fact,
           (case when u.n > 2 then (u.sum - u.min - u.max) / (u.n - 2) else u.sum / u.n end)::double precision as value
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (id text, fact text, measures text, enough int)
    join check_usual u on u.check_id = w.id and u.fact = w.fact and u.hour = ${hour}::int
      and u.day between ${day}::date - ${daysBack}::int and ${day}::date - 1
    where u.measures = w.measures and u.n >= w.enough`.execute(store.db<HealthTables>());
  return answer.rows;
}

/** Deletes hours that no zone looks back to any more, some at once; resolves to how many. */
export async function dropUsual(tx: Kysely<HealthTables>, now: Date, most: number): Promise<number> {
  // A zone's today is the UTC day or the one next to it.
  const answer = await sql<{ gone: number }>`
    with old as (select ctid from check_usual
                 where day < (${now}::timestamptz at time zone 'UTC')::date - ${daysBack + 1}::int limit ${most}),
    gone as (delete from check_usual u using old where u.ctid = old.ctid returning 1)
    select count(*)::int as gone from gone`.execute(tx);
  return answer.rows[0]?.gone ?? 0;
}
