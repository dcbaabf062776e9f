import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../src/audit/append.ts';
import { eraseAudit } from '../../../src/audit/erase.ts';
import { auditOwnership } from '../../../src/audit/ownership.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { anna, fillAudit, grantsOfDocs, noon } from '../../support/audit.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore, sharedPostgres } from '../../support/store.ts';

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];
const clock = { now: () => noon };
const blank = 'salt = null, payload = null, actor = null, action = null, target = null';

describe.each(stores)('the tables of the audit on the %s store', (_name, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    await fillAudit(store, 3);
  });
  afterAll(() => store.close());

  it.each([
    'update audit_entry set at_ms = 0 where seq = 1',
    'update audit_entry set hash = hash',
    'update audit_entry set at_ms = 0 where false',
    'delete from audit_entry where seq = 3',
    'delete from audit_entry where false',
    'truncate audit_entry',
    'truncate audit_entry, audit_detail, audit_head',
    "update audit_detail set actor = 'os:eve' where seq = 1",
    "update audit_detail set payload = '{}' where seq = 1",
    'update audit_detail set payload = payload where seq = 1',
    'update audit_detail set seq = 9 where seq = 1',
    `update audit_detail set ${blank} where seq = 1`,
    `update audit_detail set ${blank}`,
    'delete from audit_detail where seq = 1',
    'truncate audit_detail',
    'delete from audit_head',
    'truncate audit_head',
  ])('refuse: %s', async (statement) => {
    await expect(store.pool.query(statement)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('append-only'),
    });
    expect(await verifyAudit(store)).toMatchObject({ rows: 3, fault: undefined });
  });

  it('refuse it in a session that calls itself a replica too', async () => {
    await expect(
      store.transaction(async (tx) => {
        await sql`set local session_replication_role = replica`.execute(tx);
        await sql`delete from audit_entry`.execute(tx);
      }),
    ).rejects.toThrow('append-only');
  });

  it('tell the doctor who owns them and which triggers are off', async () => {
    expect(await auditOwnership(store)).toEqual({ role: 'postgres', ownsTable: true, superuser: true, unguarded: [] });
    await store.pool.query('alter table audit_entry disable trigger audit_entry_append_only');
    expect((await auditOwnership(store)).unguarded).toEqual(['audit_entry_append_only']);
    await store.pool.query('alter table audit_entry enable always trigger audit_entry_append_only');
  });
});

describe('an owner apart, as the docs say', () => {
  it('leaves the bot to read, append and erase, and to nothing else', async () => {
    const server = await sharedPostgres();
    const superuser = new pg.Client(await server.createDatabase());
    await superuser.connect();
    await superuser.query("create role rounds login password 'bot'; grant create on schema public to rounds");
    const url = Object.assign(new URL(server.url), {
      username: 'rounds',
      password: 'bot',
      pathname: superuser.database,
    });
    const open = () => openStore({ databaseUrl: url.href, dataDir: tmpdir(), log: memoryLog() });
    await (await open()).close();
    for (const statement of await grantsOfDocs()) await superuser.query(statement);
    const bot = await open();
    try {
      const entry = { action: 'check.mute', target: 'check/api' };
      await bot.transaction((tx) => appendAudit(tx, anna, entry, noon));
      await eraseAudit({ store: bot, clock }, anna, { seq: 1n, reason: 'a name' });
      expect(await verifyAudit(bot)).toMatchObject({ rows: 2, erased: 1, fault: undefined });
      expect(await auditOwnership(bot)).toEqual({ role: 'rounds', ownsTable: false, superuser: false, unguarded: [] });
      for (const statement of [
        "insert into audit_entry (seq, at_ms, commitment, hash) values (3, 0, '', '')",
        'insert into audit_detail (seq) values (3)',
        'update audit_head set seq = 0',
        'update audit_entry set at_ms = 0',
        'delete from audit_detail',
        'truncate audit_entry',
        'alter table audit_entry disable trigger all',
        'drop table audit_entry',
        'create or replace function audit_refuse() returns trigger language plpgsql as $$begin return new; end$$',
        'set role rounds_audit',
      ]) {
        await expect(bot.pool.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await bot.close();
      await superuser.end();
    }
  });
});
