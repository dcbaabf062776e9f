import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

interface Tables {
  thing: { id: number; name: string };
}

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
] as const)('a store (%s)', (kind, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    await store.pool.query('create table thing (id bigint primary key, name text not null)');
  });
  afterAll(() => store.close());

  test('answers with the time of its database', async () => {
    expect(store.kind).toBe(kind);
    const before = await store.ping();
    expect(before).toBeInstanceOf(Date);
    expect((await store.ping()).getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  test('keeps what a transaction wrote, and returns what it returned', async () => {
    const id = await store.transaction<Tables, number>(async (tx) => {
      await tx.insertInto('thing').values({ id: 1, name: 'kept' }).execute();
      return (await tx.selectFrom('thing').select('id').executeTakeFirstOrThrow()).id;
    });
    expect(id).toBe(1);
    expect(await store.db<Tables>().selectFrom('thing').selectAll().where('id', '=', 1).execute()).toEqual([
      { id: 1, name: 'kept' },
    ]);
  });

  test('forgets what a failed transaction wrote', async () => {
    const failing = store.transaction<Tables, void>(async (tx) => {
      await tx.insertInto('thing').values({ id: 2, name: 'gone' }).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await store.db<Tables>().selectFrom('thing').selectAll().where('id', '=', 2).execute()).toEqual([]);
  });

  test('goes on after an error of the database inside a transaction', async () => {
    const failing = store.transaction<Tables, void>(async (tx) => {
      await tx.insertInto('thing').values({ id: 3, name: 'first' }).execute();
      await tx.insertInto('thing').values({ id: 3, name: 'second' }).execute();
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await store.db<Tables>().selectFrom('thing').selectAll().where('id', '=', 3).execute()).toEqual([]);
  });

  test('reads whole numbers and decimals as numbers, dates as written, moments as dates', async () => {
    const { rows } = await store.pool.query(`
      select count(*) as n, 9007199254740991::int8 as large, 1.5::numeric as half, sum(2::int8) as total,
        date '2026-03-29' as day, timestamptz '2026-03-29 01:00Z' as moment, null::int8 as missing`);
    expect(rows).toEqual([
      {
        n: 1,
        large: Number.MAX_SAFE_INTEGER,
        half: 1.5,
        total: 2,
        day: '2026-03-29',
        moment: new Date('2026-03-29T01:00:00Z'),
        missing: null,
      },
    ]);
  });

  test('refuses a whole number that JavaScript would round', async () => {
    await expect(store.pool.query('select 9007199254740993::int8')).rejects.toThrow('too large');
    expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('closes once, however often it is asked', async () => {
    const other = await open();
    await Promise.all([other.close(), other.close()]);
    await expect(other.ping()).rejects.toThrow();
  });
});
