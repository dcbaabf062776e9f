import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import type { Schedule } from '../../../src/jobs/timing.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';

/** No unique key: a slot that is enqueued twice is seen. */
const table = 'create table slot_under_test (id serial, name text, slot timestamptz, key text, pid integer)';

async function database(): Promise<{ databaseUrl: string; store: Store }> {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataDir: '/', log: memoryLog() });
  onTestFinished(() => store.close());
  await store.pool.query(table);
  return { databaseUrl, store };
}

async function startReplica(databaseUrl: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, '../../support/schedule-replica.ts');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin!.end();
  await once(child, 'exit');
}

/** Slots as seconds since the first, in order. */
async function secondsOf(store: Store, name: string): Promise<number[]> {
  const { rows } = await store.pool.query<{ slot: Date }>(
    'select slot from slot_under_test where name = $1 order by slot',
    [name],
  );
  const first = rows[0]?.slot.getTime() ?? 0;
  return rows.map(({ slot }) => (slot.getTime() - first) / 1_000);
}

async function expectEachOnce(store: Store, atLeast: number): Promise<void> {
  for (const name of ['one', 'two']) {
    const seconds = await secondsOf(store, name);
    expect(seconds.length).toBeGreaterThanOrEqual(atLeast);
    expect(seconds).toEqual(seconds.map((_, index) => index));
  }
}

const slots = async (store: Store): Promise<number> =>
  (await store.pool.query<{ n: number }>('select count(*)::int as n from slot_under_test')).rows[0]!.n;

test('a replica that is frozen for 13 s: each slot once', async () => {
  const { databaseUrl, store } = await database();
  const frozen = await startReplica(databaseUrl);
  const other = await startReplica(databaseUrl);
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(2), { timeout: 10_000 });
  const atMs = performance.now();
  frozen.kill('SIGSTOP');
  await vi.waitFor(() => expect(performance.now() - atMs).toBeGreaterThan(13_000), { timeout: 20_000 });
  frozen.kill('SIGCONT');
  const before = await slots(store);
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(before + 4), { timeout: 15_000 });
  await Promise.all([end(frozen), end(other)]);
  await expectEachOnce(store, 15);
}, 60_000);

test('a replica that is killed: the other goes on, each slot once', async () => {
  const { databaseUrl, store } = await database();
  const killed = await startReplica(databaseUrl);
  const other = await startReplica(databaseUrl);
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(2), { timeout: 10_000 });
  killed.kill('SIGKILL');
  const before = await slots(store);
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(before + 4), { timeout: 15_000 });
  await end(other);
  await expectEachOnce(store, 4);
});

test('a database that restarts: each slot once, and one line in the log when it goes and when it is back', async () => {
  const { store } = await database();
  const log = memoryLog();
  const schedules = createSchedules({ store, clock: systemClock, log, schedules: [one('one'), one('two')] });
  onTestFinished(() => schedules.stop());
  await schedules.start();
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(0), { timeout: 10_000 });
  const postgres = await sharedPostgres();
  await postgres.kill();
  await vi.waitFor(() => expect(log.lines.some(({ level }) => level === 'error')).toBe(true), { timeout: 10_000 });
  await postgres.restart();
  const before = await slots(store);
  await vi.waitFor(async () => expect(await slots(store)).toBeGreaterThan(before + 4), { timeout: 15_000 });
  await schedules.stop();
  await expectEachOnce(store, 3);
  const lines = log.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message);
  expect(lines).toEqual(['schedules fail; trying again every second', 'schedules work again']);
});

test('a replica that stands still with a schedule in its hands holds back no other schedule', async () => {
  const { store } = await database();
  const clock = { now: () => new Date(nowMs) };
  let nowMs = Date.parse('2026-11-23T09:00:00Z');
  const hands = Promise.withResolvers<void>();
  const inHands = Promise.withResolvers<void>();
  const slow: Schedule = {
    ...one('slow'),
    enqueue: async (tx, slot, key) => {
      inHands.resolve();
      await hands.promise;
      await one('slow').enqueue(tx, slot, key, undefined);
    },
  };
  const still = createSchedules({ store, clock, log: memoryLog(), schedules: [slow] });
  const other = createSchedules({ store, clock, log: memoryLog(), schedules: [one('one'), one('slow')] });
  await Promise.all([still.tick(), other.tick()]);
  nowMs += 1_000;
  const held = still.tick();
  await inHands.promise;
  await other.tick();
  expect(await secondsOf(store, 'one')).toEqual([0]);
  expect(await secondsOf(store, 'slow')).toEqual([]);
  hands.resolve();
  await held;
  nowMs += 1_000;
  await eventually(async () => {
    await other.tick();
    expect(await secondsOf(store, 'slow')).toEqual([0, 1]);
  });
  expect(await secondsOf(store, 'one')).toEqual([0, 1]);
});

test('a slot whose replica breaks off in the middle is enqueued by another', async () => {
  const { store } = await database();
  let nowMs = Date.parse('2026-11-23T09:00:00Z');
  const clock = { now: () => new Date(nowMs) };
  const breaking: Schedule = {
    ...one('one'),
    enqueue: async (tx, slot, key, previous) => {
      await one('one').enqueue(tx, slot, key, previous);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
    },
  };
  const broken = createSchedules({ store, clock, log: memoryLog(), schedules: [breaking] });
  const other = createSchedules({ store, clock, log: memoryLog(), schedules: [one('one')] });
  await Promise.all([broken.tick(), other.tick()]);
  nowMs += 1_000;
  await broken.tick();
  expect(await slots(store)).toBe(0);
  await other.tick();
  expect(await secondsOf(store, 'one')).toEqual([0]);
});

/** Every second. */
function one(name: string): Schedule {
  return {
    name,
    when: { everyMs: 1_000 },
    missed: 'skip',
    enqueue: (tx, slot, key) =>
      sql`insert into slot_under_test (name, slot, key) values (${name}, ${slot}, ${key})`.execute(tx),
  };
}
