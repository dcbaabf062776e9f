import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import type { OnEvents } from '../../../src/health/events.ts';
import { createHealth } from '../../../src/health/health.ts';
import { silenceOverJob } from '../../../src/health/silences/change.ts';
import type { SilenceChange } from '../../../src/health/silences/model.ts';
import { defaultSlots } from '../../../src/jobs/lanes.ts';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import { createTimers } from '../../../src/jobs/timers.ts';
import { type Clock, systemClock } from '../../../src/kernel/clock.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { opsOf, testClock } from '../../support/checks.ts';
import { held, service } from '../../support/health.ts';
import { jobsOf } from '../../support/jobs.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, sharedPostgres } from '../../support/store.ts';

const anna = { actor: { id: 'slack:U1', name: 'anna', mention: '<@U1>' }, request: 'ABC123' };

/** A replica of the bot's lower half: health, queue, schedules, timers. */
async function replica(store: Store, checks: Check[], clock: Clock = systemClock, onEvents?: OnEvents) {
  const log = memoryLog();
  const jobs = await jobsOf(store);
  const timers = createTimers({ store, jobs, kinds: [silenceOverJob], clock, log });
  const told: SilenceChange[] = [];
  const onSilence = async (_tx: unknown, change: SilenceChange) => void told.push(change);
  const health = createHealth({ ops: opsOf(checks), store, clock, log, reveal: String, timers, onSilence, onEvents });
  const schedules = createSchedules({ store, clock, log, schedules: health.takeOn(jobs) });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      await schedules.stop();
      await timers.stop();
      await jobs.stop(100);
      await health.stop();
    })();
    return stopped;
  };
  onTestFinished(stop);
  const start = async () => {
    await jobs.start();
    timers.start();
    await schedules.start();
  };
  return { health, jobs, schedules, told, start, stop, log };
}

describe.each([
  ['embedded', () => embeddedStore().then((store) => async () => store)],
  [
    'server',
    async () => {
      const databaseUrl = await (await sharedPostgres()).createDatabase();
      return async () => {
        const store = await openStore({ databaseUrl, dataDir: '/', log: memoryLog() });
        onTestFinished(() => store.close());
        return store;
      };
    },
  ],
])('regular runs through the queue (%s)', (kind, opening) => {
  let open: () => Promise<Store>;
  beforeAll(async () => {
    open = await opening();
  });

  test('new checks are measured at once, recorded, and by one replica', async () => {
    const [a, s] = [service('a'), service('s', { timeoutMs: 60_000 })];
    const stores = kind === 'server' ? [await open(), await open()] : [await open()];
    const replicas = await Promise.all(stores.map((store) => replica(store, [a.check, s.check])));
    await Promise.all(replicas.map(({ start }) => start()));
    const measured = async () =>
      (await stores[0]!.pool.query('select check_id from check_state where regular_at is not null order by 1')).rows;
    await expect.poll(measured, { timeout: 20_000 }).toEqual([{ check_id: 'a' }, { check_id: 's' }]);
    // At most one turn of the minute may have come in between.
    expect(a.state.runs).toBeLessThanOrEqual(2);
    await Promise.all(replicas.map(({ stop }) => stop()));
    expect(replicas.flatMap(({ jobs }) => jobs.told).filter(({ outcome }) => outcome !== 'done')).toEqual([]);
    const { rows } = await stores[0]!.pool.query('select check_id, count(*) as n from check_result group by 1');
    expect(rows.map(({ n }) => Number(n)).every((n) => n <= 2)).toBe(true);
  });

  test('a bot that stops in a sweep hands it back, and another carries it out', async () => {
    const store = await open();
    await store.pool.query('truncate check_state, check_result');
    const slow = held('h', { everyMs: 86_400_000 });
    const first = await replica(store, [slow.check]);
    await first.start();
    await slow.begun;
    await first.stop();
    expect((await store.pool.query('select 1 from check_state')).rows).toEqual([]);
    const next = service('h', { everyMs: 86_400_000 });
    const second = await replica(store, [next.check]);
    await second.start();
    await expect.poll(() => next.state.runs, { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
  });

  test('slow checks that hang hold no quick one back', async () => {
    const store = await open();
    await store.pool.query('truncate check_state, check_result');
    const slow = Array.from({ length: 12 }, (_, n) => held(`s${n}`, { timeoutMs: 60_000 }));
    const quick = service('quick', { everyMs: 5_000 });
    const { start } = await replica(store, [...slow.map(({ check }) => check), quick.check]);
    await start();
    const hanging = () => slow.filter(({ runs }) => runs() > 0).length;
    await expect.poll(hanging, { timeout: 20_000 }).toBe(defaultSlots.slow);
    const before = quick.state.runs;
    await expect.poll(() => quick.state.runs, { timeout: 20_000 }).toBeGreaterThan(before);
    for (const each of slow) each.release();
  });

  test('a daily check that fails while the database goes away is recorded and told of when it is back', async () => {
    const store = await open();
    await store.pool.query('truncate check_state, check_result');
    const daily = service('d', { everyMs: 86_400_000 });
    daily.state.status = 503;
    const told: string[] = [];
    const { jobs, start } = await replica(store, [daily.check], systemClock, async (_tx, events) => {
      if (daily.state.runs < 3) throw new Error('Connection terminated unexpectedly');
      told.push(...events.map(({ checkId, event }) => `${checkId} ${event}`));
    });
    await start();
    const finished = () => jobs.told.filter(({ kind }) => kind === 'health.sweep');
    await expect.poll(() => finished().map(({ outcome }) => outcome), { timeout: 20_000 }).toContain('done');
    expect(finished().filter(({ outcome }) => outcome !== 'done')).toMatchObject([
      { outcome: 'retried', reason: 'database' },
      { outcome: 'retried', reason: 'database' },
    ]);
    expect(told).toEqual(['d opened']);
    expect((await store.pool.query('select outcome from check_state')).rows).toEqual([{ outcome: 'fail' }]);
  });

  test('when the time of a mute is up, its checks are spoken of again', async () => {
    const store = await open();
    const clock = testClock(systemClock.now().toISOString());
    const { health, start, told } = await replica(store, [service('m', { everyMs: 86_400_000 }).check], clock);
    await start();
    await health.muteCheck(anna, { checkId: 'm', forMs: 3_600_000 });
    expect(told.map((change) => change.kind)).toEqual(['begun']);
    clock.move(3_600_001);
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toEqual({ kind: 'ended', checkIds: ['m'] });
  });
});
