import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate, readMigrations } from '../../../src/store/migrate.ts';
import { openStore } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, sharedPostgres } from '../../support/store.ts';

const scratch = await mkdtemp(join(tmpdir(), 'rounds-migrations-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

let folder: string;
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(scratch, 'folder-'));
  url = await (await sharedPostgres()).createDatabase();
});

const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);

async function withClient<R>(work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const run = (log = memoryLog()): Promise<void> => withClient((client) => migrate(client, { log, folder }));
const query = async (sql: string): Promise<unknown[]> => (await withClient((client) => client.query(sql))).rows;

describe('migrations', () => {
  test('run in order, once, and are written down', async () => {
    await write('002_rows.sql', 'insert into thing values (1), (2);\ninsert into thing values (3);');
    await write('001_thing.sql', 'create table thing (id int);');
    await write('notes.md', 'not a migration');
    const log = memoryLog();
    await run(log);
    await run(log);
    expect(await query('select count(*)::int as n from thing')).toEqual([{ n: 3 }]);
    expect(await query('select id, name, applied_at <= now() as past from schema_migration order by id')).toEqual([
      { id: 1, name: '001_thing.sql', past: true },
      { id: 2, name: '002_rows.sql', past: true },
    ]);
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { migration: '001_thing.sql', durationMs: expect.any(Number) },
      { migration: '002_rows.sql', durationMs: expect.any(Number) },
    ]);
  });

  test('that fail leave nothing behind and name file and line; those before stay', async () => {
    await write('001_thing.sql', 'create table thing (id int);');
    await write('002_bad.sql', 'create table half (id int);\n\ninsert into nowhere values (1);');
    await expect(run()).rejects.toThrow('migration 002_bad.sql:3: relation "nowhere" does not exist');
    expect(await query(`select to_regclass('half') as half, to_regclass('thing')::text as thing`)).toEqual([
      { half: null, thing: 'thing' },
    ]);
    await write('002_bad.sql', 'create table whole (id int);');
    await run();
    expect(await query('select id from schema_migration order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('that were changed after they were applied are refused', async () => {
    await write('001_thing.sql', 'create table thing (id int);');
    await run();
    await write('001_thing.sql', 'create table thing (id bigint);');
    await expect(run()).rejects.toMatchObject({
      code: 'conflict',
      message: 'the migration 001_thing.sql was changed after this database had applied it',
    });
  });

  test('are the same with the line ends of Windows', async () => {
    await write('001_thing.sql', 'create table thing (\n id int);\n');
    await run();
    await write('001_thing.sql', 'create table thing (\r\n id int);\r\n');
    await run();
  });

  test('of a newer version are refused', async () => {
    await write('001_thing.sql', 'create table thing (id int);');
    await write('002_newer.sql', 'create table newer (id int);');
    await run();
    await rm(join(folder, '002_newer.sql'));
    await expect(run()).rejects.toMatchObject({
      code: 'conflict',
      message: 'the database is newer than this Rounds: it has the migration 002_newer.sql',
      hint: expect.any(String),
    });
  });

  test('have a number of their own in their name', async () => {
    await write('001_thing.sql', '');
    await write('001_other.sql', '');
    await expect(readMigrations(folder)).rejects.toThrow('001_other.sql and 001_thing.sql have the same number');
    await rm(join(folder, '001_other.sql'));
    await write('thing.sql', '');
    await expect(readMigrations(folder)).rejects.toThrow(/thing\.sql: a migration is named/);
  });
});

describe('the migrations of Rounds', () => {
  test('survive eight starts at the same time on one server', async () => {
    const logs = Array.from({ length: 8 }, () => memoryLog());
    const stores = await Promise.all(logs.map((log) => openStore({ databaseUrl: url, dataDir: scratch, log })));
    const migrations = await readMigrations();
    expect(await query('select count(*)::int as n from schema_migration')).toEqual([{ n: migrations.length }]);
    const runs = logs.flatMap((log) => log.lines.filter(({ message }) => message === 'migrated the database'));
    expect(runs.length).toBe(migrations.length);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('make the same tables on the embedded database as on a server', async () => {
    const columns = `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = 'public' order by table_name, column_name`;
    const embedded = await embeddedStore();
    const server = await openStore({ databaseUrl: url, dataDir: scratch, log: memoryLog() });
    expect((await embedded.pool.query(columns)).rows).toEqual((await server.pool.query(columns)).rows);
    await Promise.all([embedded.close(), server.close()]);
  });
});
