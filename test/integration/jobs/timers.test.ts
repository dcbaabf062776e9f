import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { defineJob, type Enqueuing, type JobKind } from '../../../src/jobs/model.ts';
import { createTimers, type TimersOptions } from '../../../src/jobs/timers.ts';
import type { LateTimers } from '../../../src/jobs/timers-late.ts';
import type { Timers } from '../../../src/jobs/timing.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Store, Tx } from '../../../src/store/store.ts';
import { testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore, sharedPostgres } from '../../support/store.ts';
import { type TableJobs, tableJobs } from '../../support/table-jobs.ts';

const minute = 60_000;
const quick = { lane: 'messages', retry: { limit: 3, firstMs: 1_000, maxMs: 60_000 } } as const;
const page = defineJob({ name: 'incidents.page', schema: z.object({ incident: z.number() }), ...quick });
const remind = defineJob({ ...page, name: 'incidents.remind' });

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('business timers (%s)', (_, open) => {
  let store: Store;
  let jobs: TableJobs;
  beforeAll(async () => {
    store = await open();
    jobs = await tableJobs(store);
  });
  beforeEach(async () => {
    await store.pool.query('truncate business_timer, job_under_test');
  });

  function setUp(over: Partial<TimersOptions> = {}) {
    const clock = testClock('2026-11-23T03:00:00Z');
    const log = memoryLog();
    const timers = createTimers({ store, jobs, kinds: [page, remind], clock, log, ...over });
    const at = (time: string) => new Date(`2026-11-23T${time}Z`);
    const transaction = (work: (tx: Tx) => Promise<void>) => store.transaction<unknown, void>(work);
    const set = (key: string, dueAt: Date, incident = 1) =>
      transaction((tx) => timers.set(tx, { key, dueAt, kind: page, data: { incident } }));
    return { timers, clock, log, at, set, transaction };
  }
  const waiting = async () => (await jobs.waiting()).map(({ kind, data }) => [kind, data]);
  const keys = async () =>
    (await store.pool.query<{ key: string }>('select key from business_timer order by key')).rows.map(({ key }) => key);

  test('a timer becomes a job when it is due, never before, and once', async () => {
    const { timers, clock, at, set } = setUp();
    await set('incident/7/update', at('03:30'), 7);
    expect(await timers.tick()).toBe(0);
    clock.move(30 * minute - 1);
    expect(await timers.tick()).toBe(0);
    expect(await waiting()).toEqual([]);
    clock.move(1);
    expect(await timers.tick()).toBe(1);
    expect(await waiting()).toEqual([['incidents.page', { incident: 7 }]]);
    clock.move(minute);
    expect(await timers.tick()).toBe(0);
  });

  test('a timer that is set again is moved, forward and back', async () => {
    const { timers, clock, at, set } = setUp();
    await set('a', at('03:10'), 1);
    await set('a', at('03:20'), 2);
    clock.move(19 * minute);
    expect(await timers.tick()).toBe(0);
    await set('a', at('03:05'), 3);
    expect(await timers.tick()).toBe(1);
    expect(await waiting()).toEqual([['incidents.page', { incident: 3 }]]);
    // Set once more for the same time: another deadline, another job.
    await set('a', at('03:05'), 3);
    expect(await timers.tick()).toBe(1);
    expect(await jobs.waiting()).toHaveLength(2);
  });

  test('the clock of the application decides, not the database’s; one that goes back keeps nothing early', async () => {
    const { timers, clock, at, set } = setUp();
    await set('a', at('03:05'));
    clock.move(-10 * minute);
    expect(await timers.tick()).toBe(0);
    clock.move(14 * minute);
    expect(await timers.tick()).toBe(0);
    clock.move(minute);
    expect(await timers.tick()).toBe(1);
    clock.move(-10 * minute);
    await set('b', at('03:02'));
    clock.move(20 * minute);
    expect(await timers.tick()).toBe(1);
    expect(await jobs.waiting()).toHaveLength(2);
  });

  test('cancelled timers come to nothing', async () => {
    const { timers, clock, at, set, transaction } = setUp();
    await set('a', at('03:05'));
    await set('b', at('03:05'));
    await transaction((tx) => timers.cancel(tx, 'a'));
    await transaction((tx) => timers.cancel(tx, 'nothing'));
    clock.move(10 * minute);
    expect(await timers.tick()).toBe(1);
    expect(await keys()).toEqual([]);
  });

  test('cancelAll takes a prefix letter by letter', async () => {
    const { timers, at, set, transaction } = setUp();
    for (const key of [
      'in_ident/4/a',
      'in_ident/42',
      'in_ident/4/b',
      'incident/4/c',
      '100%/x',
      '100 000/x',
      'a\\b/1',
      'ab/1',
    ]) {
      await set(key, at('03:05'));
    }
    await transaction((tx) => timers.cancelAll(tx, 'in_ident/4/'));
    expect(await keys()).toEqual(['100 000/x', '100%/x', 'a\\b/1', 'ab/1', 'in_ident/42', 'incident/4/c'].sort());
    await transaction((tx) => timers.cancelAll(tx, '100%'));
    await transaction((tx) => timers.cancelAll(tx, 'a\\b'));
    expect(await keys()).toEqual(['100 000/x', 'ab/1', 'in_ident/42', 'incident/4/c'].sort());
    await expect(transaction((tx) => timers.cancelAll(tx, ''))).rejects.toThrow('all timers would be cancelled');
  });

  test('a transaction that is rolled back leaves timers as they were', async () => {
    const { timers, at, set, transaction } = setUp();
    await set('a', at('03:05'));
    const failing = transaction(async (tx) => {
      await timers.set(tx, { key: 'b', dueAt: at('03:05'), kind: page, data: { incident: 1 } });
      await timers.cancel(tx, 'a');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await keys()).toEqual(['a']);
  });

  test('what could never run is refused when it is set', async () => {
    const { timers, at, set, transaction } = setUp();
    const setAny = (timer: { data?: unknown; kind?: JobKind<unknown> }) =>
      transaction((tx) =>
        timers.set(tx, { key: 'a', dueAt: at('03:05'), kind: page, data: { incident: 1 }, ...timer }),
      );
    await expect(setAny({ data: { incident: 'seven' } })).rejects.toThrow(z.ZodError);
    await expect(setAny({ kind: { ...page, name: 'other' } })).rejects.toThrow('do not know the kind other');
    await expect(set('', at('03:05'))).rejects.toThrow('a timer has a key');
    await expect(set('a', new Date(Number.NaN))).rejects.toThrow('due at no time');
    expect(await keys()).toEqual([]);
  });

  test('a kind that this version does not know is left to one that does, and logged once', async () => {
    const newer = setUp();
    await newer.set('a', newer.at('03:05'));
    const older = setUp({ kinds: [remind], clock: newer.clock });
    newer.clock.move(10 * minute);
    expect(await older.timers.tick()).toBe(0);
    expect(await older.timers.tick()).toBe(0);
    expect(older.log.lines.map(({ level, fields }) => [level, fields])).toEqual([['warn', { kind: 'incidents.page' }]]);
    expect(await newer.timers.tick()).toBe(1);
  });

  test('many are taken in batches, in the order they are due', async () => {
    const { timers, clock, at } = setUp();
    await store.pool.query(
      `insert into business_timer (key, due_at, kind, data, set_at, turn)
       select 't' || n, $1::timestamptz + n * interval '1 second', $2, jsonb_build_object('incident', n), $1, n
       from generate_series(1, 250) n order by random()`,
      [at('03:00'), page.name],
    );
    clock.move(240_000);
    expect(await timers.tick()).toBe(240);
    const order = (await jobs.waiting()).map(({ data }) => (data as { incident: number }).incident);
    expect(order).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
  });

  test('two replicas that tick at once make one job of each timer', async () => {
    const one = setUp();
    const two = setUp({ clock: one.clock });
    for (let n = 0; n < 40; n += 1) await one.set(`t${n}`, one.at('03:05'), n);
    one.clock.move(6 * minute);
    const counts = await Promise.all([one, two, one, two].map(({ timers }) => timers.tick()));
    expect(counts.reduce((sum, count) => sum + count)).toBe(40);
    expect(await jobs.waiting()).toHaveLength(40);
    expect(await keys()).toEqual([]);
  });

  test('a job that can’t be enqueued holds back no other, and is tried again', async () => {
    let broken = true;
    const failing: Enqueuing = {
      ...jobs,
      enqueue: async (tx, kind, data, options) => {
        if (broken && JSON.stringify(data).includes('13')) await sql`select 1 / 0`.execute(tx);
        return await jobs.enqueue(tx, kind, data, options);
      },
    };
    const { timers, clock, log, at, set } = setUp({ jobs: failing });
    for (const n of [12, 13, 14]) await set(`t${n}`, at('03:05'), n);
    clock.move(5 * minute + 1);
    expect(await timers.tick()).toBe(2);
    expect(await timers.tick()).toBe(0);
    expect(await keys()).toEqual(['t13']);
    expect(log.lines.map(({ level, fields }) => [level, fields])).toMatchObject([['error', { timer: 't13' }]]);
    broken = false;
    // Another process, as after a restart: this one waits a minute.
    expect(await setUp({ clock }).timers.tick()).toBe(1);
  });

  describe('more than a minute late', () => {
    test('is told with how many, which and when, once, in the transaction of their jobs', async () => {
      const told: unknown[] = [];
      const onLate = async (late: unknown, tx: Tx) => {
        told.push(late);
        await jobs.enqueue(tx, remind, { incident: 0 }, { key: 'late' });
      };
      const { timers, clock, log, at, set } = setUp({ onLate });
      for (const [key, time] of [
        ['a', '03:04'],
        ['b', '03:10'],
        ['c', '03:07'],
        ['d', '03:11:30'],
      ] as const) {
        await set(key, at(time));
      }
      clock.move(12 * minute);
      expect(await timers.tick()).toBe(4);
      await timers.tick();
      const late = {
        count: 3,
        worstMs: 8 * minute,
        keys: ['a', 'c', 'b'],
        firstDueAt: at('03:04'),
        lastDueAt: at('03:10'),
        keptAt: at('03:12'),
      };
      expect(told).toEqual([late]);
      expect(log.lines).toEqual([{ level: 'warn', fields: late, message: 'deadlines were kept late' }]);
      expect((await waiting()).map(([kind]) => kind)).toEqual([...Array(4).fill(page.name), remind.name]);
    });

    test('is told once however many they are', async () => {
      const told: LateTimers[] = [];
      const { timers, clock, log, transaction, at } = setUp({ onLate: (late) => void told.push(late) });
      await transaction(async (tx) => {
        for (let n = 0; n < 450; n += 1)
          await timers.set(tx, { key: `t${n}`, dueAt: at(`03:00:01.${n + 100}`), kind: page, data: { incident: n } });
      });
      clock.move(60 * minute);
      expect(await timers.tick()).toBe(450);
      const [first, last] = [at('03:00:01.100'), at('03:00:01.549')];
      expect(told).toMatchObject([{ count: 450, firstDueAt: first, lastDueAt: last, keptAt: at('04:00') }]);
      expect(told[0]?.keys).toHaveLength(20);
      expect(log.lines).toHaveLength(1);
    });

    test('is told by the next tick what the one before could not get to', async () => {
      const told: LateTimers[] = [];
      let left = 150;
      const failing: Enqueuing = {
        ...jobs,
        enqueue: (...args) => {
          left -= 1;
          if (left === 0) throw new OpsError('unavailable', 'gone');
          return jobs.enqueue(...args);
        },
      };
      const { timers, clock, transaction, at } = setUp({ jobs: failing, onLate: (late) => void told.push(late) });
      await transaction(async (tx) => {
        for (let n = 0; n < 200; n += 1)
          await timers.set(tx, { key: `t${n}`, dueAt: at('03:01'), kind: page, data: { incident: n } });
      });
      clock.move(60 * minute);
      await timers.tick();
      await timers.tick();
      expect(told).toMatchObject([{ count: 200 }]);
    });

    test('what can’t be announced is kept nevertheless', async () => {
      const onLate = async (_late: unknown, tx: Tx) => {
        await sql`select 1 / 0`.execute(tx);
      };
      const { timers, clock, log, at, set } = setUp({ onLate });
      await set('a', at('03:04'));
      clock.move(12 * minute);
      expect(await timers.tick()).toBe(1);
      expect(await jobs.waiting()).toHaveLength(1);
      expect(log.lines.map(({ message }) => message)).toEqual([
        'late deadlines could not be announced',
        'deadlines were kept late',
      ]);
    });
  });

  test('started, it ticks by itself and ends', async () => {
    const { timers, clock, at, set } = setUp();
    await set('a', at('03:05'));
    timers.start();
    onTestFinished(() => timers.stop());
    clock.move(5 * minute);
    await vi.waitFor(async () => expect(await jobs.waiting()).toHaveLength(1), { timeout: 5_000 });
    await timers.stop();
  });
});

test('a timer that a verb has in its hands holds back no other, and is kept as the verb leaves it', async () => {
  const store = await serverStore();
  const jobs = await tableJobs(store);
  const clock = testClock('2026-11-23T03:00:00Z');
  const timers = createTimers({ store, jobs, kinds: [page], clock, log: memoryLog() });
  const set = (tx: Tx, key: string, minutes: number) =>
    timers.set(tx, {
      key,
      dueAt: new Date(clock.now().getTime() + minutes * minute),
      kind: page,
      data: { incident: minutes },
    });
  await store.transaction<unknown, void>(async (tx) => {
    await set(tx, 'held', 1);
    await set(tx, 'other', 2);
  });
  clock.move(5 * minute);
  await store.transaction<unknown, void>(async (tx) => {
    await set(tx, 'held', 10);
    expect(await timers.tick()).toBe(1);
  });
  expect(await timers.tick()).toBe(0);
  clock.move(10 * minute);
  expect(await timers.tick()).toBe(1);
  expect((await jobs.waiting()).map(({ data }) => data)).toEqual([{ incident: 2 }, { incident: 10 }]);
});

test('a database that restarts loses no deadline, keeps none early and none twice', async () => {
  const store = await serverStore();
  const jobs = await tableJobs(store);
  const log = memoryLog();
  const early: unknown[] = [];
  const watched: Enqueuing = {
    ...jobs,
    // Without a key, so that a double would be seen.
    enqueue: (tx, kind, data) => {
      const { dueMs } = data as { dueMs: number };
      if (systemClock.now().getTime() < dueMs) early.push(data);
      return jobs.enqueue(tx, kind, data);
    },
  };
  const timed = defineJob({ name: 'timed', schema: z.object({ dueMs: z.number() }), ...quick });
  const replica = (): Timers => createTimers({ store, jobs: watched, kinds: [timed], clock: systemClock, log });
  const replicas = [replica(), replica()];
  const startMs = systemClock.now().getTime();
  await store.transaction<unknown, void>(async (tx) => {
    for (let n = 0; n < 40; n += 1) {
      const dueMs = startMs + n * 150;
      await replicas[0]!.set(tx, { key: `t${n}`, dueAt: new Date(dueMs), kind: timed, data: { dueMs } });
    }
  });
  for (const timers of replicas) timers.start();
  onTestFinished(async () => {
    await Promise.all(replicas.map((timers) => timers.stop()));
  });
  const enqueued = async () => (await jobs.waiting()).length;
  await vi.waitFor(async () => expect(await enqueued()).toBeGreaterThan(5), { timeout: 10_000 });
  const postgres = await sharedPostgres();
  await postgres.kill();
  await vi.waitFor(() => expect(log.lines.some(({ level }) => level === 'error')).toBe(true), { timeout: 10_000 });
  await postgres.restart();
  await vi.waitFor(async () => expect(await enqueued()).toBe(40), { timeout: 15_000 });
  expect(early).toEqual([]);
  expect(await replicas[0]!.tick()).toBe(0);
  const messages = log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  expect(messages.length).toBeLessThanOrEqual(replicas.length);
  expect(new Set(messages)).toEqual(new Set(['deadlines fail; trying again every second']));
});
