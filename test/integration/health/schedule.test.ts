import { describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import { createHealth } from '../../../src/health/health.ts';
import { claimDue, createSchedule, planChecks } from '../../../src/health/schedule.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf, opsOf, testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { serverStore } from '../../support/store.ts';

const nine = new Date('2026-11-23T09:00:10Z');
const after = (ms: number) => new Date(nine.getTime() + ms);

function checks(...ids: string[]): Check[] {
  return ids.map((id) => checkOf(async () => ({ facts: {} }), { id, everyMs: 60_000 }));
}

function scheduleOf(store: Store, over: Partial<Parameters<typeof createSchedule>[0]>) {
  const runs: string[][] = [];
  const schedule = createSchedule({
    store,
    checks: [],
    clock: testClock(),
    log: memoryLog(),
    isSlow: () => false,
    run: async (due) => {
      runs.push(due.map((check) => check.id).sort());
    },
    ...over,
  });
  return { schedule, runs };
}

describe('claimDue', () => {
  test('a new check is due at once, then at the multiples of its rhythm', async () => {
    const store = await serverStore();
    await planChecks(store, checks('a'), nine);
    expect(await claimDue(store, ['a'], nine)).toEqual(['a']);
    expect(await claimDue(store, ['a'], after(49_000))).toEqual([]);
    expect(await claimDue(store, ['a'], after(50_000))).toEqual(['a']);
    await planChecks(store, checks('a'), after(50_000));
    expect(await claimDue(store, ['a'], after(51_000))).toEqual([]);
  });

  test('after downtime it runs once, not once per missed slot', async () => {
    const store = await serverStore();
    await planChecks(store, checks('a'), nine);
    expect(await claimDue(store, ['a'], after(86_400_000))).toEqual(['a']);
    expect(await claimDue(store, ['a'], after(86_400_000))).toEqual([]);
  });

  test('a rhythm made faster counts from now', async () => {
    const store = await serverStore();
    const [slow] = checks('a').map((check) => ({ ...check, everyMs: 86_400_000 }));
    await planChecks(store, [slow!], nine);
    await claimDue(store, ['a'], nine);
    await planChecks(store, checks('a'), nine);
    expect(await claimDue(store, ['a'], after(60_000))).toEqual(['a']);
  });

  test('a clock that was a day ahead and is right again costs one rhythm, not a day', async () => {
    const store = await serverStore();
    const day = 86_400_000;
    await planChecks(store, checks('a', 'b'), after(day));
    expect((await claimDue(store, ['a', 'b'], after(day))).sort()).toEqual(['a', 'b']);
    expect(await claimDue(store, ['a'], nine)).toEqual([]);
    expect(await claimDue(store, ['a'], after(59_000))).toEqual([]);
    expect(await claimDue(store, ['a'], after(60_000))).toEqual(['a']);
    await planChecks(store, checks('b'), nine);
    expect(await claimDue(store, ['b'], after(60_000))).toEqual(['b']);
  });

  test('replicas whose clocks differ by seconds keep one rhythm', async () => {
    const store = await serverStore();
    await planChecks(store, checks('a'), nine);
    let claims = 0;
    for (let ms = 0; ms < 600_000; ms += 5_000) {
      claims += (await claimDue(store, ['a'], after(ms))).length;
      claims += (await claimDue(store, ['a'], after(ms + 20_000))).length;
    }
    expect(claims).toBeLessThanOrEqual(12);
  });

  test('another check under the same id is due at once, the same one is not', async () => {
    const store = await serverStore();
    await planChecks(store, checks('a'), nine);
    await claimDue(store, ['a'], nine);
    await planChecks(store, checks('a'), after(1_000));
    expect(await claimDue(store, ['a'], after(1_000))).toEqual([]);
    const [other] = checks('a').map((check) => ({ ...check, target: { port: 1 } }));
    await planChecks(store, [other!], after(1_000));
    expect(await claimDue(store, ['a'], after(1_000))).toEqual(['a']);
  });

  test('of several replicas that claim at once, one gets each check', async () => {
    const store = await serverStore();
    const ids = Array.from({ length: 50 }, (_, n) => `c${n}`);
    await planChecks(store, checks(...ids), nine);
    for (let slot = 0; slot < 5; slot += 1) {
      const now = after(slot * 60_000);
      const claims = await Promise.all(Array.from({ length: 4 }, () => claimDue(store, ids, now)));
      expect(claims.flat().sort()).toEqual([...ids].sort());
    }
  });

  test('checks that are no longer configured are not claimed', async () => {
    const store = await serverStore();
    await planChecks(store, checks('a', 'gone'), nine);
    expect(await claimDue(store, ['a'], nine)).toEqual(['a']);
  });
});

describe('createSchedule', () => {
  test('a tick runs what is due as one sweep, slow ones on their own, running ones not again', async () => {
    const store = await serverStore();
    const clock = testClock();
    const slow = Promise.withResolvers<void>();
    const runs: string[][] = [];
    const { schedule } = scheduleOf(store, {
      checks: checks('a', 'b', 'slow'),
      clock,
      isSlow: (check) => check.id === 'slow',
      run: (due) => {
        runs.push(due.map((check) => check.id).sort());
        return due[0]?.id === 'slow' ? slow.promise : Promise.resolve();
      },
    });
    await schedule.tick();
    await schedule.tick();
    clock.move(60_000);
    await schedule.tick();
    expect(runs).toEqual([['a', 'b'], ['slow'], ['a', 'b']]);
    slow.resolve();
    await schedule.stop();
    await schedule.tick();
    expect(runs).toHaveLength(3);
  });

  test('a database that is away costs ticks, not the schedule', async () => {
    const store = await serverStore();
    let broken = true;
    const away: Store = { ...store, db: () => (broken ? unreachable() : store.db()) };
    const log = memoryLog();
    const { schedule, runs } = scheduleOf(away, { checks: checks('a'), log });
    await schedule.tick();
    expect(log.lines.map((line) => line.level)).toEqual(['error']);
    broken = false;
    await schedule.tick();
    expect(runs).toEqual([['a']]);
  });
});

function unreachable(): never {
  throw new Error('connect ECONNREFUSED');
}

describe('regular runs', () => {
  test('measure, record and decide what is open; an on-demand look does not', async () => {
    const store = await serverStore();
    const check = checkOf(async () => ({ facts: { status: 500 } }), {
      everyMs: 1_000,
      fail: [{ ...failing }],
      openAfter: { hits: 2, of: 3 },
    });
    const health = createHealth({ ops: opsOf([check]), store, clock: systemClock, log: memoryLog(), reveal: String });
    onTestFinished(() => health.stop());
    const openState = async () => (await store.pool.query('select open_state from check_state')).rows[0]?.open_state;
    for await (const _ of health.measure({ scope: { kind: 'all' }, signal: new AbortController().signal }));
    expect(await openState()).toBeNull();
    health.start();
    await expect.poll(openState, { timeout: 25_000 }).toMatchObject({ open: true });
    await health.stop();
    const { rows } = await store.pool.query('select count(*) as n from check_result');
    expect(rows[0].n).toBeGreaterThanOrEqual(3);
  });
});

const failing = {
  rule: { when: 'true' },
  source: 'true',
  reads: [],
  evaluate: () => ({ kind: 'true' as const }),
  explain: () => undefined,
};
