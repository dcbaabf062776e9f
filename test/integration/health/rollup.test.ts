import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import { historyOf } from '../../../src/health/past.ts';
import { kept, rollUp, transitionsKept } from '../../../src/health/rollup.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf } from '../../support/checks.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const hour = 3_600_000;
const day = 24 * hour;
const now = new Date('2026-11-23T09:17:00Z');
const outcomes = ['ok', 'warn', 'fail', 'unknown', 'blocked', 'muted', 'stale'] as const;

interface Result {
  check_id: string;
  at: Date;
  outcome: (typeof outcomes)[number];
  facts: Record<string, unknown> | null;
}

async function insert(results: Result[]): Promise<void> {
  await store.pool.query('truncate check_result, check_rollup, check_rollup_fact, check_transition');
  await store.pool.query(
    `insert into check_result (check_id, at, outcome, duration_ms, facts, fingerprint)
     select check_id, at, outcome, 1, nullif(facts, 'null'::jsonb), '' from jsonb_to_recordset($1::jsonb)
     as r (check_id text, at timestamptz, outcome text, facts jsonb)`,
    [JSON.stringify(results)],
  );
}

/** As if a sweep had recorded how often the check runs. */
async function knowRhythm({ id, everyMs }: Check): Promise<void> {
  await store.pool.query(
    `insert into check_state (check_id, outcome, since, at, report, samples, fingerprint, every_ms)
     values ($1, 'ok', now(), now(), '{}', '[]', '', $2)
     on conflict (check_id) do update set every_ms = excluded.every_ms`,
    [id, everyMs],
  );
}

/** What a reader would count by hand: every result in the coarsest bucket it is old enough for. */
function naive(results: Result[], rolledAt: Date): { counts: Map<string, number>; facts: Map<string, number[]> } {
  const counts = new Map<string, number>();
  const facts = new Map<string, number[]>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { check_id, at, outcome, facts: values } of results) {
    const inHour = Math.floor(at.getTime() / hour) * hour;
    const old = at.getTime() < rolledAt.getTime() - kept.raw;
    const older = old && inHour < rolledAt.getTime() - kept.hourly;
    if (!old) {
      add(`${check_id} raw ${outcome}`);
      continue;
    }
    const bucket = older ? Math.floor(inHour / day) * day : inHour;
    if (older && bucket < rolledAt.getTime() - kept.daily) continue;
    const key = `${check_id} ${older ? 'day' : 'hour'} ${new Date(bucket).toISOString()}`;
    add(`${key} ${outcome}`);
    for (const [name, value] of Object.entries(values ?? {})) {
      // JSON has no -0, and what no sum would notice counts as 0.
      const kept = typeof value === 'number' && Math.abs(value) < 1e-300 ? 0 : value;
      if (typeof kept === 'number') facts.set(`${key} ${name}`, [...(facts.get(`${key} ${name}`) ?? []), kept]);
    }
  }
  return { counts, facts };
}

async function counted(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const raw = await store.pool.query('select check_id, outcome, count(*) as n from check_result group by 1, 2');
  for (const row of raw.rows) counts.set(`${row.check_id} raw ${row.outcome}`, row.n);
  const rolled = await store.pool.query('select * from check_rollup');
  for (const row of rolled.rows) {
    for (const outcome of outcomes) {
      const key = `${row.check_id} ${row.period} ${row.bucket.toISOString()} ${outcome}`;
      if (row[outcome] > 0) counts.set(key, row[outcome]);
    }
  }
  return counts;
}

