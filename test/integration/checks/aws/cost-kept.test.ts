import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import cost from '../../../../src/checks/cost.ts';
import { createHealth } from '../../../../src/health/health.ts';
import { createKept } from '../../../../src/health/kept.ts';
import type { Kept } from '../../../../src/kernel/check.ts';
import { OpsError } from '../../../../src/kernel/errors.ts';
import { absentStore } from '../../../../src/store/absent.ts';
import { openStore, type Store } from '../../../../src/store/store.ts';
import { type CostState, costStandIn } from '../../../support/aws/cost-explorer.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { measure, now, type ProbeOptions, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { checkOf, opsOf } from '../../../support/checks.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { embeddedStore, sharedPostgres } from '../../../support/store.ts';

const state: CostState = { costs: () => ({ 'Amazon RDS': 10 }), forecast: () => 10, today: '2026-11-23' };
const aws = new AwsServer([costStandIn(state)]);
const clock = { now: () => now };
const hoursLater = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const once = { 'ce:GetCostAndUsage': 1, 'ce:GetCostForecast': 1 };

let regions = 0;
let region = '';
beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  // Each test has turns of its own at the API.
  regions += 1;
  region = `us-kept-${regions}`;
});

/** What a process that has just started keeps in this database. */
const started = (store: Store) => createKept({ store, clock })('cost');
const look = (params: object, options: ProbeOptions) => measure(cost, { region, budget: 500, ...params }, options);

test('a restart pays nothing: what was answered and how often is kept', async () => {
  const store = await embeddedStore();
  const { facts } = await look({}, { kept: started(store) });
  expect(facts).toMatchObject({ day_cost: 10, month_to_date: 230, forecast: 300, calls_today: 2, age_h: 0 });
  const again = await look({}, { kept: started(store), at: hoursLater(11) });
  expect(again.facts).toEqual({ ...facts, age_h: 11 });
  expect(aws.counts()).toEqual(once);
});

test('a restart with other keys is told nothing of the first account’s costs', async () => {
  const store = await embeddedStore();
  await look({}, { kept: started(store) });
  onTestFinished(() => useAws(aws.url));
  process.env.AWS_ACCESS_KEY_ID = 'AKIDOTHER';
  expect((await look({}, { kept: started(store) })).facts).toMatchObject({ calls_today: 2 });
  expect(aws.counts()['ce:GetCostAndUsage']).toBe(2);
});

test('what is kept names no account, role or external id', async () => {
  const store = await embeddedStore();
  const role = 'arn:aws:iam::123456789012:role/rounds-read';
  const account = { name: 'shop', role, externalId: 'rounds-7', region: undefined };
  const settings = { region: undefined, accounts: new Map([['shop', account]]) };
  // Nobody may take the role here: what is written before the call is there all the same.
  await refusal(look({ account: 'shop' }, { kept: started(store), aws: settings }));
  const { rows } = await store.pool.query('select type, key from check_kept order by key');
  expect(rows).toEqual([
    { type: 'cost', key: expect.stringMatching(/^calls [0-9a-f]{32}$/) },
    { type: 'cost', key: expect.stringMatching(/^costs 14 [0-9a-f]{32}$/) },
  ]);
});

test('health gives its own database to its checks, each type its own', async () => {
  const store = await embeddedStore();
  const run = async ({ kept }: Parameters<typeof cost.run>[0]) => {
    await kept.write('key', { n: 1 }, undefined);
    return { facts: {} };
  };
  const check = checkOf(run as Parameters<typeof checkOf>[0], { id: 'one', type: 'mine' });
  const health = createHealth({ ops: opsOf([check]), store, clock: store.time, log: memoryLog(), reveal: String });
  onTestFinished(() => health.stop());
  await health.regular(['one']);
  expect((await store.pool.query('select type, key, value from check_kept')).rows).toEqual([
    { type: 'mine', key: 'key', value: { n: 1 } },
  ]);
});

describe('replicas on one server', () => {
  async function twoStores(): Promise<[Store, Store]> {
    const databaseUrl = await (await sharedPostgres()).createDatabase();
    const open = () => openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
    const stores: [Store, Store] = [await open(), await open()];
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
    return stores;
  }

  test('that ask at the same time pay once, and say the same', async () => {
    const [one, two] = await twoStores();
    // The one that asks is let go on when each of the others has seen that it does.
    const others = Promise.withResolvers<void>();
    let reads = 0;
    const replicas = [one, two, one, two, one, two].map(started).map(
      (kept): Kept => ({
        async read(key) {
          const found = await kept.read(key);
          if (key.startsWith('costs')) reads += 1;
          if (reads === 6 + 5) others.resolve();
          return found;
        },
        async write(key, value, before) {
          const written = await kept.write(key, value, before);
          if (key.startsWith('costs') && written) await others.promise;
          return written;
        },
      }),
    );
    const [first, ...rest] = await Promise.all(replicas.map((kept) => look({}, { kept })));
    for (const other of rest) expect({ ...other.facts, calls_today: 2 }).toEqual({ ...first!.facts, calls_today: 2 });
    expect(aws.counts()).toEqual(once);
  });

  test('share the calls of a day', async () => {
    const [one, two] = await twoStores();
    const few = { budget: undefined, max_calls: 1 };
    await look(few, { kept: started(one) });
    expect(await refusal(look({ ...few, average_days: 10 }, { kept: started(two) }))).toMatchObject({
      reason: 'throttled',
      message: 'the 1 calls a day that Cost Explorer may get are used up',
    });
    expect(aws.counts()).toEqual({ 'ce:GetCostAndUsage': 1 });
  });

  test('while the server is away, what is known is told until it is too old; nothing is paid for', async () => {
    const [one] = await twoStores();
    const kept = started(one);
    await look({}, { kept });
    const server = await sharedPostgres();
    await server.kill();
    onTestFinished(() => server.restart());
    expect((await look({}, { kept, at: hoursLater(11) })).facts).toMatchObject({ day_cost: 10, age_h: 11 });
    for (const at of [hoursLater(12), hoursLater(13)])
      expect(await refusal(look({}, { kept, at }))).toMatchObject({
        ...{ reason: 'unreachable', next: expect.stringContaining('rounds doctor') },
        message: 'what checks of type cost keep lies in the database of Rounds, which is away',
      });
    expect(aws.counts()).toEqual(once);
  });
});

test('a process that never reached the database pays for nothing', async () => {
  const away = absentStore(new OpsError('unavailable', 'cannot reach the database at db:5432'), memoryLog());
  onTestFinished(() => away.close());
  expect(await refusal(look({}, { kept: started(away) }))).toMatchObject({ reason: 'unreachable', retryable: true });
  expect(aws.counts()).toEqual({});
});
