import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { type Outcome, outcomes } from './model.ts';
import { cellsOf, type Overview, type Period } from './periods.ts';
import type { HealthTables } from './tables.ts';

/** What many checks were over a period, in one query; `now` = what each is at present. Worst first. */
export async function overviewOf(
  store: Store,
  checks: readonly { id: string; outcome: Outcome }[],
  { period, now, zone }: { period: Period; now: Date; zone: string },
): Promise<Overview> {
  const cells = cellsOf(period, now, zone);
  const rank = sql`array_position(${outcomes}::text[], outcome)`;
  const worstCounted = sql.join(
    outcomes.map((outcome, at) => sql`when ${sql.ref(outcome)} > 0 then ${sql.lit(at + 1)}`),
    sql` `,
  );
  const ids = checks.map(({ id }) => id);
  const answer = await sql<{ check_id: string; cell: number; worst: number }>`
    select check_id, width_bucket(at, ${cells}::timestamptz[]) - 1 as cell, min(worst)::int as worst from (
      select check_id, at, ${rank} as worst from check_result
      where check_id = any(${ids}::text[]) and at >= ${cells[0]} and at <= ${now}
      union all
      select check_id, bucket, case ${worstCounted} end from check_rollup
      where check_id = any(${ids}::text[]) and period = 'hour' and bucket >= ${cells[0]} and bucket <= ${now}
    ) as past group by 1, 2`.execute(store.db<HealthTables>());
  const rows = new Map(
    checks.map(({ id, outcome }) => [id, { id, now: outcome, outcomes: cells.map((): Outcome | null => null) }]),
  );
  for (const { check_id: id, cell, worst } of answer.rows) {
    const row = rows.get(id);
    if (row && cell >= 0) row.outcomes[cell] = outcomes[worst - 1] ?? null;
  }
  return { period, cells, to: now, rows: worstRowsFirst([...rows.values()]) };
}

/** By what they are, then by the worst they were, then by how often; what is equal stays in its order. Pure. */
export function worstRowsFirst(rows: readonly Overview['rows'][number][]): Overview['rows'] {
  const key = ({ now, outcomes: were }: Overview['rows'][number]) => {
    const worst = outcomes.find((outcome) => were.includes(outcome)) ?? 'ok';
    const often = worst === 'ok' ? 0 : were.filter((outcome) => outcome === worst).length;
    return [outcomes.indexOf(now), outcomes.indexOf(worst), -often] as const;
  };
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2])
    .map(({ row }) => row);
}
