import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startParams } from '../../../src/store/embedded/empty.ts';
import { embeddedPool } from '../../../src/store/embedded/pool.ts';
import { isUnavailable } from '../../../src/store/errors.ts';
import type { OpenPool } from '../../../src/store/pool.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedFolder } from '../../support/store.ts';

let open: OpenPool;
let pool: pg.Pool;

async function reopen(options: { patienceMs?: number; drainMs?: number } = {}): Promise<void> {
  const lite = await PGlite.create({ dataDir: join(await embeddedFolder(), 'pg'), startParams });
  open = await embeddedPool(lite, { log: memoryLog(), ...options });
  pool = open.pool;
}

beforeEach(() => reopen());
afterEach(() => open.close());

const count = async (table: string): Promise<number> =>
  (await pool.query<{ n: number }>(`select count(*) as n from ${table}`)).rows[0]!.n;

describe('clients of the embedded database', () => {
  test('get their own rows, 1,000 queries of 5 of them interleaved', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
    const mistakes: number[] = [];
    const ask = async (client: pg.PoolClient, first: number): Promise<void> => {
      for (let n = first; n < 1_000; n += clients.length) {
        const { rows } = await client.query<{ n: number }>('select $1::int as n from generate_series(1, $2)', [
          n,
          n % 7,
        ]);
        if (rows.length !== n % 7 || rows.some((row) => row.n !== n)) mistakes.push(n);
      }
    };
    await Promise.all(clients.map(ask));
    for (const client of clients) client.release();
    expect(mistakes).toEqual([]);
  });

  test('do not see each other inside a transaction', async () => {
    await pool.query('create table counter (n int); insert into counter values (0)');
    const increment = async (): Promise<void> => {
      const client = await pool.connect();
      await client.query('begin');
      const { rows } = await client.query<{ n: number }>('select n from counter');
      await client.query('update counter set n = $1', [rows[0]!.n + 1]);
      await client.query('commit');
      client.release();
    };
    await Promise.all(Array.from({ length: 80 }, increment));
    expect((await pool.query('select n from counter')).rows).toEqual([{ n: 80 }]);
  });

  test('can use several statements in one text, with the errors of each', async () => {
    const results = (await pool.query('select 1 as a; select 2 as b')) as unknown as pg.QueryResult[];
    expect(results.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    await expect(pool.query('create table half (n int); select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect((await pool.query(`select to_regclass('half') as half`)).rows).toEqual([{ half: null }]);
  });

  test('get an error alone: the next query of the same client works', async () => {
    const client = await pool.connect();
    await expect(client.query('select $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('select nonsense')).rejects.toMatchObject({ code: '42703' });
    expect((await client.query('select $1::text as ok', ['yes'])).rows).toEqual([{ ok: 'yes' }]);
    client.release();
  });

  test('keep a failed transaction failed until it is rolled back', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    const outside = pool.query('select 1 as one');
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
    client.release();
    expect((await outside).rows).toEqual([{ one: 1 }]);
  });

  test('move large values in both directions', async () => {
    const text = 'x'.repeat(5_000_000);
    const { rows } = await pool.query<{ n: number; text: string }>('select length($1) as n, $1 as text', [text]);
    expect(rows[0]!.n).toBe(text.length);
    expect(rows[0]!.text === text).toBe(true);
    const many = await pool.query('select n, repeat($1, 100) as filler from generate_series(1, 100000) n', ['y']);
    expect(many.rows.length).toBe(100_000);
    expect(many.rows.at(-1)).toEqual({ n: 100_000, filler: 'y'.repeat(100) });
  });

  test('hear notifications, also of their own', async () => {
    const listener = await pool.connect();
    const heard: string[] = [];
    const both = Promise.withResolvers<void>();
    listener.on('notification', ({ channel, payload }) => {
      heard.push(`${channel}: ${payload}`);
      if (heard.length === 2) both.resolve();
    });
    await listener.query('listen news');
    await pool.query(`notify news, 'from another'`);
    await listener.query(`notify news, 'from itself'`);
    await both.promise;
    expect(heard).toEqual(['news: from another', 'news: from itself']);
    listener.release();
  });
});

describe('a client that goes away', () => {
  beforeEach(() => pool.query('create table note (id int)'));

  test('inside a transaction leaves nothing of it, and the others go on', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await client.query('insert into note values (1)');
    const waiting = count('note');
    client.release(true);
    expect(await waiting).toBe(0);
  });

  test('while its query runs leaves nothing of it', async () => {
    const client = await pool.connect();
    const broken = Promise.allSettled([client.query('begin; insert into note select generate_series(1, 10000)')]);
    const waiting = count('note');
    client.release(new Error('gone'));
    await broken;
    expect(await waiting).toBe(0);
    expect(await count('note')).toBe(0);
  });

  test('before its turn came is skipped at once', async () => {
    await open.close();
    await reopen({ patienceMs: 2 ** 31 - 1 });
    await pool.query('create table note (id int)');
    const first = await pool.connect();
    await first.query('begin');
    const second = await pool.connect();
    const never = expect(second.query('insert into note values (2)')).rejects.toThrow();
    // A turn of the event loop: the query is on its way, and waits.
    await setImmediate();
    second.release(new Error('gone'));
    await never;
    const third = count('note');
    await first.query('commit');
    first.release();
    expect(await third).toBe(0);
  });
});

describe('a query outside its own open transaction', () => {
  test('fails with a message that says so; transaction and pool go on', async () => {
    await open.close();
    await reopen({ patienceMs: 50 });
    const client = await pool.connect();
    await client.query('begin');
    const error: unknown = await pool.query('select 1').catch((failed: unknown) => failed);
    expect(String(error)).toMatch(/waited 0.05 s for another transaction .*outside its own open transaction/);
    expect(isUnavailable(error)).toBe(true);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.query('commit');
    client.release();
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
  });
});

test('closing cuts off a client that is never given back', async () => {
  await open.close();
  await reopen({ drainMs: 10 });
  const client = await pool.connect();
  await client.query('begin');
  const ended = new Promise((resolve) => client.once('end', resolve));
  await open.close();
  await ended;
  await expect(pool.query('select 1')).rejects.toThrow();
  await reopen();
});

test('a client that asks for encryption is told there is none', async () => {
  const client = new pg.Client({ ...pool.options, ssl: true });
  await expect(client.connect()).rejects.toThrow('The server does not support SSL connections');
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
