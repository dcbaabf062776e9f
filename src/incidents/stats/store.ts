import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import { type Viewer, visible } from '../store.ts';
import type { StatsPeriod } from './period.ts';

/** How long something took, of those incidents in which it happened; ms. */
export interface Figure {
  count: number;
  median: number | null;
  p90: number | null;
}

/** Of incidents that belong together. */
export interface Figures {
  /** `p0`, `api`, `2026-10`. */
  key: string;
  label: string;
  /** Incidents; of system there may be several, so these add up to more. */
  count: number;
  acknowledge: Figure;
  mitigate: Figure;
  resolve: Figure;
}

/** What no figure counts, each in one of these alone. */
export interface LeftOut {
  drills: number;
  merged: number;
  falseAlarms: number;
  /** Not resolved yet. */
  open: number;
  /** Private ones that the viewer is not in. */
  hidden: number;
}

export const groupings = ['all', 'severity', 'system', 'month'] as const;
export type Grouping = (typeof groupings)[number];

/** Resolved incidents of a period that the viewer may see; nobody's time in a drill, or for nothing, says how good people are. */
const counted = ({ from, to }: StatsPeriod, viewer: Viewer) => sql`
  counted as (
    select i.id, i.severity, i.label, i.systems, i.declared_at,
           ${sinceDeclared(sql`(select min(e.at) from incident_event e where e.incident_id = i.id and e.kind = 'acknowledged'
                                and e.struck_at is null)`)} as acknowledge,
           ${sinceDeclared(sql`least(i.mitigated_at, i.ended_at)`)} as mitigate,
           ${sinceDeclared(sql`i.resolved_at`)} as resolve
    from incident i
    where i.declared_at >= ${from} and i.declared_at < ${to} and ${visible(viewer)}
      and i.resolved_at is not null and not i.drill and not i.false_alarm and i.merged_into is null)`;

/** Null where it did not happen; what happened before the declaration took no time. */
function sinceDeclared(at: ReturnType<typeof sql>) {
  return sql`case when ${at} is not null
                  then greatest(0, extract(epoch from ${at} - i.declared_at) * 1000)::double precision end`;
}

function groupOf(grouping: Grouping, { months }: StatsPeriod) {
  switch (grouping) {
    case 'all':
      return sql`(select 'all' as key, 'all' as label)`;
    case 'severity':
      return sql`(select c.severity as key, c.label)`;
    case 'system':
      // One that is named twice counts once.
      return sql`(select distinct on (lower(named)) lower(named) as key, named as label
                  from (select trim(each) as named from unnest(string_to_array(c.systems, ',')) as each) as parts
                  where named <> '' order by lower(named), named)`;
    case 'month':
      return sql`(select key, key as label from unnest(
                    ${months.map(({ key }) => key)}::text[]) with ordinality as month (key, n)
                  where n = width_bucket(c.declared_at, ${months.map(({ from }) => from)}::timestamptz[]))`;
  }
}

const figure = (name: 'acknowledge' | 'mitigate' | 'resolve') => sql`
  count(${sql.ref(name)})::int as ${sql.ref(`${name}_count`)},
  percentile_cont(0.5) within group (order by ${sql.ref(name)}) as ${sql.ref(`${name}_median`)},
  percentile_cont(0.9) within group (order by ${sql.ref(name)}) as ${sql.ref(`${name}_p90`)}`;

type Row = { key: string; label: string; count: number } & Record<
  `${'acknowledge' | 'mitigate' | 'resolve'}_${'count' | 'median' | 'p90'}`,
  number | null
>;

/** Most incidents first; months by the calendar. */
export async function figuresOf(
  db: Tx,
  { period, viewer, grouping }: { period: StatsPeriod; viewer: Viewer; grouping: Grouping },
): Promise<Figures[]> {
  const { rows } = await sql<Row>`
    with ${counted(period, viewer)}
    select g.key, max(g.label) as label, count(*)::int as count,
           ${figure('acknowledge')}, ${figure('mitigate')}, ${figure('resolve')}
    from counted c cross join lateral ${groupOf(grouping, period)} as g
    group by g.key order by ${grouping === 'month' ? sql`g.key` : sql`count(*) desc, g.key`}`.execute(db);
  return rows.map((row) => ({
    ...{ key: row.key, label: row.label, count: row.count },
    acknowledge: { count: row.acknowledge_count ?? 0, median: row.acknowledge_median, p90: row.acknowledge_p90 },
    mitigate: { count: row.mitigate_count ?? 0, median: row.mitigate_median, p90: row.mitigate_p90 },
    resolve: { count: row.resolve_count ?? 0, median: row.resolve_median, p90: row.resolve_p90 },
  }));
}

export async function sortedOut(
  db: Tx,
  { period: { from, to }, viewer }: { period: StatsPeriod; viewer: Viewer },
): Promise<LeftOut> {
  const { rows } = await sql<LeftOut>`
    with seen as (
      select ${visible(viewer)} as shown,
             case when i.drill then 'drill' when i.merged_into is not null then 'merged'
                  when i.false_alarm then 'alarm' when i.resolved_at is null then 'open' else 'counted' end as what
      from incident i where i.declared_at >= ${from} and i.declared_at < ${to})
    select (count(*) filter (where shown and what = 'drill'))::int as drills,
           (count(*) filter (where shown and what = 'merged'))::int as merged,
           (count(*) filter (where shown and what = 'alarm'))::int as "falseAlarms",
           (count(*) filter (where shown and what = 'open'))::int as open,
           (count(*) filter (where not shown))::int as hidden
    from seen`.execute(db);
  return rows[0]!;
}

/** Whether figures of now may hold some of a private incident: the viewer is in one, or has something to do after it. */
export async function seesPrivate(db: Tx, viewer: Viewer): Promise<boolean> {
  const owns =
    viewer === 'everything'
      ? sql`false`
      : sql`exists (select 1 from incident_followup f
                    where f.incident_id = i.id and f.state = 'open' and f.owner = ${viewer.id})`;
  const { rows } = await sql`
    select 1 from incident i where i.private and (${visible(viewer)} or ${owns}) limit 1`.execute(db);
  return rows.length > 0;
}
