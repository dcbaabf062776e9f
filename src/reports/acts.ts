import { sql } from 'kysely';
import { type Viewer, visible } from '../incidents/store.ts';
import type { Tx } from '../store/store.ts';

/** A report is read by everybody: what somebody did about a private incident is not told. */
const everybody: Viewer = { id: 'rounds' };

/** Rows that are skipped over at a time, and looked at for one report. */
const stepRows = 5_000;
const mostRows = 200_000;
const mostGroups = 500;

export interface Span {
  from: Date;
  to: Date;
}

/** What was done through Rounds in some time. */
export interface Acts {
  /** Denials left out. */
  done: number;
  denied: number;
  /** Who did it, Rounds itself left out. */
  people: number;
  /** By whom and what, the most frequent first; 500 at most. */
  by: { actor: string; action: string; times: number; last: Date }[];
  /** There is more in this time than was looked at. */
  cut: boolean;
}

export const denial = 'access.denied';

/** Counts what the audit recorded in that time. `without`: actions and their families that don't count. */
export async function countActs(db: Tx, span: Span, without: readonly string[] = []): Promise<Acts> {
  const { first, cut } = await firstRow(db, span.from);
  const where = within(first, span, without);
  const totals = await sql<{ done: number; denied: number; people: number }>`
    select (count(*) filter (where d.action <> ${denial}::text))::int as done,
           (count(*) filter (where d.action = ${denial}::text))::int as denied,
           (count(distinct d.actor) filter (where d.actor <> 'rounds' and d.action <> ${denial}::text))::int as people
    from audit_entry e join audit_detail d on d.seq = e.seq where ${where}`.execute(db);
  const groups = await sql<{ actor: string; action: string; times: number; lastMs: number }>`
    select d.actor, d.action, count(*)::int as times, max(e.at_ms)::double precision as "lastMs"
    from audit_entry e join audit_detail d on d.seq = e.seq where ${where}
    group by d.actor, d.action order by times desc, d.actor, d.action limit ${mostGroups}`.execute(db);
  const by = groups.rows.map(({ lastMs, ...group }) => ({ ...group, last: new Date(lastMs) }));
  return { ...totals.rows[0]!, by, cut };
}

/** One thing that somebody did. */
export interface Act {
  at: Date;
  actor: string;
  action: string;
  target: string;
}

/** The last `most` of what the audit recorded in that time, newest first. */
export async function lastActs(db: Tx, span: Span, how: { without: readonly string[]; most: number }): Promise<Act[]> {
  const { first } = await firstRow(db, span.from);
  const { rows } = await sql<{ atMs: number; actor: string; action: string; target: string }>`
    select e.at_ms::double precision as "atMs", d.actor, d.action, d.target
    from audit_entry e join audit_detail d on d.seq = e.seq where ${within(first, span, how.without)}
    order by e.seq desc limit ${how.most}`.execute(db);
  return rows.map(({ atMs, ...act }) => ({ ...act, at: new Date(atMs) }));
}

/**
 * The first row that may be of that time or later, found from the end by steps: the audit has no index by time, and a table
 * of another owner gets none from Rounds.
 */
async function firstRow(db: Tx, from: Date): Promise<{ first: number; cut: boolean }> {
  const head = await sql<{ seq: number }>`
    select coalesce(max(seq), 0)::double precision as seq from audit_entry`.execute(db);
  let first = (head.rows[0]?.seq ?? 0) + 1;
  for (let looked = 0; first > 1; looked += stepRows) {
    if (looked >= mostRows) return { first, cut: true };
    const below = Math.max(1, first - stepRows);
    const { rows } = await sql<{ newest: number | null }>`
      select max(at_ms)::double precision as newest from audit_entry
      where seq >= ${below}::double precision::bigint and seq < ${first}::double precision::bigint`.execute(db);
    if ((rows[0]?.newest ?? 0) < from.getTime()) break;
    first = below;
  }
  return { first, cut: false };
}

/** The first row twice: PostgreSQL does not carry it over to the joined table. Erased texts have no action. */
function within(first: number, { from, to }: Span, without: readonly string[]) {
  const seq = sql`${first}::double precision::bigint`;
  const families = without.map((name) => sql`not starts_with(d.action || '.', ${`${name}.`}::text)`);
  return sql.join(
    [
      sql`e.seq >= ${seq} and d.seq >= ${seq} and d.action is not null`,
      sql`e.at_ms >= ${from.getTime()}::bigint and e.at_ms < ${to.getTime()}::bigint`,
      sql`not exists (select 1 from incident i
                      where d.target = 'incident/' || i.id and not ${visible(everybody)})`,
      ...families,
    ],
    sql` and `,
  );
}
