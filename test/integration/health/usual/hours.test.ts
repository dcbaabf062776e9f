import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Check, MaintenanceWindow } from '../../../../src/config/model.ts';
import { rollUp } from '../../../../src/health/rollup.ts';
import type { Store } from '../../../../src/store/store.ts';
import { checkOf, condition } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { embeddedStore, serverStore } from '../../../support/store.ts';
import {
  dayAfter,
  forget,
  localTime,
  notYet,
  setClock,
  shopCheck,
  shopOf,
  usually,
  usualRules,
} from '../../../support/usual.ts';

describe.each([
  ['the embedded database', embeddedStore],
  ['PostgreSQL', serverStore],
])('an hour is that of the wall clock, on %s', (_, openStore) => {
  let store: Store;
  beforeAll(async () => {
    store = await openStore();
  });
  beforeEach(() => forget(store));

  test.each([
    ['put back', '2026-10-20'],
    ['put forward', '2027-03-23'],
  ])('also where it is %s', async (_, first) => {
    const shop = await shopOf(store);
    // A hundred times the hour: whoever takes the hours of UTC finds the hours beside.
    for (let day = 0; day < 9; day += 1) {
      for (const hour of [8, 9, 10]) await shop.hour(dayAfter(first, day), hour, 100 * hour);
      shop.clock.set(localTime(shop.zone, dayAfter(first, day), 9, 50));
      expect(await shop.usual()).toEqual(day < 3 ? notYet(day) : usually(900, Math.min(7, day)));
    }
  });

  test('one that happens twice counts once, with the samples of both', async () => {
    const shop = await shopOf(store);
    for (const day of ['2026-10-23', '2026-10-24']) await shop.hour(day, 2, 10);
    const first = localTime(shop.zone, '2026-10-25', 2, 10);
    // In neither of the two are there enough.
    for (const at of [first, first + 600_000, first + 3_600_000, first + 4_200_000]) await shop.measured(at, 30);
    await shop.hour('2026-10-26', 2, 50);
    shop.clock.set(localTime(shop.zone, '2026-10-27', 2, 10));
    expect(await shop.usual()).toEqual(usually(20, 4));
  });

  test('one that does not happen is no day', async () => {
    const shop = await shopOf(store);
    for (let day = 24; day < 32; day += 1) if (day !== 28) await shop.hour(`2027-03-${day}`, 2, 10);
    shop.clock.set(localTime(shop.zone, '2027-04-01', 2, 10));
    expect(await shop.usual()).toEqual(usually(10, 6));
  });

  test('too few samples are no hour', async () => {
    const shop = await shopOf(store);
    for (const day of ['2026-10-17', '2026-10-18']) await shop.hour(day, 10, 10);
    for (const minutes of [5, 25]) await shop.measured(localTime(shop.zone, '2026-10-19', 10, minutes), 10);
    shop.clock.set(localTime(shop.zone, '2026-10-20', 10, 5));
    expect(await shop.usual()).toEqual(notYet(2));
  });

  test('a check that runs once a day needs one', async () => {
    const shop = await shopOf(store, { check: { everyMs: 86_400_000 } });
    for (const day of [17, 18, 19]) await shop.measured(localTime(shop.zone, `2026-10-${day}`, 10), day);
    shop.clock.set(localTime(shop.zone, '2026-10-20', 10));
    expect(await shop.usual()).toEqual(usually(18, 3));
  });

  test('one odd sample makes no odd hour, and what people ask in between counts for nothing', async () => {
    const shop = await shopOf(store);
    for (const day of ['2026-10-17', '2026-10-18', '2026-10-19']) {
      await shop.measured(localTime(shop.zone, day, 10, 1), 100_000);
      await shop.hour(day, 10, 10);
      const asked = shop.health.measure({ scope: { kind: 'all' }, signal: new AbortController().signal });
      for await (const _ of asked);
    }
    const { rows } = await store.pool.query('select distinct n from check_usual');
    expect(rows).toEqual([{ n: 4 }]);
    shop.clock.set(localTime(shop.zone, '2026-10-20', 10, 5));
    expect(await shop.usual()).toEqual(usually(10, 3));
  });

  test('what nobody looks back to is deleted, and no more', async () => {
    const shop = await shopOf(store);
    for (let day = 1; day <= 10; day += 1) await shop.hour(dayAfter('2026-10-10', day), 10, 10);
    await rollUp(store, new Date('2026-10-20T21:59:00Z'));
    const { rows } = await store.pool.query('select day::text from check_usual order by day');
    expect(rows.map(({ day }) => day)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20].map((day) => `2026-10-${day}`));
  });
});