const results = fc.array(
  fc.record({
    check_id: fc.constantFrom('a', 'b'),
    at: fc.oneof(
      fc.date({ min: new Date(now.getTime() - 5 * day), max: now, noInvalidDate: true }),
      fc.date({ min: new Date(now.getTime() - 95 * day), max: now, noInvalidDate: true }),
      fc.date({ min: new Date(now.getTime() - 740 * day), max: now, noInvalidDate: true }),
    ),
    outcome: fc.constantFrom(...outcomes),
    facts: fc.option(
      fc.record({
        latency_ms: fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constant(null)),
        status: fc.oneof(fc.integer(), fc.constant('text')),
      }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('rollUp', () => {
  test('gives what counting by hand gives, however often and whenever it ran before', async () => {
    await fc.assert(
      fc.asyncProperty(results, fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }), async (all, before) => {
        await insert(all);
        for (const days of before.toSorted((a, b) => b - a)) await rollUp(store, new Date(now.getTime() - days * day));
        await rollUp(store, now);
        await rollUp(store, now);
        const expected = naive(all, now);
        expect(await counted()).toEqual(expected.counts);
        const { rows } = await store.pool.query('select * from check_rollup_fact');
        expect(rows).toHaveLength(expected.facts.size);
        for (const row of rows) {
          const values =
            expected.facts.get(`${row.check_id} ${row.period} ${row.bucket.toISOString()} ${row.fact}`) ?? [];
          expect([row.n, row.min, row.max]).toEqual([values.length, Math.min(...values), Math.max(...values)]);
          const sum = values.reduce((total, value) => total + value, 0);
          expect(Math.abs(row.sum - sum)).toBeLessThanOrEqual(1e-9 * values.reduce((t, v) => t + Math.abs(v), 1));
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('uptime over 30 days stays the same when results are rolled up', async () => {
    const all = Array.from({ length: 200 }, (_, n): Result => {
      const outcome = n % 5 === 0 ? 'fail' : n % 7 === 0 ? 'muted' : 'ok';
      return { check_id: 'a', at: new Date(now.getTime() - n * 3 * hour), outcome, facts: null };
    });
    await insert(all);
    const check = checkOf(async () => ({ facts: {} }), { id: 'a' });
    await knowRhythm(check);
    const before = await historyOf(store, check, now);
    await rollUp(store, now);
    const after = await historyOf(store, check, now);
    const { since, ...uptime } = before.uptime;
    expect(after.uptime).toMatchObject(uptime);
    // An hour is all that is left of it.
    expect(after.uptime.since).toEqual(new Date(Math.floor(since!.getTime() / hour) * hour));
    expect(before.uptime.month).toBeGreaterThan(70);
  });

  test('numbers that no sum can hold are left out; the rest of the history is rolled up', async () => {
    const at = (n: number) => new Date(now.getTime() - 3 * day + n * 60_000);
    const huge = [1.7e308, 1.7e308, 1.7e308, -1.7e308, 5e-324];
    await insert(
      huge.map((v, n) => ({ check_id: 'a', at: at(n), outcome: 'ok', facts: { v, w: n, ['n'.repeat(3_000)]: 1 } })),
    );
    await store.pool.query(`update check_result set facts = facts || '{"v": 1e999}' where facts->>'w' = '0'`);
    await store.pool.query(`update check_result set facts = facts || '{"v": 1e-999}' where facts->>'w' = '4'`);
    expect(await rollUp(store, now)).toEqual({ rows: 5, more: false });
    const { rows } = await store.pool.query('select fact, n, min, max, sum from check_rollup_fact order by fact');
    expect(rows).toEqual([
      { fact: 'v', n: 1, min: 0, max: 0, sum: 0 },
      { fact: 'w', n: 5, min: 0, max: 4, sum: 10 },
    ]);
    expect((await store.pool.query('select ok from check_rollup')).rows).toEqual([{ ok: 5 }]);
  });

  test('such numbers are not drawn either', async () => {
    await insert(
      [1.7e308, 1.7e308, 12].map((latency_ms, n) => ({
        check_id: 'a',
        at: new Date(now.getTime() - n * 1_000),
        outcome: 'ok',
        facts: { latency_ms },
      })),
    );
    const { series } = await historyOf(
      store,
      checkOf(async () => ({ facts: {} }), { id: 'a' }),
      now,
    );
    expect(series?.points.at(-1)?.value).toBe(12);
  });

  test('silences are kept for 400 days', async () => {
    for (const [id, days] of Object.entries({ old: 401, young: 399 })) {
      await store.pool.query(
        `insert into silence (id, kind, target_kind, target, mode, from_at, until_at, by_actor, by_name, by_mention, request)
         values ($1, 'mute', 'check', 'a', 'mute', $2, $3, '', '', '', '')`,
        [id, new Date(now.getTime() - (days + 1) * day), new Date(now.getTime() - days * day)],
      );
    }
    await rollUp(store, now);
    expect((await store.pool.query('select id from silence')).rows).toEqual([{ id: 'young' }]);
  });

  test('a step that fails does not keep the others from their work', async () => {
    await insert([{ check_id: 'a', at: new Date(now.getTime() - 3 * day), outcome: 'ok', facts: null }]);
    await store.pool.query(
      `insert into check_transition (check_id, at, to_outcome, reason) values ('a', $1, 'ok', 'old')`,
      [new Date(now.getTime() - 500 * day)],
    );
    await store.pool.query(
      `insert into check_rollup (check_id, period, bucket, ok)
      values ('a', 'hour', date_trunc('hour', $1::timestamptz, 'UTC'), 2147483647)`,
      [new Date(now.getTime() - 3 * day)],
    );
    await expect(rollUp(store, now)).rejects.toThrow('1 of 8 steps failed');
    expect((await store.pool.query('select 1 from check_transition')).rows).toEqual([]);
    expect((await store.pool.query('select 1 from check_result')).rows).toHaveLength(1);
  });

  test('uptime counts time, not how often somebody asked', async () => {
    const start = now.getTime() - 3 * hour;
    const runs = (from: number, stepMs: number, n: number, outcome: 'ok' | 'fail'): Result[] =>
      Array.from({ length: n }, (_, i) => ({ check_id: 'a', at: new Date(from + i * stepMs), outcome, facts: null }));
    const [broke, mended] = [start + hour, start + hour + 48_000];
    await insert([
      ...runs(start, 300_000, 12, 'ok'),
      ...runs(broke, 2_000, 24, 'fail'),
      ...runs(mended, 300_000, 12, 'ok'),
    ]);
    const check = checkOf(async () => ({ facts: {} }), { id: 'a', everyMs: 300_000 });
    await knowRhythm(check);
    const asked = new Date(mended + hour);
    const { uptime } = await historyOf(store, check, asked);
    expect(uptime.day).toBeCloseTo(100 - (100 * 48) / 7_248, 5);
    expect(uptime.month).toBe(uptime.day);
    expect(uptime.since).toEqual(new Date(start));
    const later = new Date(now.getTime() + 3 * day);
    await rollUp(store, later);
    // Once it is rolled up, the last result has spoken for its 15 minutes instead of the 5 before.
    expect((await historyOf(store, check, later)).uptime.month).toBeCloseTo(100 - (100 * 48) / 7_848, 5);
  });

  test('while nothing was measured, the last result speaks for a while only', async () => {
    const at = (n: number) => new Date(now.getTime() - n * hour);
    await insert([
      { check_id: 'a', at: at(20), outcome: 'fail', facts: null },
      { check_id: 'a', at: at(1), outcome: 'ok', facts: null },
    ]);
    const check = checkOf(async () => ({ facts: {} }), { id: 'a', everyMs: 300_000 });
    expect((await historyOf(store, check, now)).uptime.day).toBe(50);
  });

  test('a run is bounded and says that there is more', async () => {
    await insert([]);
    await store.pool.query(
      `insert into check_result (check_id, at, outcome, duration_ms, fingerprint)
       select 'a', $1::timestamptz - n * interval '1 second', 'ok', 1, '' from generate_series(1, 101000) n`,
      [new Date(now.getTime() - 3 * day)],
    );
    const first = await rollUp(store, now);
    expect(first).toEqual({ rows: 100_000, more: true });
    const second = await rollUp(store, now);
    expect(second).toEqual({ rows: 1_000, more: false });
    const { rows } = await store.pool.query(`select sum(ok)::int as ok from check_rollup`);
    expect(rows[0].ok).toBe(101_000);
  });

  test('transitions: at most so many per check, and 400 days', async () => {
    await insert([]);
    await store.pool.query(
      `insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
       select 'flapping', $1::timestamptz - n * interval '1 minute', 'ok', 'fail', n::text from generate_series(1, 1200) n
       union all select 'quiet', $1::timestamptz - n * interval '100 days', 'ok', 'fail', n::text from generate_series(1, 5) n`,
      [now],
    );
    await rollUp(store, now);
    const { rows } = await store.pool.query(
      `select check_id, count(*) as n, max(reason::int) as oldest from check_transition group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { check_id: 'flapping', n: transitionsKept, oldest: transitionsKept },
      { check_id: 'quiet', n: 4, oldest: 4 },
    ]);
  });
});
