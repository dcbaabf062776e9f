import { sql } from 'kysely';
import type { Store, Tx } from '../store/store.ts';
import type { Outcome } from './model.ts';
import type { HealthTables } from './tables.ts';

/** A check began to fail, or ceased to. */
export interface Failure {
  at: Date;
  check: string;
  /** Undefined: it was never measured before. */
  from: Outcome | undefined;
  to: Outcome;
}

const most = 1_000;

/** Both ends of every failure in that time, oldest first; of many the newest. */
export async function failuresIn(store: Store, from: Date, to: Date): Promise<Failure[]> {
  const rows = await store
    .db<HealthTables>()
    .selectFrom('check_transition')
    .select(['at', 'check_id', 'from_outcome', 'to_outcome'])
    .where('at', '>=', from)
    .where('at', '<=', to)
    .where((where) => where.or([where('to_outcome', '=', 'fail'), where('from_outcome', '=', 'fail')]))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.reverse().map((row) => ({
    ...{ at: new Date(row.at), check: row.check_id, to: row.to_outcome as Outcome },
    from: (row.from_outcome ?? undefined) as Outcome | undefined,
  }));
}

/** How often checks failed in some time. */
export interface FailureCount {
  failed: number;
  recovered: number;
  /** The failure of that time that lasted longest; `to` absent = it goes on. */
  longest?: { check: string; from: Date; to?: Date };
}

/** Counts what began and ended to fail in some time, however much it was. */
export async function countFailures(db: Tx, { from, to }: { from: Date; to: Date }): Promise<FailureCount> {
  const { rows } = await sql<{
    failed: number;
    recovered: number;
    check_id: string | null;
    at: Date;
    until: Date | null;
  }>`
    with changes as (
      select check_id, at, from_outcome, to_outcome, lead(at) over (partition by check_id order by at, id) as until
      from check_transition where at > ${from} and at <= ${to}),
    failures as (select * from changes where to_outcome = 'fail' and from_outcome is distinct from 'fail'),
    longest as (select check_id, at, until from failures order by coalesce(until, ${to}) - at desc, check_id limit 1)
    select (select count(*)::int from failures) as failed,
           (select count(*)::int from changes where from_outcome = 'fail' and to_outcome <> 'fail') as recovered,
           longest.check_id, longest.at, longest.until
    from (select 1) as one left join longest on true`.execute(db);
  const { failed = 0, recovered = 0, check_id: check, at, until } = rows[0] ?? {};
  if (check === undefined || check === null || at === undefined) return { failed, recovered };
  return { failed, recovered, longest: { check, from: new Date(at), ...(until && { to: new Date(until) }) } };
}
