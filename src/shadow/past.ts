import { type RawBuilder, sql } from 'kysely';
import type { OpenProblem } from '../alerts/store.ts';
import { problemColumns, readProblem } from '../alerts/store.ts';
import type { Limit } from '../conditions/model.ts';
import type { Check } from '../config/model.ts';
import { numberIn } from '../health/numbers.ts';
import type { Store } from '../store/store.ts';
import type { LimitPast } from './model.ts';

type ProblemRow = Parameters<typeof readProblem>[0];

/** All problems that people would have been told of, in order. */
export async function problemsIn(store: Store): Promise<OpenProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select ${problemColumns} from alert_problem order by opened_at, id`.execute(store.db());
  return rows.map(readProblem);
}

export interface Results {
  results: number;
  unknown: number;
  p95Ms: number;
  longestMs: number;
}

/** How often each check was measured, and how long that took. */
export async function resultsIn(store: Store): Promise<Map<string, Results>> {
  const { rows } = await sql<{ id: string } & Record<'results' | 'unknown' | 'p95' | 'longest', number>>`
    select check_id as id, count(*)::int as results, count(*) filter (where facts is null)::int as unknown,
           percentile_cont(0.95) within group (order by duration_ms) as p95, max(duration_ms) as longest
    from check_result group by 1`.execute(store.db());
  return new Map(
    rows.map(({ id, results, unknown, p95, longest }) => [id, { results, unknown, p95Ms: p95, longestMs: longest }]),
  );
}

/** Why each check could not be measured, by how often that began. */
export async function unknownReasons(store: Store): Promise<Map<string, { reason: string; times: number }[]>> {
  const { rows } = await sql<{ id: string; reason: string; times: number }>`
    select check_id as id, reason, count(*)::int as times from check_transition
    where to_outcome = 'unknown' group by 1, 2 order by 3 desc, 2`.execute(store.db());
  const found = Map.groupBy(rows, ({ id }) => id);
  return new Map([...found].map(([id, each]) => [id, each.map(({ reason, times }) => ({ reason, times }))]));
}

/** The values of each fact that a rule of this check compares with a number; those never measured are left out. */
export async function limitsIn(store: Store, check: Check): Promise<LimitPast[]> {
  const specs = check.definition.facts(check.target);
  const found: LimitPast[] = [];
  for (const condition of [...check.fail, ...check.warn]) {
    const [limit, ...others] = condition.limits;
    // Of a condition over several facts no single limit is to blame.
    if (!limit || others.length > 0 || condition.reads.length > 1) continue;
    const past = await valuesOf(store, check.id, limit);
    if (past) found.push({ ...limit, ...past, rule: condition.source, unit: specs[limit.fact]?.unit });
  }
  return found;
}

type Values = Pick<LimitPast, 'values' | 'beyond' | 'median' | 'p95' | 'worst'>;

async function valuesOf(store: Store, id: string, { fact, op, limit }: Limit): Promise<Values | undefined> {
  const isHigh = op === '>' || op === '>=';
  const number = numberIn(sql`facts -> ${fact}::text`);
  const { rows } = await sql<{ values: number; beyond: number; median: number; p95: number; worst: number }>`
    with v as (select ${number} as value from check_result where check_id = ${id})
    select count(value)::int as values, count(*) filter (where ${comparison(sql`value`, op, limit)})::int as beyond,
           percentile_cont(0.5) within group (order by value) as median,
           percentile_cont(${sql.lit(isHigh ? 0.95 : 0.05)}) within group (order by value) as p95,
           ${isHigh ? sql`max(value)` : sql`min(value)`} as worst
    from v`.execute(store.db());
  const [row] = rows;
  return row && row.values > 0 ? row : undefined;
}

function comparison(value: RawBuilder<unknown>, op: Limit['op'], limit: number): RawBuilder<unknown> {
  return sql`${value} ${sql.raw(op)} ${limit}::double precision`;
}
