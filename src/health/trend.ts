import { sql } from 'kysely';
import type { Check } from '../config/model.ts';
import type { Store } from '../store/store.ts';
import { type Outcome, outcomes } from './model.ts';
import { numberIn, speaksFor } from './numbers.ts';
import { drawnFact } from './past.ts';
import { type Period, pointsOf, type Trend, type TrendLimit } from './periods.ts';
import type { HealthTables } from './tables.ts';

/** What was measured in one point's time. `first`, `last`: of all measurements, also those without a number. */
export interface Slot {
  slot: number;
  counts: Partial<Record<Outcome, number>>;
  value: number | null;
  low: number | null;
  high: number | null;
  first: Date;
  last: Date;
}

/** A check over a period, in one query: raw results as long as they are kept, hours before that. */
export async function trendOf(store: Store, check: Check, period: Period, now: Date): Promise<Trend> {
  const fact = drawnFact(check);
  const shape = pointsOf(period, check.everyMs, now);
  const from = new Date(shape.firstMs);
  const number = numberIn(sql`facts -> ${fact ?? ''}::text`);
  const slotOf = (at: 'at' | 'r.bucket') =>
    sql`floor((extract(epoch from ${sql.ref(at)}) * 1000 - ${shape.firstMs}::double precision) / ${shape.pointMs}::double precision)::int`;
  const perOutcome = (of: (outcome: Outcome) => ReturnType<typeof sql>) => sql.join(outcomes.map(of));
  const answer = await sql<
    { slot: number; n: number; sum: number; low: number; high: number; first: Date; last: Date } & Record<
      Outcome,
      number
    >
  >`
    with parts as (
      select ${slotOf('at')} as slot, count(${number}) as n, sum(${number}) as sum, min(${number}) as low, max(${number}) as high,
             min(at) as first, max(at) as last,
             ${perOutcome((outcome) => sql`count(*) filter (where outcome = ${sql.lit(outcome)}) as ${sql.ref(outcome)}`)}
      from check_result where check_id = ${check.id} and at >= ${from} and at <= ${now} group by 1
      union all
      select ${slotOf('r.bucket')}, f.n, f.sum, f.min, f.max, r.bucket, r.bucket + interval '1 hour',
             ${perOutcome((outcome) => sql`r.${sql.ref(outcome)}`)}
      from check_rollup r
      left join check_rollup_fact f on f.check_id = r.check_id and f.period = r.period and f.bucket = r.bucket and f.fact = ${fact ?? ''}
      where r.check_id = ${check.id} and r.period = 'hour' and r.bucket >= ${from} and r.bucket <= ${now})
    select slot, coalesce(sum(n), 0)::double precision as n, sum(sum) as sum, min(low) as low, max(high) as high,
           min(first) as first, max(last) as last,
           ${perOutcome((outcome) => sql`sum(${sql.ref(outcome)})::int as ${sql.ref(outcome)}`)}
    from parts group by slot order by slot`.execute(store.db<HealthTables>());
  const slots = answer.rows.map(({ slot, n, sum, low, high, first, last, ...counts }): Slot => {
    const times = { first: new Date(first), last: new Date(last) };
    return n > 0
      ? { slot, counts, value: sum / n, low, high, ...times }
      : { slot, counts, value: null, low: null, high: null, ...times };
  });
  const unit = fact === undefined ? undefined : check.definition.facts(check.target)[fact]?.unit;
  return {
    ...{ id: check.id, group: check.group, period, from, to: now, fact, unit },
    ...drawnTrend(slots, { ...shape, everyMs: check.everyMs, now }),
    limits: fact === undefined ? [] : limitsOn(check, fact),
  };
}

/** The limits that the rules of a check set to a fact; each once. */
export function limitsOn({ warn, fail }: Pick<Check, 'warn' | 'fail'>, fact: string): TrendLimit[] {
  const found = (['fail', 'warn'] as const).flatMap((level) =>
    (level === 'fail' ? fail : warn)
      .flatMap((condition) => condition.limits)
      .filter((limit) => limit.fact === fact)
      .map(({ op, limit }) => ({ level, op, value: limit })),
  );
  const key = ({ level, op, value }: TrendLimit) => `${level} ${op} ${value}`;
  return [...new Map(found.map((limit) => [key(limit), limit])).values()];
}

interface Drawing {
  firstMs: number;
  pointMs: number;
  everyMs: number;
  now: Date;
}

/** Points with a null wherever measurements are further apart than they speak for, and what was not ok. Pure. */
export function drawnTrend(
  slots: readonly Slot[],
  { firstMs, pointMs, everyMs, now }: Drawing,
): Pick<Trend, 'points' | 'last' | 'stretches' | 'spentMs' | 'unmeasuredMs'> {
  const points: Trend['points'] = [];
  const stretches: Trend['stretches'] = [];
  const spentMs: Trend['spentMs'] = { fail: 0, unknown: 0, warn: 0, stale: 0, blocked: 0, muted: 0, ok: 0 };
  const beyondMs = (silentMs: number) => (silentMs > speaksFor * everyMs ? silentMs : 0);
  let unmeasuredMs = 0;
  let last: Trend['last'];
  for (const [index, { slot, counts, value, low, high, first, last: end }] of slots.entries()) {
    const before = slots[index - 1];
    const silentMs = beyondMs(first.getTime() - (before?.last.getTime() ?? firstMs));
    unmeasuredMs += silentMs;
    if (before && silentMs > 0 && before.value !== null && value !== null)
      points.push({ at: before.last, value: null });
    const at = new Date((first.getTime() + Math.min(end.getTime(), now.getTime())) / 2);
    if (value === null) points.push({ at, value });
    else {
      points.push({ at, value, ...(low !== null && { low }), ...(high !== null && { high }) });
      last = { value, at: new Date(Math.min(end.getTime(), now.getTime())) };
    }
    const from = new Date(Math.max(firstMs, firstMs + slot * pointMs));
    const to = new Date(Math.min(now.getTime(), firstMs + (slot + 1) * pointMs));
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const lengthMs = to.getTime() - from.getTime();
    for (const outcome of outcomes) spentMs[outcome] += ((counts[outcome] ?? 0) / total) * lengthMs;
    const worst = outcomes.find((outcome) => (counts[outcome] ?? 0) > 0);
    if (worst === undefined || worst === 'ok') continue;
    const open = stretches.at(-1);
    if (open?.outcome === worst && open.to >= from) open.to = to;
    else stretches.push({ from, to, outcome: worst });
  }
  unmeasuredMs += beyondMs(now.getTime() - (slots.at(-1)?.last.getTime() ?? firstMs));
  for (const outcome of outcomes) spentMs[outcome] = Math.round(spentMs[outcome]);
  return { points, last, stretches, spentMs, unmeasuredMs };
}
