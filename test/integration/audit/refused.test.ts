import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
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
    'update audit_head set seq = seq',
    'update audit_head set seq = seq + 1',
    'update audit_head set seq = 1, hash = (select hash from audit_entry where seq = 1)',
    "update audit_head set hash = sha256('x')",
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

  const fits = JSON.stringify({ actor: 'a', action: 'b', target: 'c', request: 'R' });
  it.each<[string, [at: string, payload: string, actor: string | null, action: string, target: string]]>([
    ['a time that nothing can show', ['9223372036854775807', fits, 'a', 'b', 'c']],
    ['a time before any', ['-1', fits, 'a', 'b', 'c']],
    ['a text that is no JSON', ['0', 'not json', 'a', 'b', 'c']],
    ['a text that holds nothing', ['0', '[]', 'a', 'b', 'c']],
    ['another actor', ['0', fits, 'x', 'b', 'c']],
    ['no actor', ['0', fits, null, 'b', 'c']],
    ['another action', ['0', fits, 'a', 'x', 'c']],
    ['another target', ['0', fits, 'a', 'b', 'x']],
    ['no request', ['0', '{"actor":"a","action":"b","target":"c"}', 'a', 'b', 'c']],
    ['a number for a text', ['0', fits.replace('"a"', '1'), '1', 'b', 'c']],
    ['a reason that is no text', ['0', fits.replace('{', '{"reason":null,'), 'a', 'b', 'c']],
  ])('take no row with %s', async (_what, [at, ...texts]) => {
    const appending = store.pool.query('select audit_append($1::bigint, $2, $3, $4, $5)', [at, ...texts]);
    await expect(appending).rejects.toMatchObject({ code: expect.stringMatching(/^22/) });
    expect(await verifyAudit(store)).toMatchObject({ rows: 3, fault: undefined });
  });

  it('take whatever a verb has to record', async () => {
    const entry = {
      action: 'check.mute',
      target: 'check/\0\ud800',
      after: { 'k\0': ['\ud800 \\u0000 \0'] },
      reason: '\0',
    };
    await expect(
      store.transaction(async (tx) => {
        await appendAudit(tx, anna, entry, noon);
        throw new Error('it was taken');
      }),
    ).rejects.toThrow('it was taken');
  });

  it('tell the doctor who owns them and which triggers are off', async () => {
    expect(await auditOwnership(store)).toMatchObject({
      role: 'postgres',
      superuser: true,
      owns: expect.arrayContaining(['table audit_entry', 'schema public', 'function audit_append']),
      appendsAsOwner: true,
      unguarded: [],
    });
    await store.pool.query('alter table audit_entry disable trigger audit_entry_append_only');
    expect((await auditOwnership(store)).unguarded).toEqual(['audit_entry_append_only']);
    await store.pool.query('alter table audit_entry enable always trigger audit_entry_append_only');
  });
});

