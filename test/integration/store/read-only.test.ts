import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isUnavailable } from '../../../src/store/errors.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { databaseHealth } from '../../../src/web/probes.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';

let store: Store;
let admin: pg.Client;
let name: string;

beforeEach(async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  name = new URL(databaseUrl).pathname.slice(1);
  store = await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
  admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query('create table note (n int)');
  await admin.query(`alter database ${name} set default_transaction_read_only = on`);
  await store.pool.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
});
afterEach(async () => {
  await store.close();
  await admin.end();
});

const write = () => store.transaction((tx) => sql`insert into note values (1)`.execute(tx));
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a database that takes no changes is unavailable, and a problem in words', async () => {
  expect(isUnavailable(await failure(write()))).toBe(true);
  expect(await failure(store.ping())).toMatchObject({ code: 'unavailable', message: 'the database is read-only' });
  expect(await databaseHealth(store)()).toEqual({ ok: false, problem: 'the database is read-only' });
});

test('connections that could change nothing are not used again', async () => {
  const errors = await Promise.all(Array.from({ length: 8 }, () => failure(write())));
  expect(errors.every(isUnavailable)).toBe(true);
  await failure(store.ping());
  // Connections keep the setting that they began with.
  await admin.query(`alter database ${name} reset default_transaction_read_only`);
  await Promise.all(Array.from({ length: 8 }, write));
  await store.ping();
  expect(await databaseHealth(store)()).toEqual({ ok: true });
});
