import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollUp } from '../../../src/health/rollup.ts';
import { checkOf, testClock } from '../../support/checks.ts';
import { healthOf } from '../../support/health.ts';
import { type PastResult, results, writePast } from '../../support/past.ts';
import { embeddedStore } from '../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = new Date('2026-11-23T09:17:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const store = await embeddedStore();
const measuring = async () => ({ facts: {} });

async function healthAfter(past: PastResult[], { ids = ['api', 'db'], everyMs = 5 * minute, until = now } = {}) {
  await writePast(store, past, until);
  const checks = ids.map((id) => checkOf(measuring, { id, everyMs }));
  return (await healthOf(checks, { store, clock: testClock(until.toISOString()) })).health;
}

describe('numbers over time', () => {
  it('come from raw results, hours and days alike, with their extremes', async () => {
    const past = [
      ...results('api', { from: ago(100 * day), to: ago(100 * day - hour), everyMs: 5 * minute }, () => [
        'ok',
        { p95_ms: 7 },
      ]),
      { id: 'api', at: ago(50 * hour), outcome: 'ok', facts: { p95_ms: 10 } },
      { id: 'api', at: ago(50 * hour - minute), outcome: 'warn', facts: { p95_ms: 30, other: 5 } },
      { id: 'api', at: ago(30 * hour), outcome: 'ok', facts: { p95_ms: 100 } },
      { id: 'api', at: ago(30 * hour - minute), outcome: 'unknown' },
      { id: 'api', at: ago(29 * hour), outcome: 'ok', facts: { p95_ms: 'many' } },
      { id: 'db', at: ago(30 * hour), outcome: 'ok', facts: { p95_ms: 1 } },
    ];
    const health = await healthAfter(past);
    const bounds = [101, 99, 3, 2, 1, 0].map((days) => ago(days * day));
    const wanted = [
      { id: 'api', fact: 'p95_ms' },
      { id: 'db', fact: 'p95_ms' },
      { id: 'db', fact: 'none' },
    ];
    expect(await health.series(wanted, bounds)).toEqual([
      [
        { n: 12, mean: 7, low: 7, high: 7 },
        null,
        { n: 2, mean: 20, low: 10, high: 30 },
        { n: 1, mean: 100, low: 100, high: 100 },
        null,
      ],
      [null, null, null, { n: 1, mean: 1, low: 1, high: 1 }, null],
      [null, null, null, null, null],
    ]);
    const periods = await store.pool.query('select distinct period from check_rollup_fact order by 1');
    expect(periods.rows).toEqual([{ period: 'day' }, { period: 'hour' }]);
  });

  it('are what they were before the upkeep, to the hour', async () => {
    const at = fc.record({ ago: fc.integer({ min: 1, max: 200 * 60 }), value: fc.integer({ min: 0, max: 1_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(at, { maxLength: 60, selector: (each) => each.ago }), async (given) => {
        const past = given.map((each) => ({
          id: 'api',
          at: ago(each.ago * minute),
          outcome: 'ok',
          facts: { v: each.value },
        }));
        const health = await healthAfter(past, { until: ago(300 * day) });
        const top = Math.floor(now.getTime() / hour) * hour;
        const bounds = Array.from({ length: 210 }, (_, index) => new Date(top + (index - 208) * hour));
        const before = await health.series([{ id: 'api', fact: 'v' }], bounds);
        await rollUp(store, now);
        const after = await health.series([{ id: 'api', fact: 'v' }], bounds);
        expect(after).toEqual(before);
        expect(before[0]!.reduce((sum, point) => sum + (point?.n ?? 0), 0)).toBe(given.length);
      }),
      { numRuns: 15 },
    );
  });

  it('are none of nothing', async () => {
    const health = await healthAfter([]);
    expect(await health.series([], [ago(day), now])).toEqual([]);
    expect(await health.series([{ id: 'api', fact: 'x' }], [now])).toEqual([[]]);
  });
});

describe('time spent', () => {
  const window = { from: ago(6 * day), to: now };

  it('is up, down and unknown; muted and blocked time is none of them, nor is a standstill', async () => {
    const past = results('api', { ...window, everyMs: 5 * minute }, (at) => {
      const hours = (at.getTime() - window.from.getTime()) / hour;
      if (hours < 1) return ['fail'];
      if (hours < 3) return ['muted'];
      if (hours < 4) return ['unknown'];
      if (hours < 6) return ['warn'];
      if (hours < 10) return undefined;
      return [hours < 12 ? 'blocked' : 'ok'];
    });
    const health = await healthAfter(past);
    const spent = await health.spent(['api', 'db', 'nobody'], window);
    expect([...spent.keys()]).toEqual(['api']);
    const { upMs, failMs, unknownMs } = spent.get('api')!;
    // What was measured last before the standstill speaks for three times its rhythm. Hours that begin before `from` don't count.
    expect([failMs, unknownMs, upMs].map((ms) => Math.round(ms / minute))).toEqual([60 - 45, 60, 120 + 10 + 132 * 60]);
  });

  it('agrees with the uptime that a check shows', async () => {
    const month = { from: ago(30 * day), to: now };
    const past = results('api', { ...month, everyMs: hour }, (at) => {
      const turn = Math.floor(at.getTime() / hour) % 10;
      return [turn === 0 ? 'fail' : turn === 1 ? 'unknown' : 'ok'];
    });
    const health = await healthAfter(past, { everyMs: hour });
    const { upMs, failMs, unknownMs } = (await health.spent(['api'], month)).get('api')!;
    const { uptime } = await health.details('api');
    expect((100 * upMs) / (upMs + failMs + unknownMs)).toBeCloseTo(uptime.month!, 6);
    expect(failMs / unknownMs).toBeCloseTo(1, 1);
  });

  it('counts what overlaps once, from the changes of outcome', async () => {
    const down =
      (fromHour: number, toHour: number, word: string) =>
      (at: Date): [string] => {
        const hours = (at.getTime() - window.from.getTime()) / hour;
        return [hours >= fromHour && hours < toHour ? word : 'ok'];
      };
    const health = await healthAfter([
      ...results('api', { ...window, everyMs: 5 * minute }, down(10, 14, 'fail')),
      ...results('db', { ...window, everyMs: 5 * minute }, down(12, 20, 'fail')),
      ...results('other', { ...window, everyMs: 5 * minute }, down(0, 99, 'fail')),
      ...results('queue', { ...window, everyMs: 5 * minute }, down(19, 30, 'unknown')),
    ]);
    expect(await health.together(['api', 'db', 'queue'], window)).toEqual({ failMs: 10 * hour, badMs: 20 * hour });
    const late = { from: new Date(window.from.getTime() + 13 * hour), to: new Date(window.from.getTime() + 15 * hour) };
    expect(await health.together(['api', 'db'], late)).toEqual({ failMs: 2 * hour, badMs: 2 * hour });
    expect(await health.together(['api'], late)).toEqual({ failMs: hour, badMs: hour });
  });
});
