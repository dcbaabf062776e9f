import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openJobs } from '../../../src/jobs/open.ts';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered, type OpenedJobs } from '../../support/jobs.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores = { embedded: embeddedStore, server: serverStore };
const note = numbered('test.note');

describe.each(Object.entries(stores))('mishaps on the %s store', (_name, open) => {
  let store: Store;
  let jobs: OpenedJobs;
  beforeEach(async () => {
    store = await open();
    jobs = await jobsOf(store, { pace: { heartbeatMs: 100, leaseMs: 700, patienceMs: 200 } });
  });
  afterEach(async () => {
    await jobs.stop(0);
    await store.close();
  });

  test('what is done but can’t be written down is not done again as long as its process lives', async () => {
    await store.pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin
        if new.state = 'completed' then raise exception 'canceled' using errcode = '57014'; end if; return new;
      end $$;
      create trigger refuse before update on pgboss.job_common for each row execute function refuse()`);
    const run = vi.fn(async () => {});
    jobs.handle(note, run);
    await jobs.start();
    await jobs.add(note, { n: 1 });
    // The third try comes after the lease.
    await eventually(() => expect(jobs.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(2));
    await store.pool.query('drop trigger refuse on pgboss.job_common');
    await eventually(() => expect(jobs.told).toMatchObject([{ outcome: 'done' }]));
    expect(run).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['dead', new OpsError('not_found', 'a \0 and half a \ud83d'), 1],
    ['tried again', new PortError('bad\0', 'a \0 and half a \ud83d', { retryable: true }), 4],
  ])('words that no database takes keep no job from being %s', async (_what, error, attempts) => {
    const run = vi.fn(() => Promise.reject(error));
    jobs.handle(note, run);
    await jobs.start();
    await jobs.add(note, { n: 1 });
    await eventually(async () =>
      expect(await jobs.dead(5)).toMatchObject([{ message: 'a \ufffd and half a \ufffd', attempts }]),
    );
    expect(run).toHaveBeenCalledTimes(attempts);
  });

  test('a dead job is not replayed while its key is enqueued anew, waiting or running', async () => {
    let dies = true;
    const go = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    jobs.handle(note, async () => {
      if (dies) throw new PortError('no', 'no', { retryable: false });
      begun.resolve();
      await go.promise;
    });
    await jobs.start();
    await jobs.add(note, { n: 1 }, { key: 'k' });
    await eventually(async () => expect(await jobs.dead(5)).toHaveLength(1));
    const [dead] = await jobs.dead(5);
    dies = false;
    // What was finished is kept for a while only.
    await store.pool.query(`delete from pgboss.job where name = 'messages'`);
    const replay = () => store.transaction((tx) => jobs.replay(tx, dead!.id));
    expect(await jobs.add(note, { n: 2 }, { key: 'k' })).toBe('enqueued');
    await begun.promise;
    await expect(replay()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('runs') });
    go.resolve();
    await eventually(() => expect(jobs.told.at(-1)).toMatchObject({ outcome: 'done' }));
    await jobs.stop(0);
    await store.pool.query(`update pgboss.job set state = 'created' where name = 'messages'`);
    await expect(replay()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('waits') });
    expect(await jobs.dead(5)).toHaveLength(1);
  });

  test('a cancelled key is free again, also when its job ran then', async () => {
    const go = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const cancel = () => store.transaction((tx) => jobs.cancel(tx, note, 'k'));
    await jobs.add(note, { n: 1 }, { key: 'k' });
    await cancel();
    expect(await jobs.add(note, { n: 2 }, { key: 'k' })).toBe('enqueued');
    const numbers: number[] = [];
    jobs.handle(note, async ({ n }) => {
      numbers.push(n);
      begun.resolve();
      if (n === 2) await go.promise.then(() => Promise.reject(new PortError('busy', 'later', { retryable: true })));
    });
    await jobs.start();
    await begun.promise;
    await cancel();
    go.resolve();
    await eventually(async () => expect((await jobs.state()).counts).toEqual([]));
    expect(await jobs.add(note, { n: 3 }, { key: 'k' })).toBe('enqueued');
    await eventually(() => expect(numbers).toEqual([2, 3]));
  });

  test('a finished job is kept as long as its kind says', async () => {
    await jobs.add(numbered('test.brief', { keptForMs: 3_600_000 }), { n: 1 }, { key: 'k' });
    await jobs.add(numbered('test.briefer', { keptForMs: 60_000 }), { n: 1 });
    await jobs.add(note, { n: 1 }, { key: 'k' });
    await jobs.add(note, { n: 1 });
    const { rows } = await store.pool.query(
      'select group_id as kind, deletion_seconds as kept from pgboss.job order by 1, 2',
    );
    expect(rows).toEqual([
      { kind: 'test.brief', kept: 3_600 },
      { kind: 'test.briefer', kept: 60 },
      { kind: 'test.note', kept: 3_600 },
      { kind: 'test.note', kept: 7 * 86_400 },
    ]);
  });

  test('a queue that another replica makes during the start is known before the first transaction', async () => {
    const fresh = await open();
    onTestFinished(() => fresh.close());
    const statements: string[] = [];
    let queuesRead = 0;
    const query = async (text: string, values: unknown[]) => {
      statements.push(text);
      // pg-boss reads the queues when it starts, we when it has started: between them somebody makes all.
      if (/^\s*select[^;]*from pgboss\.queue/i.test(text)) queuesRead += 1;
      if (queuesRead === 2) {
        queuesRead += 1;
        await (await openJobs({ store: fresh, clock: fresh.time, log: memoryLog() })).stop(0);
      }
      return fresh.pool.query(text, values);
    };
    const watched = { ...fresh, pool: { query } as unknown as Store['pool'] };
    const late = await openJobs({ store: watched, clock: fresh.time, log: memoryLog() });
    expect(queuesRead).toBeGreaterThan(2);
    statements.length = 0;
    await fresh.transaction((tx) => late.enqueue(tx, note, { n: 1 }));
    expect(statements).toEqual([]);
    await late.stop(0);
  });
});

describe('jobs of a dead process whose database’s clock went back', () => {
  /** A job that runs in a process which shows no more sign of life, its last one ten minutes ahead. */
  async function left(store: Store, pace: { leaseMs: number }) {
    // With one slot it can't take the job again, as the dead don't.
    const dead = await jobsOf(store, { slots: { messages: 1 }, pace: { heartbeatMs: 600_000 } });
    const begun = Promise.withResolvers<void>();
    dead.handle(note, async () => {
      begun.resolve();
      await new Promise<never>(() => {});
    });
    await dead.start();
    await dead.add(note, { n: 1 });
    await begun.promise;
    await store.pool.query(`update pgboss.job set heartbeat_on = clock_timestamp() + interval '10 minutes'
      where state = 'active'`);
    const run = vi.fn(async () => {});
    const next = await jobsOf(store, { pace: { heartbeatMs: 50, patienceMs: 0, ...pace } });
    next.handle(note, run);
    onTestFinished(async () => {
      await dead.stop(0);
      await next.stop(0);
      await store.close();
    });
    return { next, run };
  }

  test('go on at once on the embedded store', async () => {
    const { next, run } = await left(await embeddedStore(), { leaseMs: 600_000 });
    await next.start();
    await eventually(() => expect(run).toHaveBeenCalledTimes(1));
  });

  test('go on after their lease on a server', async () => {
    const { next, run } = await left(await serverStore(), { leaseMs: 500 });
    const startedMs = performance.now();
    await next.start();
    await eventually(() => expect(run).toHaveBeenCalledTimes(1));
    expect(performance.now() - startedMs).toBeGreaterThan(500);
  });
});

test('the job of a process that lives is not taken from it when the database’s clock goes back', async () => {
  const store = await serverStore();
  const pace = { heartbeatMs: 50, leaseMs: 1_000, patienceMs: 0 };
  const [owner, other] = [await jobsOf(store, { pace }), await jobsOf(store, { pace })];
  const go = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const run = vi.fn(async () => {
    begun.resolve();
    await go.promise;
  });
  for (const jobs of [owner, other]) jobs.handle(note, run);
  await owner.start();
  await owner.add(note, { n: 1 });
  await begun.promise;
  await other.start();
  const beat = async () =>
    (await store.pool.query(`select heartbeat_on > clock_timestamp() as ahead from pgboss.job`)).rows[0].ahead;
  for (let times = 0; times < 5; times += 1) {
    await store.pool.query(`update pgboss.job set heartbeat_on = clock_timestamp() + interval '10 minutes'`);
    await eventually(async () => expect(await beat()).toBe(false));
  }
  go.resolve();
  await eventually(() => expect(owner.told).toMatchObject([{ outcome: 'done' }]));
  expect(run).toHaveBeenCalledTimes(1);
  await Promise.all([owner.stop(0), other.stop(0)]);
  await store.close();
});
