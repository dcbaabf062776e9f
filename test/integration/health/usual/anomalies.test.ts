import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/store.ts';
import { embeddedStore, serverStore } from '../../../support/store.ts';
import { dayAfter, forget, localTime, shopOf, usualRules } from '../../../support/usual.ts';

const today = '2026-10-20';
const daysBefore = (days: number) => dayAfter(today, -days);
const steady = [240, 240, 240, 240, 240, 240, 240];
const notYet = (fact: string, days: number) => `not yet: baseline(${fact}) needs 3 days, has ${days}`;

describe.each([
  ['the embedded database', embeddedStore],
  ['PostgreSQL', serverStore],
])('what is planted is found, on %s', (_, openStore) => {
  let store: Store;
  beforeAll(async () => {
    store = await openStore();
  });
  beforeEach(() => forget(store));

  /** Requests at ten o'clock of each day before, the newest first (null = not measured), and what is said of today's. */
  async function saidOf(before: (number | null)[], now: number | undefined, rules?: string[]) {
    const shop = await shopOf(store, rules ? { check: { warn: usualRules(...rules) } } : {});
    for (const [index, requests] of before.entries())
      if (requests !== null) await shop.hour(daysBefore(index + 1), 10, requests);
    return shop.measured(localTime(shop.zone, today, 10, 30), now);
  }

  test.each<[string, (number | null)[], number, string, string]>([
    [
      'a spike to three times',
      steady,
      720,
      'warn',
      'requests 720 is over twice the usual 240 at this hour (median of 7 days)',
    ],
    [
      'a drop to a tenth',
      steady,
      24,
      'warn',
      'requests 24 is under half of the usual 240 at this hour (median of 7 days)',
    ],
    ['as constant as ever', steady, 240, 'ok', 'requests 240'],
    ['nothing where nothing is usual', steady.map(() => 0), 0, 'ok', 'requests 0'],
    [
      'days without data count for nothing, not for zero',
      [240, null, null, 240, 240, null, 240],
      100,
      'warn',
      'requests 100 is under half of the usual 240 at this hour (median of 4 days)',
    ],
    ['one poisoned day', [9_000, ...steady.slice(1)], 250, 'ok', 'requests 250'],
    ['three poisoned days', [9_000, 9_000, 9_000, 240, 240, 240, 240], 250, 'ok', 'requests 250'],
    [
      'what lasts for four days is the new usual',
      [9_000, 9_000, 9_000, 9_000, 240, 240, 240],
      250,
      'warn',
      'requests 250 is under half of the usual 9000 at this hour (median of 7 days)',
    ],
    [
      'the eighth day back is forgotten',
      [100, 100, 100, 300, 300, 300, 200, 9_000],
      90,
      'warn',
      'requests 90 is under half of the usual 200 at this hour (median of 7 days)',
    ],
  ])('%s', async (_, before, now, outcome, reason) => {
    expect(await saidOf(before, now)).toMatchObject({ outcome, reason, notes: [] });
  });

  test('a gap now is unknown, whatever is usual', async () => {
    expect(await saidOf(steady, undefined)).toMatchObject({
      outcome: 'unknown',
      reason: "can't judge `requests > 2 * baseline(requests)`: requests is missing",
    });
  });

  test('two days are not enough: the rules wait, and say so', async () => {
    const said = await saidOf([240, 240], 9_000);
    expect(said).toMatchObject({ outcome: 'ok', notes: [notYet('requests', 2)] });
  });

  test('what needs no past is judged from the first day on', async () => {
    const said = await saidOf([], 9_000, ['requests > 2 * baseline(requests) || requests > 5000']);
    expect(said).toMatchObject({ outcome: 'warn', reason: 'requests 9000 (limit 5000)' });
  });

  test('a distance from what is usual', async () => {
    const said = await saidOf(steady, 100, ['abs(requests - baseline(requests)) > 100']);
    expect(said).toMatchObject({
      outcome: 'warn',
      value: 140,
      limit: 100,
      reason: 'abs(requests - baseline(requests)) 140 (limit 100); usual at this hour: requests 240 (median of 7 days)',
    });
  });
});
