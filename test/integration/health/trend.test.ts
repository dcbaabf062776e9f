import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Condition } from '../../../src/conditions/model.ts';
import type { Health } from '../../../src/health/health.ts';
import type { Period } from '../../../src/health/periods.ts';
import { rollUp } from '../../../src/health/rollup.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf, testClock } from '../../support/checks.ts';
import { healthOf } from '../../support/health.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function rule(when: string): Condition {
  const compiled = compileCondition({ when }, { latency_ms: { type: 'number', help: '' } });
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return compiled.condition;
}

const measuring = async () => ({ facts: { latency_ms: 1 } });
const api = () =>
  checkOf(measuring, { id: 'api', fail: [rule('latency_ms > 500')], warn: [rule('latency_ms >= 300')] });

/** Writes what a check measured, each `[ms before now, outcome, latency]`; null = not measured. */
async function measuredBefore(store: Store, now: Date, id: string, results: [number, string, number | null][]) {
  for (const [agoMs, outcome, latency] of results) {
    await store.pool.query(
      'insert into check_result (check_id, at, outcome, duration_ms, facts) values ($1, $2, $3, 1, $4)',
      [id, new Date(now.getTime() - agoMs), outcome, latency === null ? null : { latency_ms: latency }],
    );
  }
}

async function setUp(results: [number, string, number | null][], checks = [api()]) {
  const clock = testClock('2026-11-23T09:00:00Z');
  const { health, store } = await healthOf(checks, { clock });
  await store.pool.query('truncate check_rollup_fact');
  await measuredBefore(store, clock.now(), 'api', results);
  return { health, store, clock };
}

const values = async (health: Health, period: Period) =>
  (await health.trend('api', period)).points.map(({ value }) => value);

describe("a check's line", () => {
  it('has a mean with its extremes for each ten minutes, and the limits of the rules', async () => {
    const { health } = await setUp([
      [25 * hour, 'ok', 9_999],
      [29 * minute, 'ok', 100],
      [28 * minute, 'ok', 140],
      [19 * minute, 'warn', 400],
    ]);
    const trend = await health.trend('api', '24h');
    expect(trend).toMatchObject({
      fact: 'latency_ms',
      unit: 'ms',
      points: [{ value: 120, low: 100, high: 140 }, { value: null }, { value: 400, low: 400, high: 400 }],
      limits: [
        { level: 'fail', op: '>', value: 500 },
        { level: 'warn', op: '>=', value: 300 },
      ],
      last: { value: 400, at: new Date('2026-11-23T08:41:00Z') },
      stretches: [{ outcome: 'warn' }],
      spentMs: { fail: 0, warn: 10 * minute, ok: 10 * minute },
      // Before the first measurement, between two, since the last.
      unmeasuredMs: 24 * hour - 10 * minute - 29 * minute + 9 * minute + 19 * minute,
    });
  });

  it('is not drawn over what was not measured: no result, or one without the number', async () => {
    const steady = (from: number, to: number): [number, string, number][] =>
      Array.from({ length: (from - to) / minute }, (_, at) => [from - at * minute, 'ok', 100]);
    const { health } = await setUp([
      ...steady(180 * minute, 150 * minute),
      ...steady(120 * minute, 90 * minute),
      [85 * minute, 'unknown', null],
      ...steady(80 * minute, 60 * minute),
    ]);
    const drawn = await values(health, '24h');
    expect(drawn).toEqual([100, 100, 100, null, 100, 100, 100, null, 100, 100]);
  });

  it('goes on over a short pause: a result speaks for three of its rounds', async () => {
    const { health } = await setUp([
      [23 * minute, 'ok', 1],
      [21 * minute, 'ok', 2],
      [19 * minute, 'ok', 3],
    ]);
    expect(await values(health, '24h')).toEqual([1.5, 3]);
  });

  it('is whole over the roll-up of old results', async () => {
    const results: [number, string, number | null][] = [
      [20 * day, 'fail', 900],
      [20 * day - minute, 'ok', 100],
      [3 * day, 'ok', 200],
      [hour, 'ok', 300],
    ];
    const { health, store, clock } = await setUp(results);
    const before = await health.trend('api', '30d');
    await rollUp(store, clock.now());
    const raw = await store.pool.query('select 1 from check_result');
    expect(raw.rowCount).toBe(1);
    const after = await health.trend('api', '30d');
    const shown = (trend: typeof before) => trend.points.map(({ value, low, high }) => [value, low, high]);
    expect(shown(after)).toEqual(shown(before));
    expect(shown(after)).toEqual([
      [500, 100, 900],
      [null, undefined, undefined],
      [200, 200, 200],
      [null, undefined, undefined],
      [300, 300, 300],
    ]);
    expect(after.stretches).toMatchObject([{ outcome: 'fail' }]);
    expect(after.spentMs.fail).toBe(1.5 * hour);
    expect(await values(health, '7d')).toEqual([200, null, 300]);
  });

  it.each<[Period, number]>([
    ['24h', minute],
    ['7d', 10 * minute],
    ['30d', hour],
  ])('%s has at most 300 points', async (period, everyMs) => {
    const ms = { '24h': day, '7d': 7 * day, '30d': 30 * day }[period];
    const { health, store, clock } = await setUp([]);
    await store.pool.query(
      `insert into check_result (check_id, at, outcome, duration_ms, facts)
       select 'api', $1::timestamptz - make_interval(secs => n * $2), 'ok', 1, '{"latency_ms": 5}' from generate_series(0, $3::int) n`,
      [clock.now(), everyMs / 1_000, Math.floor(ms / everyMs)],
    );
    const points = (await health.trend('api', period)).points.filter(({ value }) => value !== null);
    expect(points.length).toBeGreaterThan(140);
    expect(points.length).toBeLessThanOrEqual(300);
  });

  it('of a check that measures no number has no fact and no points to draw', async () => {
    const plain = checkOf(async () => ({ facts: {} }), { id: 'api' });
    plain.definition = { ...plain.definition, facts: () => ({ up: { type: 'bool', help: '' } }) };
    const { health } = await setUp([[minute, 'fail', null]], [plain]);
    expect(await health.trend('api', '24h')).toMatchObject({ fact: undefined, limits: [], last: undefined });
  });
});

