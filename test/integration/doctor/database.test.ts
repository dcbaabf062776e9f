import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { auditOwnership } from '../../../src/audit/ownership.ts';
import type { Found } from '../../../src/doctor/model.ts';
import { auditPart } from '../../../src/doctor/parts/audit.ts';
import { databasePart } from '../../../src/doctor/parts/database.ts';
import { queuePart } from '../../../src/doctor/parts/queue.ts';
import { defineJob } from '../../../src/jobs/model.ts';
import { openJobs } from '../../../src/jobs/open.ts';
import { type Clock, systemClock } from '../../../src/kernel/clock.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, sharedPostgres } from '../../support/store.ts';

const { signal } = new AbortController();
/** Of the audit what the database doesn't tell. */
const kept = { signed: true, lastHead: async () => undefined, channel: 'C0AUDIT', logged: true, clock: systemClock };

function look(store: Store, over: { clock?: Clock; production?: boolean; moved?: Clock } = {}): Promise<Found[]> {
  return databasePart({ store, clock: systemClock, production: false, ...over }).look(signal);
}

const said = (found: Found[]) => found.map(({ state, message }) => `${state} ${message}`);

describe('the embedded database', () => {
  let store: Store;
  beforeAll(async () => {
    store = await embeddedStore();
  });

  it('is fine for a try-out, and a warning in production', async () => {
    expect(said(await look(store))).toEqual([
      expect.stringMatching(/^ok the embedded database \(PostgreSQL \d+/),
      "ok this machine's clock agrees with the database's",
      'ok the role postgres has the rights it needs',
    ]);
    expect((await look(store, { production: true }))[0]).toMatchObject({
      state: 'warn',
      fix: 'set DATABASE_URL to a PostgreSQL server',
    });
  });

  it.each([
    ['agrees', 900, 'ok', 'agrees'],
    ['agrees', -900, 'ok', 'agrees'],
    ['is ahead', 5_000, 'warn', "ahead of the database's"],
    ['is behind', -5_000, 'warn', "behind the database's"],
    ['is far ahead', 600_000, 'problem', "10 min ahead of the database's"],
    ['is far behind', -600_000, 'problem', "10 min behind the database's"],
  ])("this machine's clock %s (%d ms)", async (_, offMs, state, words) => {
    const clock = { now: () => new Date(Date.now() + offMs) };
    expect((await look(store, { clock }))[1]).toMatchObject({ state, message: expect.stringContaining(words) });
  });

  it("says plainly that a try-out's clock was moved on purpose, and only then", async () => {
    const ahead = (aheadMs: number, speed: number) => ({ now: () => new Date(Date.now() + aheadMs), speed });
    const words = async (moved: Clock) => said(await look(store, { moved })).filter((line) => line.includes('moved'));
    expect(await words(ahead(8 * 3_600_000, 1))).toEqual(["ok the workspace's clock was moved: it is 8 h ahead"]);
    expect(await words(ahead(60_000, 60))).toEqual([
      "ok the workspace's clock was moved: it is 1 min ahead and runs × 60",
    ]);
    expect(await words(ahead(0, 1))).toEqual([]);
  });

  it('guards the audit, which its only role owns', async () => {
    const part = auditPart({ ...kept, ownership: () => auditOwnership(store), embedded: true, tryOut: true });
    expect((await part.look(signal)).map(({ state }) => state)).toEqual(['ok', 'ok']);
  });
});

describe('a PostgreSQL server', () => {
  let url: URL;
  let owner: Store;
  const open: Store[] = [];
  beforeAll(async () => {
    url = new URL(await (await sharedPostgres()).createDatabase());
    owner = await openStore({ databaseUrl: url.href, dataDir: tmpdir(), log: memoryLog() });
    await (await openJobs({ store: owner, clock: systemClock, log: memoryLog() })).stop(0);
  });
  afterAll(async () => {
    await Promise.all([...open, owner].map((store) => store.close()));
  });

  /** A store of a role with all rights that a bot needs, and none more. */
  async function storeOf(role: string, sql = ''): Promise<Store> {
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    await admin.query(`
      create role ${role} login password 'pw-of-${role}';
      grant usage on schema public, pgboss to ${role};
      grant select, insert, update, delete on all tables in schema public, pgboss to ${role};
      revoke insert, update, delete on audit_entry, audit_detail, audit_head, schema_migration from ${role};
      grant execute on function audit_append to ${role};
      ${sql}`);
    await admin.end();
    const its = new URL(url);
    its.username = role;
    its.password = `pw-of-${role}`;
    const store = await openStore({ databaseUrl: its.href, dataDir: tmpdir(), log: memoryLog() });
    open.push(store);
    return store;
  }

  it('is fine with a role that has what it needs and owns nothing', async () => {
    const store = await storeOf('modest');
    expect(said(await look(store, { production: true }))).toEqual([
      expect.stringMatching(/^ok PostgreSQL \d+/),
      "ok this machine's clock agrees with the database's",
      'ok the role modest has the rights it needs',
    ]);
    const part = auditPart({ ...kept, ownership: () => auditOwnership(store), embedded: false, tryOut: false });
    expect(said(await part.look(signal))[0]).toBe('ok the role modest can append to it, not change it');
  });

  it('names each right that lacks, also on the tables of the queue, with the grant that mends it', async () => {
    const store = await storeOf(
      'limited',
      'revoke update, delete on check_state from limited; revoke insert on pgboss.queue from limited; revoke execute on function audit_append from limited;',
    );
    const found = await look(store);
    expect(found.slice(2)).toEqual([
      {
        state: 'problem',
        message: 'the role limited lacks DELETE, UPDATE on check_state',
        fix: 'grant DELETE, UPDATE on check_state to limited',
      },
      {
        state: 'problem',
        message: 'the role limited lacks EXECUTE on function audit_append',
        fix: 'grant EXECUTE on function audit_append to limited',
      },
      {
        state: 'problem',
        message: 'the role limited lacks INSERT on pgboss.queue',
        fix: 'grant INSERT on pgboss.queue to limited',
      },
    ]);
  });

  it('says when tables are not where this role looks for them', async () => {
    const store = await storeOf('astray');
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    await admin.query('alter role astray set search_path = elsewhere');
    await admin.end();
    const its = new URL(url);
    its.username = 'astray';
    its.password = 'pw-of-astray';
    const pool = new pg.Pool({ connectionString: its.href });
    onTestFinished(() => pool.end());
    const { Kysely, PostgresDialect } = await import('kysely');
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const part = databasePart({
      store: { kind: 'server', db: <T>() => db as unknown as ReturnType<typeof store.db<T>> },
      clock: systemClock,
      production: false,
    });
    expect(said(await part.look(signal)).at(-1)).toMatch(/^problem tables are missing: .*check_state/);
  });

  it('says when it takes no writes', async () => {
    const store = await storeOf('reader', 'alter role reader set default_transaction_read_only = on;');
    expect((await look(store))[0]).toMatchObject({
      state: 'problem',
      message: expect.stringContaining('takes no writes'),
      fix: expect.stringContaining('primary'),
    });
  });

  it('says when the bot owns its audit, and when somebody turned the triggers off', async () => {
    const part = auditPart({ ...kept, ownership: () => auditOwnership(owner), embedded: false, tryOut: false });
    expect((await part.look(signal))[0]).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('superuser'),
    });
    await owner.pool.query('alter table audit_entry disable trigger audit_entry_append_only');
    const [found] = await part.look(signal);
    expect(found).toMatchObject({
      state: 'problem',
      message: expect.stringContaining('audit_entry_append_only'),
    });
    await owner.pool.query(/alter table .*;/.exec(found?.fix ?? '')?.[0] ?? 'no statement to paste');
    expect((await part.look(signal)).map(({ state }) => state)).not.toContain('problem');
  });
});

