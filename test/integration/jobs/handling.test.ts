import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { idOfKey } from '../../../src/jobs/lanes.ts';
import { defineJob } from '../../../src/jobs/model.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered, type OpenedJobs } from '../../support/jobs.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores = { embedded: embeddedStore, server: serverStore };
const never = () => new Promise<never>(() => {});
const refused = new PortError('refused', 'no', { retryable: false });
const busy = new PortError('busy', 'later', { retryable: true });

describe.each(Object.entries(stores))('jobs on the %s store', (name, open) => {
  let store: Store;
  let jobs: OpenedJobs;
  let others: OpenedJobs[] = [];
  const note = numbered('test.note');

  beforeEach(async () => {
    store = await open();
    jobs = await jobsOf(store);
    others = [];
  });
  afterEach(async () => {
    await Promise.all([jobs, ...others].map((one) => one.stop(0)));
    await store.close();
  });

  async function another(): Promise<OpenedJobs> {
    const one = await jobsOf(store);
    others.push(one);
    return one;
  }

  test('a kind that this version does not know is left for one that knows it', async () => {
    const newer = numbered('test.newer');
    const numbers: number[] = [];
    jobs.handle(note, async ({ n }) => void numbers.push(n));
    await jobs.start();
    await jobs.add(newer, { n: 1 });
    await jobs.add(note, { n: 2 });
    await eventually(() => expect(numbers).toEqual([2]));
    await eventually(() => expect(jobs.lines.filter(({ level }) => level === 'warn')).toHaveLength(1));
    expect((await jobs.state()).counts).toEqual([{ kind: 'test.newer', state: 'waiting', count: 1 }]);
    const upgraded = await another();
    upgraded.handle(newer, async ({ n }) => void numbers.push(n));
    await upgraded.start();
    await eventually(() => expect(numbers).toEqual([2, 1]));
  });

  test('stored data that this version does not expect is a dead letter, not a try', async () => {
    const run = vi.fn(async () => {});
    const before = defineJob({ ...note, serial: undefined, schema: z.object({ old: z.string() }) });
    await jobs.add(before, { old: 'x' });
    jobs.handle(note, run);
    await jobs.start();
    await eventually(async () => expect(await jobs.dead(10)).toHaveLength(1));
    expect((await jobs.dead(10))[0]).toMatchObject({ reason: 'invalid_data', data: { old: 'x' }, attempts: 1 });
    expect(run).not.toHaveBeenCalled();
  });

  test('data that is wrong now is not enqueued', async () => {
    await expect(jobs.add(note, { n: 'one' } as unknown as { n: number })).rejects.toThrow('expected number');
    expect((await jobs.state()).counts).toEqual([]);
  });

  test('a dead job is replayed in the caller’s transaction, with its data and its key', async () => {
    let fails = true;
    const numbers: number[] = [];
    jobs.handle(note, async ({ n }) => {
      if (fails) throw refused;
      numbers.push(n);
    });
    await jobs.start();
    await jobs.add(note, { n: 5 }, { key: 'five' });
    await eventually(async () => expect(await jobs.dead(10)).toHaveLength(1));
    const id = (await jobs.dead(10))[0]!.id;
    fails = false;
    const rolledBack = store.transaction(async (tx) => {
      await jobs.replay(tx, id);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await jobs.dead(10)).toHaveLength(1);
    await store.transaction((tx) => jobs.replay(tx, id));
    await eventually(() => expect(numbers).toEqual([5]));
    expect(await jobs.dead(10)).toEqual([]);
    expect(await jobs.add(note, { n: 6 }, { key: 'five' })).toBe('known');
    const again = store.transaction((tx) => jobs.replay(tx, id));
    await expect(again).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a replayed job may die again, and has all its tries', async () => {
    const attempts: number[] = [];
    jobs.handle(note, async (_data, { attempt }) => {
      attempts.push(attempt);
      throw busy;
    });
    await jobs.start();
    await jobs.add(note, { n: 1 });
    await eventually(async () => expect(await jobs.dead(10)).toHaveLength(1));
    const [dead] = await jobs.dead(10);
    await store.transaction((tx) => jobs.replay(tx, dead!.id));
    await eventually(() => expect(attempts).toEqual([1, 2, 3, 4, 1, 2, 3, 4]));
    await eventually(async () => expect((await jobs.dead(10)).map(({ id }) => id)).toEqual([dead!.id]));
  });

  test('what waits under a key can be cancelled, and is not carried out', async () => {
    const run = vi.fn(async () => {});
    await jobs.add(note, { n: 1 }, { key: 'k' });
    await store.transaction((tx) => jobs.cancel(tx, note, 'k'));
    await store.transaction((tx) => jobs.cancel(tx, note, 'nobody'));
    expect((await jobs.state()).counts).toEqual([]);
    jobs.handle(note, run);
    await jobs.start();
    await jobs.add(note, { n: 2 });
    await eventually(() => expect(run).toHaveBeenCalledTimes(1));
  });

  test('cancelling does not stop what runs, but it is not tried again', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const go = Promise.withResolvers<void>();
    const run = vi.fn(async (_data: unknown, { signal }: { signal: AbortSignal }) => {
      begun.resolve(signal);
      await go.promise;
      throw busy;
    });
    jobs.handle(note, run);
    await jobs.start();
    await jobs.add(note, { n: 1 }, { key: 'k' });
    const signal = await begun.promise;
    await store.transaction((tx) => jobs.cancel(tx, note, 'k'));
    expect(signal.aborted).toBe(false);
    go.resolve();
    await eventually(async () => expect((await jobs.state()).counts).toEqual([]));
    expect(run).toHaveBeenCalledTimes(1);
    expect(await jobs.dead(1)).toEqual([]);
  });

  test('jobs of a series run one after another, as they were enqueued, also when one is tried again or dies', async () => {
    const kind = numbered('test.series', {
      serial: ({ n }) => (n < 100 ? 'a' : 'b'),
      retry: { limit: 1, firstMs: 60, maxMs: 60 },
    });
    // The embedded database has one process.
    const workers = name === 'server' ? [jobs, await another()] : [jobs];
    const log: string[] = [];
    let inside = 0;
    let most = 0;
    const run = async ({ n }: { n: number }, { attempt }: { attempt: number }) => {
      if (n >= 100) return;
      inside += 1;
      most = Math.max(most, inside);
      log.push(`${n}.${attempt}`);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (n === 3 && attempt === 1) throw busy;
      if (n === 5) throw refused;
    };
    for (const one of workers) one.handle(kind, run);
    await store.transaction(async (tx) => {
      for (let n = 1; n <= 4; n += 1) await jobs.enqueue(tx, kind, { n });
    });
    for (let n = 5; n <= 8; n += 1) await jobs.add(kind, { n }, { key: `key ${n}` });
    for (let n = 100; n < 105; n += 1) await jobs.add(kind, { n });
    await Promise.all(workers.map((one) => one.start()));
    await eventually(async () =>
      expect((await jobs.state()).counts).toEqual([{ kind: 'test.series', state: 'dead', count: 1 }]),
    );
    expect(log).toEqual(['1.1', '2.1', '3.1', '3.2', '4.1', '5.1', '6.1', '7.1', '8.1']);
    expect(most).toBe(1);
  });

  test('a full lane does not hold back another', async () => {
    const sweep = numbered('test.sweep', { lane: 'sweeps' });
    const go = Promise.withResolvers<void>();
    jobs.handle(sweep, () => go.promise);
    jobs.handle(note, async () => {});
    await jobs.start();
    for (let n = 0; n < 8; n += 1) await jobs.add(sweep, { n });
    await eventually(async () => {
      expect((await jobs.state()).counts).toEqual([
        { kind: 'test.sweep', state: 'running', count: 4 },
        { kind: 'test.sweep', state: 'waiting', count: 4 },
      ]);
    });
    await jobs.add(note, { n: 1 });
    await eventually(() => expect(jobs.told).toHaveLength(1));
    expect((await jobs.state()).oldestWaitingMs).toBeGreaterThan(0);
    go.resolve();
    await eventually(() => expect(jobs.told).toHaveLength(9));
  });

  test('stopping lets jobs finish within the grace', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    jobs.handle(note, async (_data, { signal }) => {
      begun.resolve();
      await go.promise;
      expect(signal.aborted).toBe(false);
    });
    await jobs.start();
    await jobs.add(note, { n: 1 });
    await begun.promise;
    const stopped = jobs.stop(10_000);
    go.resolve();
    await stopped;
    expect(jobs.told).toMatchObject([{ outcome: 'done' }]);
  });

  test.each([
    [
      'heeds its signal',
      (signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ],
    ['heeds nothing', never],
  ])(
    'what does not finish within the grace goes on elsewhere at once, uncounted: a handler that %s',
    async (_what, hang) => {
      const kind = numbered('test.long', { retry: { limit: 0, firstMs: 60_000, maxMs: 60_000 } });
      const begun = Promise.withResolvers<void>();
      jobs.handle(kind, (_data, { signal }) => {
        begun.resolve();
        return hang(signal);
      });
      await jobs.start();
      await jobs.add(kind, { n: 1 });
      await begun.promise;
      await jobs.stop(10);
      expect(jobs.told).toEqual([]);
      const second = await another();
      const attempts: object[] = [];
      second.handle(kind, async (_data, { attempt, lastAttempt }) => void attempts.push({ attempt, lastAttempt }));
      await second.start();
      await eventually(() => expect(attempts).toEqual([{ attempt: 2, lastAttempt: true }]));
    },
  );

  test('keys are known for 7 days after the job is done, dead letters lie for 90; then they are removed', async () => {
    const dying = numbered('test.dying');
    jobs.handle(note, async () => {});
    jobs.handle(dying, () => Promise.reject(refused));
    await jobs.start();
    for (const key of ['young', 'old']) await jobs.add(note, { n: 1 }, { key });
    for (const n of [1, 2]) await jobs.add(dying, { n });
    await eventually(() => expect(jobs.told).toHaveLength(4));
    await store.pool.query(`
      update pgboss.job set completed_on = now() - case id when '${idOfKey(note.name, 'old')}' then 1 else 0 end
        * interval '2 hours' - interval '6 days 23 hours' where group_id = 'test.note'`);
    await store.pool.query(`
      update pgboss.job set keep_until = keep_until - case data->'envelope'->'data'->>'n' when '1' then 91 else 89 end
        * interval '1 day' where name = 'dead'`);
    await jobs.stop(0);
    jobs = await jobsOf(store, { pace: { upkeepMs: 50, patienceMs: 0 } });
    await jobs.start();
    await eventually(async () => expect(await jobs.dead(10)).toMatchObject([{ data: { n: 2 } }]));
    expect(await jobs.add(note, { n: 2 }, { key: 'young' })).toBe('known');
    await eventually(async () => expect(await jobs.add(note, { n: 2 }, { key: 'old' })).toBe('enqueued'));
  });

  test('every line of a job names it', async () => {
    jobs.handle(note, async (_data, { log }) => log.info({ extra: 1 }, 'at work'));
    await jobs.start();
    await jobs.add(note, { n: 1 });
    await eventually(() => expect(jobs.told).toHaveLength(1));
    expect(jobs.lines.find(({ message }) => message === 'at work')?.fields).toEqual({
      job: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'test.note',
      attempt: 1,
      extra: 1,
    });
  });
});

test('what ran on the embedded database when its process was killed goes on at once', async () => {
  const store = await embeddedStore();
  const kind = numbered('test.killed');
  const begun = Promise.withResolvers<void>();
  const before = await jobsOf(store);
  before.handle(kind, async () => {
    begun.resolve();
    await never();
  });
  await before.start();
  await before.add(kind, { n: 1 });
  await begun.promise;
  const after = await jobsOf(store, { pace: { leaseMs: 600_000 } });
  const resumed = Promise.withResolvers<number>();
  after.handle(kind, async (_data, { attempt }) => resumed.resolve(attempt));
  await after.start();
  expect(await resumed.promise).toBe(2);
  await Promise.all([before.stop(0), after.stop(0)]);
  await store.close();
});
