import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import { fillAudit, sqlOfDocs, tamper } from '../../support/audit.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';

const rounds = join(import.meta.dirname, '../../../src/main.ts');

describe('an auditor who may only read', () => {
  let url: URL;
  let owner: Store;
  beforeAll(async () => {
    url = new URL(await (await sharedPostgres()).createDatabase());
    owner = await openStore({ databaseUrl: url.href, dataDir: tmpdir(), log: memoryLog() });
    await fillAudit(owner, 3);
    await sql`create role stranger login password 'a long one'`.execute(owner.db());
    for (const statement of await sqlOfDocs('to auditor')) await sql.raw(statement).execute(owner.db());
  });
  afterAll(() => owner.close());

  /** What a terminal without anything but the address of the database gets. */
  function typed(username: string, ...args: string[]) {
    const its = Object.assign(new URL(url), { username, password: 'a long one' });
    const env = { PATH: process.env.PATH, DATABASE_URL: its.href };
    return spawnSync(process.execPath, [rounds, 'audit', ...args], { env, cwd: tmpdir(), encoding: 'utf8' });
  }

  it('verifies, with no ops.yml and no role in it', async () => {
    expect(typed('auditor', 'verify')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^OK {2}3 rows are as they were recorded/),
      stderr: '',
    });
    await tamper(owner, sql`update audit_detail set actor = 'os:eve' where seq = 2`);
    expect(typed('auditor', 'verify')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/row 2 .* has another actor/),
    });
    await tamper(owner, sql`update audit_detail set actor = 'slack:UANNA' where seq = 2`);
  });

  it('is told what lacks', () => {
    expect(typed('stranger', 'verify')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('grant select on audit_entry, audit_detail, audit_head to stranger'),
    });
  });

  it('makes a key with nothing at all', () => {
    const env = { PATH: process.env.PATH };
    const made = spawnSync(process.execPath, [rounds, 'audit', 'key'], { env, cwd: tmpdir(), encoding: 'utf8' });
    expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^AUDIT_SIGNING_KEY=/m), stderr: '' });
  });

  it('finds with the queries of the docs what was edited', async () => {
    const client = new pg.Client(Object.assign(new URL(url), { username: 'auditor', password: 'a long one' }).href);
    await client.connect();
    const [chain, texts] = [await sqlOfDocs('as expected'), await sqlOfDocs('d.salt ||')];
    const first = async ([query = '']: string[]) => (await client.query<{ seq: string }>(query)).rows[0]?.seq;
    expect([await first(chain), await first(texts)]).toEqual([undefined, undefined]);
    await tamper(owner, sql`update audit_detail set payload = replace(payload, 'a deployment', 'none') where seq = 2`);
    expect([await first(chain), await first(texts)]).toEqual([undefined, '2']);
    await tamper(owner, sql`update audit_entry set at_ms = at_ms + 1 where seq = 3`);
    expect(await first(chain)).toBe('3');
    await client.end();
  });
});

it('verifies no database that holds no audit', async () => {
  const url = await (await sharedPostgres()).createDatabase();
  const env = { PATH: process.env.PATH, DATABASE_URL: url };
  const answer = spawnSync(process.execPath, [rounds, 'audit', 'verify'], { env, cwd: tmpdir(), encoding: 'utf8' });
  expect(answer).toMatchObject({ status: 3, stderr: expect.stringContaining('finds no audit in this database') });
  const client = new pg.Client(url);
  await client.connect();
  // Nothing was made in it either.
  expect(
    (await client.query("select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"))
      .rowCount,
  ).toBe(0);
  await client.end();
});