describe('the rows of many checks', () => {
  const other = (id: string) => checkOf(measuring, { id });

  it('have the worst of each half hour, the worst check first', async () => {
    const { health, store, clock } = await setUp([[hour, 'ok', 1]], [other('api'), other('db'), other('web')]);
    await measuredBefore(store, clock.now(), 'db', [
      [70 * minute, 'ok', 1],
      [65 * minute, 'fail', 1],
    ]);
    await measuredBefore(store, clock.now(), 'web', [[2 * hour, 'warn', 1]]);
    const { rows, cells } = await health.overview({ kind: 'all' }, '24h');
    expect(cells).toHaveLength(48);
    expect(cells.at(-1)).toEqual(new Date('2026-11-23T09:00:00Z'));
    expect(rows.map(({ id }) => id)).toEqual(['db', 'web', 'api']);
    const at = (id: string, agoMs: number) => rows.find((row) => row.id === id)?.outcomes.at(-1 - agoMs / (hour / 2));
    expect([at('db', 1.5 * hour), at('web', 2 * hour), at('api', hour), at('api', 0)]).toEqual([
      'fail',
      'warn',
      'ok',
      null,
    ]);
  });

  it('have the days of the team, over roll-ups', async () => {
    const clock = testClock('2026-11-23T09:00:00Z');
    const zone = 'America/New_York';
    const { health, store } = await healthOf([other('api')], { clock, team: { name: 'T', zone, holidays: [] } });
    // 20 November, 23:30 in New York.
    await measuredBefore(store, new Date('2026-11-21T04:30:00Z'), 'api', [[0, 'fail', 1]]);
    const before = await health.overview({ kind: 'all' }, '30d');
    await rollUp(store, clock.now());
    const after = await health.overview({ kind: 'all' }, '30d');
    expect(after.rows).toEqual(before.rows);
    const failed = after.cells.filter((_, at) => after.rows[0]?.outcomes[at] === 'fail');
    expect(failed).toEqual([new Date('2026-11-20T05:00:00Z')]);
    expect(after.cells).toHaveLength(30);
  });

  it('are those of a group alone', async () => {
    const { health } = await setUp(
      [],
      [checkOf(measuring, { id: 'a', group: 'one' }), checkOf(measuring, { id: 'b', group: 'two' })],
    );
    const { rows } = await health.overview({ kind: 'group', id: 'two' }, '7d');
    expect(rows.map(({ id }) => id)).toEqual(['b']);
  });
});