describe('what says nothing of what is usual', () => {
  let store: Store;
  beforeAll(async () => {
    store = await embeddedStore();
  });
  beforeEach(() => forget(store));

  const days = ['2026-10-17', '2026-10-18', '2026-10-19'];

  test('planned work', async () => {
    const window: MaintenanceWindow = {
      ...{ id: 'nightly', match: {}, cron: '0 10 * * *', zone: 'Europe/Berlin', forMs: 1_800_000, mode: 'mute' },
    };
    const shop = await shopOf(store, { ops: { maintenance: [window] } });
    for (const day of days) {
      await shop.hour(day, 10, 10);
      await shop.hour(day, 11, 10);
    }
    shop.clock.set(localTime(shop.zone, '2026-10-20', 10, 5));
    expect(await shop.usual()).toEqual(notYet(0));
    shop.clock.set(localTime(shop.zone, '2026-10-20', 11, 5));
    expect(await shop.usual()).toEqual(usually(10, 3));
  });

  test('what could not be judged, and what stands on something that is down', async () => {
    const zone = 'Europe/Berlin';
    const clock = setClock();
    const gate = condition('down', () => true);
    const parent = checkOf(async () => ({ facts: {} }), { id: 'parent', fail: [gate] });
    const odd = usualRules('1.0 / (requests - 240.0) > 1.0')[0]!;
    const shop = (over: Partial<Check>) => shopCheck(() => 240, over);
    const { warn } = shop({});
    // It warns by itself: only what is not well can be blocked.
    const loud = condition('loud', () => true);
    const checks = [
      ...[parent, shop({ id: 'blocked', dependsOn: ['parent'], warn: [...warn, loud] })],
      ...[shop({ id: 'unknown', warn: [...warn, odd] }), shop({ id: 'failed', fail: [loud] })],
    ];
    const { health } = await healthOf(checks, { team: { name: 'Test', zone, holidays: [] }, store, clock });
    for (const day of days) {
      for (const minutes of [5, 25, 45]) {
        clock.set(localTime(zone, day, 10, minutes));
        await health.regular(checks.map(({ id }) => id));
      }
    }
    clock.set(localTime(zone, '2026-10-20', 10, 5));
    const usual = async (id: string) => (await health.details(id)).usual;
    expect(await usual('parent')).toBeUndefined();
    expect(await usual('blocked')).toEqual(notYet(0));
    expect(await usual('unknown')).toEqual(notYet(0));
    expect(await usual('failed')).toEqual(usually(240, 3));
  });

  test('what was measured of something else; other rules change nothing', async () => {
    const shop = await shopOf(store);
    for (const day of days) await shop.hour(day, 10, 10);
    shop.clock.set(localTime(shop.zone, '2026-10-20', 10, 5));
    const rules = await shop.beside({ warn: shopCheck(() => 0).warn.slice(1) });
    expect(await shop.usual(rules)).toEqual(usually(10, 3));
    const target = await shop.beside({ target: { host: 'another.example.com' } });
    expect(await shop.usual(target)).toEqual(notYet(0));
    // It takes the hour over, and does not mix.
    await shop.hour('2026-10-19', 10, 500, target);
    const { rows } = await store.pool.query("select n, sum from check_usual where day = '2026-10-19'");
    expect(rows).toEqual([{ n: 3, sum: 1500 }]);
  });
});
