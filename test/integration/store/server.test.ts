import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnavailable } from '../../../src/store/errors.ts';
import { openServer } from '../../../src/store/server.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = (
  databaseUrl: string,
  more: { retryForMs?: number; signal?: AbortSignal; log?: ReturnType<typeof memoryLog> } = {},
) => openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog(), ...more });

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Everything a log could print of an error. */
const printed = (error: unknown): string => {
  const { message, stack, hint, cause } = error as Error & { hint?: string };
  return [message, stack, hint, JSON.stringify(error), cause instanceof Error ? printed(cause) : ''].join('\n');
};

function changed(url: string, change: (url: URL) => void): string {
  const changing = new URL(url);
  change(changing);
  return changing.href;
}

describe('a server that does not answer at the start', () => {
  test('is tried again and again, each try logged, then it is an error without the password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, 'close');
    const log = memoryLog();
    const error = await failure(open(`postgres://anna:s3cret@127.0.0.1:${port}/ops`, { retryForMs: 1_500, log }));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: `cannot reach the database at 127.0.0.1:${port}/ops: connection refused`,
      hint: expect.stringContaining('DATABASE_URL'),
    });
    expect(log.lines.length).toBeGreaterThan(0);
    expect(log.lines.map(({ fields }) => fields)).toEqual(
      [250, 500].slice(0, log.lines.length).map((retryInMs) => ({
        database: `127.0.0.1:${port}/ops`,
        failure: 'connection refused',
        retryInMs,
      })),
    );
    expect(printed(error) + JSON.stringify(log.lines)).not.toContain('s3cret');
  });

  test('is used as soon as it does', async () => {
    const url = await postgres.createDatabase();
    await postgres.kill();
    const tried = Promise.withResolvers<void>();
    const log = memoryLog();
    const opening = open(url, { log: { ...log, warn: () => tried.resolve() } });
    await tried.promise;
    await postgres.restart();
    const store = await opening;
    await store.ping();
    await store.close();
  });

  test('is no longer waited for when the process is to stop', async () => {
    const stop = new AbortController();
    const log = memoryLog();
    const opening = failure(
      open('postgres://anna:s3cret@127.0.0.1:1/ops', {
        signal: stop.signal,
        log: { ...log, warn: () => stop.abort() },
      }),
    );
    expect(await opening).toMatchObject({ name: 'AbortError' });
  });
});

describe('a server that refuses us is an error at once:', () => {
  const noRetry = memoryLog();

  test('a wrong password', async () => {
    const error = await failure(
      open(
        changed(postgres.url, (url) => (url.password = 'wr0ng')),
        { log: noRetry },
      ),
    );
    expect(error).toMatchObject({ code: 'invalid', hint: expect.stringContaining('password') });
    expect((error as Error).message).toMatch(/127\.0\.0\.1:\d+\/postgres refuses the user postgres/);
    expect(printed(error)).not.toContain('wr0ng');
  });

  test('no password', async () => {
    const error = await failure(
      open(
        changed(postgres.url, (url) => (url.password = '')),
        { log: noRetry },
      ),
    );
    expect(error).toMatchObject({ code: 'invalid' });
  });

  test('a database that is not there', async () => {
    const error = await failure(
      open(
        changed(postgres.url, (url) => (url.pathname = '/nowhere')),
        { log: noRetry },
      ),
    );
    expect(error).toMatchObject({ code: 'invalid', hint: expect.stringContaining('createdb') });
    expect((error as Error).message).toMatch(/no database at 127\.0\.0\.1:\d+\/nowhere/);
  });

  test.each(['mysql://anna:s3cret@db/ops', 'anna:s3cret@db', 'postgres://anna:s3#cret@db:port/ops'])(
    'a URL that is none: %s',
    async (url) => {
      const error = await failure(open(url, { log: noRetry }));
      expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('DATABASE_URL') });
      expect(printed(error)).not.toMatch(/s3|cret/);
    },
  );

  test('none of these was tried again', () => {
    expect(noRetry.lines).toEqual([]);
  });
});

describe('a server that goes away in flight', () => {
  let store: Store;
  beforeAll(async () => {
    store = await open(await postgres.createDatabase());
    await store.pool.query('create table note (id int)');
  });
  afterAll(() => store.close());

  test('fails what runs as unavailable, and is used again when it is back', async () => {
    const client = await store.pool.connect();
    await client.query('begin');
    const running = failure(client.query('select pg_sleep(20)'));
    const waiting = failure(store.transaction(async () => (await store.pool.query('select pg_sleep(20)')).rows));
    await expect.poll(() => sleeping(store)).toBe(2);
    await postgres.kill();
    expect(isUnavailable(await running)).toBe(true);
    expect(isUnavailable(await waiting)).toBe(true);
    expect(isUnavailable(await failure(client.query('select 1')))).toBe(true);
    client.release();
    expect(isUnavailable(await failure(store.ping()))).toBe(true);
    expect(isUnavailable(await failure(store.transaction(async () => 1)))).toBe(true);
    await postgres.restart();
    await store.ping();
    await store.transaction(async (tx) => tx.selectNoFrom([]));
  });

  test('does no harm to connections that rest', async () => {
    await Promise.all(Array.from({ length: 5 }, () => store.ping()));
    const broken = new Promise((resolve) => {
      store.pool.on('remove', () => store.pool.totalCount === 0 && resolve(undefined));
    });
    await postgres.restart();
    await broken;
    await store.ping();
  });
});

async function sleeping(store: Store): Promise<number> {
  const { rows } = await store.pool.query<{ n: number }>(
    `select count(*) as n from pg_stat_activity where query = 'select pg_sleep(20)' and state = 'active'`,
  );
  return rows[0]!.n;
}

test('a server that falls silent does not hold a query for ever', async () => {
  const url = await postgres.createDatabase();
  const { pool, close } = await openServer({ databaseUrl: url, log: memoryLog(), silenceMs: 2_000 });
  await pool.query('select 1');
  await postgres.pause();
  const error = await failure(pool.query('select 1'));
  postgres.resume();
  expect(isUnavailable(error)).toBe(true);
  expect((error as Error).message).toBe('the database was silent for 2 s');
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await close();
});

test('a server that falls silent does not hold a migration for ever, and a long statement is no silence', async () => {
  const url = await postgres.createDatabase();
  const { unhurried, close } = await openServer({ databaseUrl: url, log: memoryLog(), longSilenceMs: 1_500 });
  await unhurried(async (client) => void (await client.query('select pg_sleep(1)')));
  const hung = failure(
    unhurried(async (client) => {
      await client.query('select 1');
      await postgres.pause();
      await client.query('select 1');
    }),
  );
  expect(await hung).toMatchObject({ code: 'ETIMEDOUT', message: 'the database was silent for 1.5 s' });
  postgres.resume();
  await close();
});

test('connections say who they are and how long they may take', async () => {
  const store = await open(await postgres.createDatabase());
  const { rows } = await store.pool.query(`select current_setting('application_name') as name,
    current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`);
  expect(rows).toEqual([{ name: 'rounds', statement: '20s', idle: '1min' }]);
  await store.close();
});

test('a migration may take longer than a statement', async () => {
  const { unhurried, close } = await openServer({ databaseUrl: postgres.url, log: memoryLog(), silenceMs: 1_000 });
  await unhurried(async (client) => {
    const { rows } = await client.query(`select current_setting('statement_timeout') as limit, pg_sleep(1.5)::text`);
    expect(rows[0]).toMatchObject({ limit: '0' });
  });
  await close();
});
