// A year of history, as the upkeep leaves it: how much space it takes, and how long the sections of a monthly report read it.
import { sql } from 'kysely';
import type { ReportSection, SectionContext } from '../src/reports/section.ts';
import averages from '../src/reports/sections/averages.ts';
import capacity from '../src/reports/sections/capacity.ts';
import slo from '../src/reports/sections/slo.ts';
import { median } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { healthOf } from './support/health.ts';

const everyMin = 5;
/** 66 checks, as an operation has them: each type with all numbers that it can measure. */
const mix: [count: number, check: Record<string, unknown>][] = [
  [30, { http: { url: 'http://127.0.0.1:9/' } }],
  [6, { postgres: { dsn: 'postgres://u@127.0.0.1/db' } }],
  [6, { redis: { host: '127.0.0.1' } }],
  [4, { pgbouncer: { dsn: 'postgres://u@127.0.0.1:6432/pgbouncer' } }],
  [6, { rds: { instance: 'main', region: 'us-east-1' } }],
  [4, { elasticache: { replication_group: 'main', region: 'us-east-1' } }],
  [10, { tcp: { host: '127.0.0.1', port: 9 } }],
];
const checks = mix.flatMap(([count, check], kind) =>
  Array.from({ length: count }, (_, index) => ({
    id: `check-of-kind-${kind}-${index}`,
    group: `group-${kind}`,
    ...check,
  })),
);
const health = await healthOf(checks, {}, Object.fromEntries(mix.map((_, kind) => [`group-${kind}`, { slo: 99.9 }])));
const { ops, store } = health;
const numbers = ops.checks.map(({ id, definition, target }) => {
  const facts = Object.entries(definition.facts(target)).filter(([, { type, hidden }]) => type === 'number' && !hidden);
  return { id, facts: facts.map(([name]) => name) };
});
const given = JSON.stringify(numbers);

/** Of each check, one failure of half an hour a fortnight and one of its hours unknown a month; numbers that waver and grow. */
async function fill(): Promise<void> {
  const run = (statement: ReturnType<typeof sql>) => statement.execute(store.db());
  const value = (at: ReturnType<typeof sql>) =>
    sql`(40 + 20 * random() + extract(epoch from ${at} - now()) / 864000)::double precision`;
  const each = sql`from jsonb_to_recordset(${given}::jsonb) as c (id text, facts jsonb)`;
  const hours = sql`generate_series(date_trunc('hour', now()) - interval '90 days', now() - interval '49 hours', interval '1 hour')`;
  const days = sql`generate_series(date_trunc('day', now()) - interval '365 days', now() - interval '91 days', interval '1 day')`;
  for (const [period, slots, n] of [
    ['hour', hours, 60 / everyMin],
    ['day', days, 1_440 / everyMin],
  ] as const) {
    await run(sql`
      insert into check_rollup (check_id, period, bucket, ok, fail, up_ms, known_ms)
      select id, ${period}, at, ${n}::int - bad, bad, (${n}::int - bad) * ${everyMin * 60_000}::bigint, ${n * everyMin * 60_000}::bigint
      ${each} cross join ${slots} as at cross join lateral (select case when random() < 0.003 then 6 else 0 end as bad) as b`);
    await run(sql`
      insert into check_rollup_fact (check_id, period, bucket, fact, n, min, max, sum)
      select id, ${period}, at, fact, ${n}::int, v - 5, v + 5, v * ${n}::int
      ${each} cross join ${slots} as at cross join jsonb_array_elements_text(facts) as fact
      cross join lateral (select ${value(sql`at`)} as v) as w`);
  }
  await run(sql`
    insert into check_result (check_id, at, outcome, duration_ms, facts, fingerprint)
    select id, at, 'ok', 12, (select jsonb_object_agg(fact, round(${value(sql`at`)}::numeric, 3)) from jsonb_array_elements_text(facts) as fact), 'f'
    from generate_series(now() - interval '48 hours', now(), make_interval(mins => ${everyMin})) as at
    cross join jsonb_to_recordset(${given}::jsonb) as c (id text, facts jsonb)`);
  await run(sql`
    insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
    select id, at + later, was, became, 'status 503 (limit 200)' ${each}
    cross join generate_series(now() - interval '365 days', now(), interval '14 days') as at
    cross join (values (interval '0 min', 'ok', 'fail'), (interval '30 min', 'fail', 'ok')) as turns (later, was, became)`);
  await store.pool.query('analyze');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

await fill();
const size = await store.pool.query(
  'select pg_database_size(current_database())::float8 as bytes, (select count(*) from check_rollup_fact)::int as rows',
);
const { bytes, rows } = size.rows[0] as { bytes: number; rows: number };
const now = new Date();
const month: SectionContext = {
  sources: { ops, health, store } as unknown as SectionContext['sources'],
  health: () => Promise.reject(new Error('not measured')),
  until: now,
  ...{ now, from: new Date(now.getTime() - 32 * 86_400_000), zone: 'America/New_York', items: new Map() },
  ...{ previous: undefined, previousChecks: undefined, signal: new AbortController().signal },
};
const objectives = ops.checks.map(({ id }) => ({ check: id, uptime: 99.9 }));
const wanted: [ReportSection<never>, unknown][] = [
  [slo as ReportSection<never>, { objectives, before: true }],
  [capacity as ReportSection<never>, {}],
  [averages as ReportSection<never>, { days: 30 }],
];
const read = ([section, options]: (typeof wanted)[number]) =>
  section.run(month, section.options.parse(options) as never);
const alone: string[] = [];
for (const each of wanted) alone.push(`${each[0].name} ${(await timed(() => read(each))).toFixed(0)}`);
const took: number[] = [];
for (let run = 0; run < 3; run += 1) took.push(await timed(() => Promise.all(wanted.map(read))));
const scan = await timed(() => store.pool.query('select sum(sum) from check_rollup_fact'));
await health.close();

printFigures([
  {
    name: `a year of ${checks.length} checks every ${everyMin} min`,
    measured: `${(bytes / 1e6).toFixed(0)} MB, ${rows} buckets of numbers`,
    reference: '500 MB',
    ratio: bytes / 500e6,
  },
  {
    name: 'the sections of a monthly report over it',
    measured: `${median(took).toFixed(0)} ms (${alone.join(', ')} ms alone)`,
    reference: `3,000 ms; reading all numbers once: ${scan.toFixed(0)} ms`,
    ratio: median(took) / 3_000,
  },
]);
