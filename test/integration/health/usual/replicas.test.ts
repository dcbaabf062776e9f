import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordSweep } from '../../../../src/health/history.ts';
import { judgeResult } from '../../../../src/health/report.ts';
import { localHourOf } from '../../../../src/health/usual/model.ts';
import { earlierDays } from '../../../../src/health/usual/stored.ts';
import type { Store } from '../../../../src/store/store.ts';
import { condition, opsOf } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { embeddedStore, serverStore } from '../../../support/store.ts';
import { forget, localTime, notYet, setClock, shopCheck, shopOf, usually } from '../../../support/usual.ts';

const days = ['2026-10-17', '2026-10-18', '2026-10-19'];

test('two replicas fill the same hours, and both know what is usual; so does one that was started since', async () => {
  const store = await serverStore();
  const shop = await shopOf(store);
  const other = await shop.beside();
  for (const day of days) {
    await shop.measured(localTime(shop.zone, day, 10, 5), 240);
    await shop.measured(localTime(shop.zone, day, 10, 25), 240, other);
    expect(await shop.usual(other)).toEqual(notYet(days.indexOf(day)));
    shop.clock.set(localTime(shop.zone, day, 10, 45));
    await Promise.all([shop.health.regular(['shop']), other.regular(['shop'])]);
  }
  const { rows } = await store.pool.query('select distinct n from check_usual');
  expect(rows).toEqual([{ n: 4 }]);
  const at = localTime(shop.zone, '2026-10-20', 10, 5);
  for (const by of [shop.health, other, await shop.beside()]) {
    expect(await shop.measured(at, 24, by)).toMatchObject({
      outcome: 'warn',
      reason: 'requests 24 is under half of the usual 240 at this hour (median of 3 days)',
    });
    expect(await shop.usual(by)).toEqual(usually(240, 3));
  }
});

test('without the database it is unknown, never ok; what was read this hour counts on', async () => {
  const store = await embeddedStore();
  const shop = await shopOf(store);
  for (const day of days) {
    await shop.hour(day, 10, 240);
    await shop.hour(day, 11, 240);
  }
  await shop.measured(localTime(shop.zone, '2026-10-20', 10, 5), 240);
  await store.close();
  const during = await shop.measured(localTime(shop.zone, '2026-10-20', 10, 10), 24);
  expect(during).toMatchObject({ outcome: 'warn' });
  const after = await shop.measured(localTime(shop.zone, '2026-10-20', 11, 5), 240);
  expect(after).toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('baseline(requests) is not known: the earlier days were not read'),
  });
  expect(await shop.usual()).toEqual([{ fact: 'requests', kind: 'unread' }]);
});

/** Counts what a store is asked from now on, transactions included. */
function statementsOf(store: Store): { asked: string[] } {
  const asked: string[] = [];
  const counted = new WeakSet<object>();
  store.pool.on('acquire', (client) => {
    if (counted.has(client)) return;
    counted.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [first] = args;
        asked.push(typeof first === 'string' ? first : (first as { text: string }).text);
        return query(...args);
      },
    });
  });
  return { asked };
}

test('a thousand checks cost one statement more an hour', async () => {
  const store = await serverStore();
  const clock = setClock();
  const quiet = [condition('quiet', () => false)];
  const ids = Array.from({ length: 1_000 }, (_, n) => `shop-${n}`);
  const team = { name: 'Test', zone: 'Europe/Berlin', holidays: [] };
  const { asked } = statementsOf(store);
  /** How many statements each of three sweeps takes: two in one hour, one in the next. */
  const costs = async (over: Parameters<typeof shopCheck>[1]) => {
    await forget(store);
    const checks = ids.map((id) => shopCheck(() => 240, { ...over, id }));
    const { health } = await healthOf(checks, { team, limits: opsOf([]).limits, store, clock });
    clock.set(localTime(team.zone, '2026-10-20', 10, 1));
    // The first sweep of all finds nothing to lock.
    await health.regular(ids);
    const each = [];
    for (const [hour, minutes] of [
      [10, 5],
      [10, 10],
      [11, 0],
    ] as const) {
      clock.set(localTime(team.zone, '2026-10-20', hour, minutes));
      asked.length = 0;
      expect(await health.regular(ids)).toEqual([]);
      each.push(asked.length);
    }
    return each;
  };
  const [before = 0, ...same] = await costs({ warn: quiet });
  expect(same).toEqual([before, before]);
  expect(await costs({})).toEqual([before, before, before + 1]);
  expect((await store.pool.query('select 1 from check_usual')).rows).toHaveLength(2_000);
});

test('in which order samples arrive changes nothing', async () => {
  const store = await embeddedStore();
  const check = shopCheck(() => 0);
  const zone = 'Europe/Berlin';
  const base = localTime(zone, '2026-10-19', 10);
  // Decimals, which floats can't sum up in any order to the same.
  const near = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1_000);
  const far = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  const samples = fc.uniqueArray(fc.record({ minute: fc.nat({ max: 119 }), value: fc.oneof(near, far) }), {
    minLength: 1,
    maxLength: 8,
    selector: ({ minute }) => minute,
  });
  const shuffled = samples.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  const recorded = async (all: { minute: number; value: number }[]) => {
    await forget(store);
    for (const { minute, value } of all) {
      const at = new Date(base + minute * 60_000);
      const result = {
        kind: 'measured',
        at,
        earlier: undefined,
        facts: { requests: value },
        size: 10,
        attempts: 1,
        durationMs: 1,
      } as const;
      const state = judgeResult({ check, result, last: undefined, history: [] });
      const usual = [{ ...localHourOf(zone, at), fact: 'requests', measures: 'it', value }];
      const { outcome, since, reason } = state.report;
      const shown = { outcome, since, reason };
      await recordSweep(store, [{ ...state, shown, everyMs: 60_000, usual }], { at });
    }
    const wanted = [{ id: 'shop', fact: 'requests', measures: 'it', enough: 1 }];
    const at = (hour: number) => earlierDays(store, wanted, { day: '2026-10-20', hour });
    return [await at(10), await at(11)];
  };
  const three = [1e300, 0.1, -1e300].map((value, minute) => ({ minute, value }));
  expect((await recorded(three))[0]).toEqual([{ id: 'shop', fact: 'requests', value: 0.1 }]);
  await fc.assert(
    fc.asyncProperty(shuffled, async ([inOrder, inDisorder]) => {
      expect(await recorded(inDisorder)).toEqual(await recorded(inOrder));
    }),
    { numRuns: 40 },
  );
});
