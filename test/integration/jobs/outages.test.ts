import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered } from '../../support/jobs.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';

vi.setConfig({ testTimeout: 90_000 });

const long = numbered('test.long');
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

function open(databaseUrl: string): Promise<Store> {
  return openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
}

test('a job that outlives an outage longer than its lease is not taken away, and ends once', async () => {
  const url = await postgres.createDatabase();
  const stores = [await open(url), await open(url)];
  const pace = { pollMs: 20, heartbeatMs: 200, leaseMs: 1_500, patienceMs: 3_000 };
  const [owner, other] = await Promise.all(stores.map((store) => jobsOf(store, { pace })));
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const attempts: string[] = [];
  owner!.handle(long, async (_data, { attempt }) => {
    attempts.push(`owner ${attempt}`);
    begun.resolve();
    await go.promise;
  });
  other!.handle(long, async (_data, { attempt }) => void attempts.push(`other ${attempt}`));
  await owner!.start();
  await owner!.add(long, { n: 1 });
  await begun.promise;
  await other!.start();
  await postgres.kill();
  const downMs = performance.now();
  await eventually(() => expect(performance.now() - downMs).toBeGreaterThan(2_000));
  await postgres.restart();
  const back = (lines: { message: string | undefined }[]) =>
    eventually(() => expect(lines.map(({ message }) => message)).toContain('the queue reaches the database again'));
  await Promise.all([back(owner!.lines), back(other!.lines)]);
  // Longer than the patience: the owner must have shown by then that it lives.
  const backMs = performance.now();
  await eventually(() => expect(performance.now() - backMs).toBeGreaterThan(3_500));
  go.resolve();
  await eventually(() => expect(owner!.told).toMatchObject([{ outcome: 'done' }]));
  expect(attempts).toEqual(['owner 1']);
  await Promise.all([owner!.stop(0), other!.stop(0)]);
  await Promise.all(stores.map((store) => store.close()));
});

test('what is done while the database is away is written down when it is back', async () => {
  const store = await open(await postgres.createDatabase());
  const jobs = await jobsOf(store);
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const run = vi.fn(async () => {
    begun.resolve();
    await go.promise;
  });
  jobs.handle(long, run);
  await jobs.start();
  await jobs.add(long, { n: 1 });
  await begun.promise;
  await postgres.kill();
  go.resolve();
  await eventually(() => expect(jobs.lines.some(({ level }) => level === 'warn')).toBe(true));
  await postgres.restart();
  await eventually(() => expect(jobs.told).toMatchObject([{ outcome: 'done' }]));
  expect(run).toHaveBeenCalledTimes(1);
  await jobs.stop(0);
  await store.close();
});

test('stopping does not wait for a database that is away', async () => {
  const store = await open(await postgres.createDatabase());
  const jobs = await jobsOf(store);
  const begun = Promise.withResolvers<void>();
  jobs.handle(long, async () => {
    begun.resolve();
    await new Promise<never>(() => {});
  });
  await jobs.start();
  await jobs.add(long, { n: 1 });
  await begun.promise;
  await postgres.pause();
  const startedMs = performance.now();
  await jobs.stop(100);
  expect(performance.now() - startedMs).toBeLessThan(8_000);
  postgres.resume();
  await store.close();
});

test('a database user who may not make a schema is told what to grant', async () => {
  const url = await postgres.createDatabase();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create role narrow login password 'narrow'; grant all on schema public to narrow`);
  await admin.end();
  const narrow = new URL(url);
  narrow.username = 'narrow';
  narrow.password = 'narrow';
  const store = await open(narrow.href);
  await expect(jobsOf(store)).rejects.toMatchObject({
    code: 'invalid',
    hint: expect.stringContaining('Grant the database user CREATE on the database'),
  });
  await store.close();
});
