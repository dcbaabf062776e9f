import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openJobs } from '../../../src/jobs/open.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { startJobProcess } from '../../support/job-processes.ts';
import { jobsOf, type OpenedJobs } from '../../support/jobs.ts';
import { hangJob, noteJob } from '../../support/jobs-process.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { sharedPostgres } from '../../support/store.ts';

vi.setConfig({ testTimeout: 90_000 });

let databaseUrl: string;
let store: Store;
let jobs: OpenedJobs;

beforeEach(async () => {
  databaseUrl = await (await sharedPostgres()).createDatabase();
  store = await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
  await store.pool.query('create table effect (n int, job uuid, by text)');
  jobs = await jobsOf(store);
});
afterEach(async () => {
  await jobs.stop(0);
  await store.close();
});

async function effects(): Promise<{ all: number; distinct: number; workers: number }> {
  const { rows } = await store.pool.query(
    'select count(*)::int as all, count(distinct n)::int as distinct, count(distinct by)::int as workers from effect',
  );
  return rows[0];
}

async function addNotes(count: number): Promise<void> {
  await store.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) await jobs.enqueue(tx, noteJob, { n });
  });
}

test('replicas that start on an empty database at the same time all open the queue', async () => {
  const postgres = await sharedPostgres();
  for (let round = 0; round < 3; round += 1) {
    const url = await postgres.createDatabase();
    const open = { databaseUrl: url, dataDir: tmpdir(), log: memoryLog() };
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(open)));
    const opened = await Promise.all(stores.map((one) => openJobs({ store: one, clock: one.time, log: memoryLog() })));
    for (const one of opened) expect((await one.state()).counts).toEqual([]);
    await Promise.all(opened.map((one) => one.stop(0)));
    await Promise.all(stores.map((one) => one.close()));
  }
});

test('two processes carry out each of many jobs once', async () => {
  await addNotes(600);
  const processes = await Promise.all([startJobProcess(databaseUrl), startJobProcess(databaseUrl)]);
  await eventually(async () => expect((await effects()).distinct).toBe(600));
  await eventually(async () => expect((await jobs.state()).counts).toEqual([]));
  expect(await effects()).toEqual({ all: 600, distinct: 600, workers: 2 });
  const told = processes.flatMap(({ said }) => said.filter(({ said: what }) => what === 'finished'));
  expect(told).toHaveLength(600);
});

test('a job whose process was killed goes on elsewhere within 45 s', async () => {
  const { child, until } = await startJobProcess(databaseUrl);
  await jobs.add(hangJob, { n: 1 });
  await until('begun');
  const resumed = Promise.withResolvers<number>();
  jobs.handle(hangJob, async (_data, { attempt }) => resumed.resolve(attempt));
  await jobs.start();
  const killedMs = performance.now();
  child.kill('SIGKILL');
  expect(await resumed.promise).toBe(2);
  const tookMs = performance.now() - killedMs;
  expect(tookMs).toBeLessThan(45_000);
});

test('a frozen process that wakes up has lost its job: told so, and nothing is settled twice', async () => {
  const { child, until, said } = await startJobProcess(databaseUrl, { heartbeatMs: 200 });
  await jobs.stop(0);
  jobs = await jobsOf(store, { pace: { leaseMs: 1_500, patienceMs: 0 } });
  await jobs.add(hangJob, { n: 1 }, { key: 'one' });
  await until('begun');
  const begun = Promise.withResolvers<number>();
  const go = Promise.withResolvers<void>();
  jobs.handle(hangJob, async (_data, { attempt }) => {
    begun.resolve(attempt);
    await go.promise;
  });
  await jobs.start();
  child.kill('SIGSTOP');
  expect(await begun.promise).toBe(2);
  child.kill('SIGCONT');
  expect(await until('aborted')).toEqual({ said: 'aborted', why: 'the job is not ours any more', mine: false });
  expect((await jobs.state()).counts).toEqual([{ kind: 'process.hang', state: 'running', count: 1 }]);
  go.resolve();
  await eventually(() => expect(jobs.told).toMatchObject([{ outcome: 'done' }]));
  expect(said.filter(({ said: what }) => what === 'finished')).toEqual([]);
});

test('a job that lives is not taken away, however long it takes', async () => {
  const pace = { pollMs: 20, heartbeatMs: 100, leaseMs: 2_500, patienceMs: 0 };
  await jobs.stop(0);
  jobs = await jobsOf(store, { pace });
  const second = await jobsOf(store, { pace });
  const attempts: number[] = [];
  for (const one of [jobs, second]) {
    one.handle(hangJob, async (_data, { attempt, stillMine }) => {
      attempts.push(attempt);
      const untilMs = performance.now() + 3_500;
      while (performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
      expect(await stillMine()).toBe(true);
    });
    await one.start();
  }
  await jobs.add(hangJob, { n: 1 });
  await eventually(() => expect([...jobs.told, ...second.told]).toMatchObject([{ outcome: 'done' }]));
  expect(attempts).toEqual([1]);
  await second.stop(0);
});

test('a server that restarts again and again loses no job, crashes nobody and is not complained about in every line', async () => {
  const own: Postgres = await startPostgres();
  const url = await own.createDatabase();
  const log = memoryLog();
  const live = await openStore({ databaseUrl: url, dataDir: tmpdir(), log: memoryLog() });
  await live.pool.query('create table effect (n int primary key, times int default 1)');
  const queue = await openJobs({ store: live, clock: live.time, log, pace: { pollMs: 20, heartbeatMs: 500 } });
  try {
    queue.handle(noteJob, async ({ n }) => {
      await live.pool.query(
        'insert into effect (n) values ($1) on conflict (n) do update set times = effect.times + 1',
        [n],
      );
    });
    await live.transaction(async (tx) => {
      for (let n = 0; n < 400; n += 1) await queue.enqueue(tx, noteJob, { n });
    });
    const done = async () => (await live.pool.query('select count(*)::int as n from effect')).rows[0].n as number;
    await queue.start();
    for (const enough of [20, 150, 300]) {
      await eventually(async () => expect(await done()).toBeGreaterThan(enough));
      await own.restart();
    }
    await eventually(async () => expect(await done()).toBe(400));
    await eventually(async () => expect((await queue.state()).counts).toEqual([]));
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    const complaints = log.lines.filter(({ message }) => message?.includes('does not reach the database'));
    expect(complaints.length).toBeLessThan(15);
  } finally {
    await queue.stop(0);
    await live.close();
    await own.stop();
  }
});