describe('the queue', () => {
  const kind = defineJob({
    name: 'doctor.test',
    schema: z.object({ fails: z.boolean() }),
    lane: 'messages',
    retry: { limit: 0, firstMs: 1, maxMs: 1 },
  });

  it('is fine when empty; a job that waits too long and one that died are told, and a replayed one is gone', async () => {
    const store = await embeddedStore();
    const jobs = await openJobs({ store, clock: systemClock, log: memoryLog() });
    onTestFinished(() => jobs.stop(0));
    const part = queuePart(jobs, systemClock);
    expect(said(await part.look(signal))).toEqual(['ok nothing is late: 0 waiting, 0 running']);

    await store.transaction((tx) => jobs.enqueue(tx, kind, { fails: false }));
    await store.pool.query(`update pgboss.job set start_after = now() - interval '2 minutes'`);
    expect(said(await part.look(signal))).toEqual([
      expect.stringMatching(/^warn a job that is due has been waiting for 2 min.*, 1 wait in all/),
    ]);
    await store.pool.query(`update pgboss.job set start_after = now() - interval '10 minutes'`);
    expect(await part.look(signal)).toMatchObject([{ state: 'problem', fix: expect.stringContaining('/readyz') }]);
  });

  it('tells a job that died, with why and how to replay it', async () => {
    const store = await embeddedStore();
    const jobs = await openJobs({ store, clock: systemClock, log: memoryLog() });
    onTestFinished(() => jobs.stop(0));
    const tried = Promise.withResolvers<void>();
    jobs.handle(kind, async () => {
      tried.resolve();
      throw new PortError('channel_not_found', 'Slack refuses chat.postMessage', { retryable: false });
    });
    await store.transaction((tx) => jobs.enqueue(tx, kind, { fails: true }));
    await jobs.start();
    await tried.promise;
    await expect.poll(() => jobs.dead(1), { timeout: 10_000 }).toHaveLength(1);
    const [dead] = await jobs.dead(1);
    const found = await queuePart(jobs, systemClock).look(signal);
    expect(found[1]).toMatchObject({
      state: 'problem',
      message: expect.stringMatching(/^1 dead doctor\.test \(channel_not_found\), the newest .* ago: Slack refuses/),
      fix: `mend the cause, then npx rounds jobs replay ${dead!.id}`,
    });
  });
});