describe('an owner apart, as the docs say', () => {
  /** A database that belongs to the bot's role, after its first start and the statements of the docs. */
  async function apart() {
    const server = await sharedPostgres();
    const superuser = new pg.Client(await server.createDatabase());
    await superuser.connect();
    const { database } = superuser;
    await superuser.query(`
      drop role if exists rounds_audit;
      do $$ begin create role rounds login password 'bot'; exception when duplicate_object then null; end $$;
      alter database ${database} owner to rounds`);
    const its = { username: 'rounds', password: 'bot', pathname: database };
    const open = () =>
      openStore({
        databaseUrl: Object.assign(new URL(server.url), its).href,
        dataDir: tmpdir(),
        log: memoryLog(),
      });
    await (await open()).close();
    for (const statement of await grantsOfDocs(database!)) await superuser.query(statement);
    const bot = await open();
    onTestFinished(async () => {
      await bot.close();
      await superuser.query(`reassign owned by rounds_audit to postgres; drop owned by rounds_audit`);
      await superuser.end();
    });
    return { superuser, bot, database: database! };
  }
  const held = {
    role: 'rounds',
    superuser: false,
    owns: [],
    writes: [],
    grantsItself: false,
    appendsAsOwner: true,
    unguarded: [],
  };

  it('leaves the bot to read, append and erase, and to nothing else', async () => {
    const { bot } = await apart();
    const entry = { action: 'check.mute', target: 'check/api' };
    await bot.transaction((tx) => appendAudit(tx, anna, entry, noon));
    await eraseAudit({ store: bot, clock }, anna, { seq: 1n, reason: 'a name was in it' });
    expect(await verifyAudit(bot)).toMatchObject({ rows: 2, erased: 1, fault: undefined });
    expect(await auditOwnership(bot)).toEqual(held);
    for (const statement of [
      "insert into audit_entry (seq, at_ms, commitment, hash) values (3, 0, '', '')",
      'insert into audit_detail (seq) values (3)',
      'update audit_head set seq = 0',
      'update audit_entry set at_ms = 0',
      'delete from audit_detail',
      'truncate audit_entry',
      'alter table audit_entry disable trigger all',
      'drop table audit_entry',
      'drop table audit_entry, audit_detail, audit_head cascade',
      'drop schema public cascade',
      'create or replace function audit_refuse() returns trigger language plpgsql as $$begin return new; end$$',
      'create trigger mine before insert on audit_entry for each statement execute function audit_refuse()',
      'set role rounds_audit',
    ]) {
      await expect(bot.pool.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('lends the bot nothing of its rights, whatever functions the bot makes', async () => {
    const { bot } = await apart();
    const body = `language plpgsql as $$ begin raise exception 'runs as %', current_user; end $$`;
    for (const head of [
      'convert_to(text, text) returns bytea',
      'to_jsonb(text) returns jsonb',
      'sha256(bytea) returns bytea',
      'int8send(bigint) returns bytea',
      'jsonb_typeof(jsonb) returns text',
      'starts(jsonb, text) returns jsonb',
    ]) {
      await bot.pool.query(`create function public.${head} ${body}`);
    }
    await bot.pool.query('create operator public.-> (leftarg = jsonb, rightarg = text, function = starts)');
    await bot.transaction((tx) => appendAudit(tx, anna, { action: 'check.mute', target: 'check/api' }, noon));
    expect(await verifyAudit(bot)).toMatchObject({ rows: 1, fault: undefined });
  });

  it.each<[string, (database: string) => string, object]>([
    [
      'the database',
      (database) => `alter database ${database} owner to rounds`,
      { owns: [expect.stringMatching(/^database /)] },
    ],
    ['the schema', () => 'alter schema public owner to rounds', { owns: ['schema public'] }],
    ['a table', () => 'alter table audit_head owner to rounds', { owns: ['table audit_head'] }],
    [
      'the function that appends',
      () => 'alter function audit_append owner to rounds',
      { owns: ['function audit_append'] },
    ],
    [
      'a function of a trigger',
      () => 'alter function audit_refuse owner to rounds',
      { owns: ['function audit_refuse'] },
    ],
    [
      'rights on everything',
      () => 'grant all on all tables in schema public to rounds',
      {
        writes: ['audit_detail', 'audit_entry', 'audit_head'].flatMap((table) =>
          ['DELETE', 'INSERT', 'TRIGGER', 'TRUNCATE', 'UPDATE'].map((right) => `${right} on ${table}`),
        ),
      },
    ],
    ['one right of everybody', () => 'grant delete on audit_entry to public', { writes: ['DELETE on audit_entry'] }],
    [
      'a right on a column',
      () => 'grant update (payload) on audit_detail to rounds',
      { writes: ['UPDATE on audit_detail'] },
    ],
    [
      'an audit_append with the rights of its caller',
      () => 'alter function audit_append security invoker',
      { appendsAsOwner: false },
    ],
  ])('tells the doctor when the bot got %s', async (_what, statement, found) => {
    const { superuser, bot, database } = await apart();
    await superuser.query(statement(database));
    expect(await auditOwnership(bot)).toMatchObject({ ...held, ...found });
  });

  it('tells the doctor when the bot became a member of the owner', async () => {
    const { superuser, bot, database } = await apart();
    await superuser.query('grant rounds_audit to rounds');
    const { owns } = await auditOwnership(bot);
    expect(owns).toContain(`database ${database}`);
    expect(owns).toContain('table audit_entry');
  });
});
