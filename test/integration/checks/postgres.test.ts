import { once } from 'node:events';
import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import postgres from '../../../src/checks/postgres.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { stillNotClear } from '../../../src/health/hysteresis.ts';
import type { Facts } from '../../../src/kernel/check.ts';
import { listenOn } from '../../support/listen.ts';
import { type Postgres, type PostgresSetting, startPostgres } from '../../support/postgres.ts';
import { isPostgresInstalled } from '../../support/postgres-binaries.ts';
import { judgedByDefault, measure, type ProbeSetting, verdictOf, whyUnmeasured } from '../../support/probes.ts';

/** 20 sessions for users without privileges. */
const settings = {
  max_connections: '23',
  wal_level: 'replica',
  max_wal_senders: '5',
  max_replication_slots: '5',
  max_prepared_transactions: '5',
  archive_mode: 'on',
  autovacuum: 'off',
  deadlock_timeout: '50ms',
};

const installed = (await isPostgresInstalled()) ? [['an installed one', undefined] as const] : [];

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'shop' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

describe.each([['npm’s', 'npm'] as const, ...installed])('%s', (_, from: PostgresSetting['from']) => {
  let server: Postgres;
  let admin: pg.Client;
  beforeAll(async () => {
    server = await startPostgres({ from, settings, checksums: true });
    admin = await open(server.url);
    await admin.query(`alter system set archive_command = '/bin/true'`);
    await admin.query('select pg_reload_conf()');
    await admin.query(`
      create role watcher login password 'pw' in role pg_monitor;
      create role stranger login password 'pw';
      create role limited login password 'pw' in role pg_monitor connection limit 0;
      create table visits (id serial primary key, patient text);
      insert into visits (patient) select 'Jane Doe' from generate_series(1, 100);
      grant select on all sequences in schema public to watcher;
    `);
    await admin.query('create database closed');
    await admin.query('revoke connect on database closed from public');
    await admin.query('create database small connection limit 0');
    await admin.query('create database far');
    const far = await open(server.url.replace(/postgres$/, 'far'));
    await far.query(`create sequence counted maxvalue 101; select setval('counted', 96);
      create table twice (n int); insert into twice values (1), (1); grant select on counted to watcher`);
    await expect(far.query('create unique index concurrently once on twice (n)')).rejects.toThrow();
    await far.end();
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  function dsnOf(user: string, database = 'postgres'): string {
    const url = new URL(server.url);
    return Object.assign(url, { username: user, password: 'pw', pathname: `/${database}` }).href;
  }
  const params = { dsn: { secret: 'DB' } };
  const as = (dsn: string, more: ProbeSetting = {}): ProbeSetting => ({ secrets: { DB: dsn }, ...more });
  const healthy = () => verdictOf(postgres, params, as(dsnOf('watcher')));

  let shadows = 0;
  /** The user's DSN with something of its own before PostgreSQL's functions and views: a clock that is ahead, say. */
  async function watcherWith(shadow: (schema: string) => string): Promise<string> {
    shadows += 1;
    const schema = `shadow_${shadows}`;
    const client = await open(server.url);
    await client.query(`create schema ${schema}; grant usage on schema ${schema} to public; ${shadow(schema)}`);
    await client.end();
    return `${dsnOf('watcher')}?options=${encodeURIComponent(`-c search_path=${schema},pg_catalog,public`)}`;
  }
  const ahead = (time: string) =>
    watcherWith(
      (schema) =>
        `create function ${schema}.clock_timestamp() returns timestamptz language sql as 'select pg_catalog.clock_timestamp() + interval ''${time}'''`,
    );

  const undo: (() => Promise<unknown>)[] = [];
  const later = (work: () => Promise<unknown>) => undo.unshift(work);
  async function clean(): Promise<void> {
    for (const work of undo.splice(0)) await work();
  }
  async function session(): Promise<pg.Client> {
    const client = await open(server.url);
    later(() => client.end());
    return client;
  }
  async function running(sql: string, wait: string): Promise<void> {
    const client = await session();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const done = client.query(sql).catch(() => {});
    later(async () => {
      await admin.query('select pg_terminate_backend($1)', [rows[0].pid]);
      await done;
    });
    const found = 'select from pg_stat_activity where pid = $1 and wait_event_type = $2';
    await expect.poll(async () => (await admin.query(found, [rows[0].pid, wait])).rowCount).toBe(1);
  }
  async function lockWait(): Promise<void> {
    await (await session()).query('begin; lock table visits');
    await running('select count(*) from visits', 'Lock');
  }
  async function idleInTransaction(): Promise<void> {
    await (await session()).query('begin');
  }
  async function setting(name: string, value: string): Promise<void> {
    await admin.query(`alter system set ${name} = '${value}'`);
    await admin.query('select pg_reload_conf()');
    await expect.poll(async () => (await admin.query(`show ${name}`)).rows[0][name]).toBe(value);
  }
  async function writeSegments(count: number): Promise<void> {
    for (let each = 0; each < count; each += 1) {
      await admin.query('select txid_current()');
      await admin.query('select pg_switch_wal()');
    }
  }
  async function slot(): Promise<void> {
    await admin.query(`select pg_create_physical_replication_slot('gone', true)`);
    later(() => admin.query(`select pg_drop_replication_slot('gone')`));
  }
  async function sequence(last: number, more = 'maxvalue 101'): Promise<void> {
    await admin.query(`create sequence counted ${more}; select setval('counted', ${last})`);
    await admin.query('grant select on counted to watcher');
    later(() => admin.query('drop sequence counted'));
  }
  async function prepared(): Promise<void> {
    const client = await session();
    await client.query(`begin; insert into visits (patient) values ('x'); prepare transaction 'nightly'`);
    later(() => admin.query(`rollback prepared 'nightly'`));
  }
  const aged = (name: string, age: number) =>
    watcherWith((schema) => `create function ${schema}.${name}(xid) returns int language sql as 'select ${age}'`);

  it('healthy: says what it measured, of the declared facts alone', async () => {
    const facts = await measure(postgres, params, as(dsnOf('watcher')));
    expect(facts).toMatchObject({
      reachable: true,
      error: '',
      standby: false,
      connections: 2,
      connections_max: 20,
      connections_pct: 10,
      applications: ['rounds: 1', 'shop: 1'],
      longest_query_s: 0,
      lock_wait_s: 0,
      xid_age_database: expect.stringMatching(/^(postgres|template[01])$/),
      checksums: true,
      checksum_failures: 0,
      slots: 0,
      sequences: 1,
      sequence_used_pct: 0,
      replicas: 0,
      archiving: true,
      archive_failing: false,
      statements_read: false,
      unread: [],
    });
    const specs = postgres.facts(postgres.params.parse(params));
    expect(Object.keys(facts).filter((name) => !(name in specs))).toEqual([]);
    const measured = Object.keys(facts);
    const missing = Object.keys(specs).filter((name) => !specs[name]?.rate && !measured.includes(name));
    expect(missing).toEqual(['mean_query_ms', 'slow_statements', 'slowest_statements']);
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
    expect(JSON.stringify(facts)).not.toContain('Jane');
  });

  describe('planted faults', () => {
    type Verdict = 'fail' | 'warn' | 'unknown';
    type How = { dsn?: string; params?: object } & ProbeSetting;
    async function verdict({ dsn = dsnOf('watcher'), params: more, ...setting }: How = {}): Promise<string> {
      return verdictOf(postgres, { ...params, ...more }, as(dsn, setting));
    }

    // They change nothing of the server that another one sees.
    it.concurrent.each<[string, Verdict, () => How | Promise<How>]>([
      ['no connection left in the database', 'fail', () => ({ dsn: dsnOf('watcher', 'small') })],
      ['no connection left for the check’s own user', 'unknown', () => ({ dsn: dsnOf('limited') })],
      ['transaction ids 646 million old', 'warn', async () => ({ dsn: await aged('age', 646_000_000) })],
      ['transaction ids 1.3 billion old', 'fail', async () => ({ dsn: await aged('age', 1_300_000_000) })],
      ['multixacts 646 million old', 'warn', async () => ({ dsn: await aged('mxid_age', 646_000_000) })],
      ['multixacts 1.3 billion old', 'fail', async () => ({ dsn: await aged('mxid_age', 1_300_000_000) })],
      ['a standby that is not there', 'fail', () => ({ params: { replicas: 1 } })],
      ['a receiver of WAL in place of the standby', 'fail', () => streaming('null', 1)],
      ['a standby 5 s behind', 'warn', () => streaming('pg_current_wal_lsn()', 5)],
      ['a standby a minute behind', 'fail', () => streaming('pg_current_wal_lsn()', 60)],
      ['a user without pg_monitor', 'unknown', () => ({ dsn: dsnOf('stranger') })],
      ['a wrong password', 'unknown', () => ({ dsn: dsnOf('watcher').replace(':pw@', ':wrong@') })],
      ['a database that is not there', 'unknown', () => ({ dsn: dsnOf('watcher', 'nowhere') })],
      ['a further database that is not there', 'unknown', () => ({ params: { databases: ['postgres', 'no'] } })],
      ['a further database, not to be entered', 'unknown', notToBeEntered],
      ['the only database asked for, not to be entered', 'unknown', () => ({ params: { databases: ['closed'] } })],
      ['a fault in a further database', 'fail', () => ({ params: { databases: ['far'] } })],
      ['more databases than can be read', 'unknown', manyDatabases],
      ['a size that can’t be read', 'unknown', hiddenSize],
      ['a secret that is not set', 'unknown', () => ({ secrets: {} })],
      ['a secret that is no DSN', 'unknown', () => ({ dsn: 'mysql://db/shop' })],
      ['a server that is gone', 'fail', async () => ({ dsn: `postgres://me@127.0.0.1:${await closedPort()}/x` })],
    ])('%s → %s', async (_name, wanted, how) => {
      expect(await verdict(await how())).toBe(wanted);
    });

    type Cases = Record<string, [Verdict, (() => How | Promise<How>)?]>;
    const planted: [string, () => Promise<unknown>, Cases][] = [
      ['connections', () => fill(14), { '80 %': ['warn'] }],
      [
        'connections',
        () => fill(16),
        {
          '90 %': ['fail'],
          '90 %, and a database not to be entered': ['fail', notToBeEntered],
          '90 %, and more databases than can be read': ['fail', manyDatabases],
          '90 %, and a size that can’t be read': ['fail', hiddenSize],
        },
      ],
      ['connections', () => fill(20), { 'none left': ['fail'] }],
      ['a query', longQuery, { 'of a minute': ['warn', clock('61 s')], 'of an hour': ['fail', clock('1 h')] }],
      [
        'idle in transaction',
        idleInTransaction,
        { '5 min': ['warn', clock('5 min')], '30 min': ['fail', clock('30 min')] },
      ],
      [
        'a lock waited for',
        lockWait,
        { 'since a minute': ['warn', clock('60 s')], 'since two minutes': ['fail', clock('120 s')] },
      ],
      [
        'a prepared transaction',
        prepared,
        { 'of a day': ['warn', clock('24 h')], 'of three days': ['fail', clock('72 h')] },
      ],
      ['a slot', slot, { 'that nobody reads': ['warn'] }],
      ['a slot', lateSlot, { 'about to lose WAL': ['warn'] }],
      ['a slot', lostSlot, { 'that lost WAL': ['fail'] }],
      ['archiving', archiveFails, { 'that fails': ['fail'] }],
      ['archiving', archiveWaits, { '10 WAL files that wait': ['warn'] }],
      ['a sequence', () => sequence(86), { 'at 85 %': ['warn'] }],
      ['a sequence', () => sequence(96), { 'at 95 %': ['fail'] }],
      ['a sequence', () => sequence(-96, 'increment -1 minvalue -101 maxvalue -1'), { 'that counts down': ['fail'] }],
      ['a sequence', nearIntegers, { 'of bigints for an integer column': ['fail'] }],
      ['a sequence', hiddenSequence, { 'that the user can’t read': ['unknown'] }],
      ['a sequence', lockedSequence, { 'that is locked': ['unknown'] }],
      ['an index', invalidIndex, { 'that is invalid': ['warn'] }],
      ['deadlocks', deadlock, { '30 a minute': ['warn', async () => ({ previous: await beforeDeadlock() })] }],
      ['a session', hiddenSession, { 'that hides what it does': ['unknown'] }],
      ['a server', freeze, { 'that freezes': ['unknown', () => ({ signal: AbortSignal.timeout(300) })] }],
    ];
    const titled = planted.map(([name, plant, cases]) => {
      const words = Object.entries(cases).map(([each, [wanted]]) => `${each} → ${wanted}`);
      return [`${name} ${words.join(', ')}`, plant, cases] as const;
    });
    it.each(titled)('%s', async (_title, plant, cases) => {
      try {
        await plant();
        // One after the other: a check whose clock is ahead takes another one's query for a long one.
        for (const [name, [wanted, how]] of Object.entries(cases))
          expect(await verdict(await how?.()), name).toBe(wanted);
      } finally {
        await clean();
      }
      await expect.poll(healthy).toBe('ok');
    });

    function clock(time: string): () => Promise<How> {
      return async () => ({ dsn: await ahead(time) });
    }
    function notToBeEntered(): How {
      return { params: { databases: ['postgres', 'closed'] } };
    }
    /** One standby is expected; one row streams, and has replayed this. */
    async function streaming(replayed: string, seconds: number): Promise<How> {
      const dsn = await watcherWith(
        (schema) => `create view ${schema}.pg_stat_replication as select 1 as pid, 'standby' as application_name,
        null::inet as client_addr, 'streaming' as state, pg_current_wal_lsn() as sent_lsn, ${replayed}::pg_lsn as replay_lsn,
        interval '${seconds} s' as replay_lag; grant select on ${schema}.pg_stat_replication to watcher`,
      );
      return { dsn, params: { replicas: 1 } };
    }
    async function longQuery(): Promise<void> {
      await running('select pg_sleep(90)', 'Timeout');
    }
    async function lateSlot(): Promise<void> {
      await setting('max_slot_wal_keep_size', '1MB');
      later(() => setting('max_slot_wal_keep_size', '-1'));
      await slot();
      await writeSegments(3);
    }
    async function lostSlot(): Promise<void> {
      await lateSlot();
      await admin.query('checkpoint');
    }
    async function hiddenSequence(): Promise<void> {
      await sequence(5);
      await admin.query('revoke select on counted from watcher');
    }
    async function lockedSequence(): Promise<void> {
      await sequence(5);
      await (await session()).query('begin; alter sequence counted maxvalue 200');
    }
    async function hiddenSession(): Promise<void> {
      await (await session()).query('set track_activities = off');
    }
    async function freeze(): Promise<void> {
      await server.pause();
      later(async () => server.resume());
    }
    async function fill(count: number): Promise<void> {
      await Promise.all(Array.from({ length: count }, session));
    }
    async function archiveFails(): Promise<void> {
      await setting('archive_command', '/bin/false');
      await writeSegments(1);
      const failing = 'select from pg_stat_archiver where last_failed_time > coalesce(last_archived_time, $1)';
      await expect.poll(async () => (await admin.query(failing, ['-infinity'])).rowCount).toBe(1);
      later(async () => {
        await setting('archive_command', '/bin/true');
        await writeSegments(1);
      });
    }
    async function archiveWaits(): Promise<void> {
      await setting('archive_command', '');
      later(async () => {
        await setting('archive_command', '/bin/true');
        await writeSegments(1);
      });
      // The archiver may take some more before it hears of it.
      await expect
        .poll(async () => {
          await writeSegments(2);
          const ready = `select from pg_ls_archive_statusdir() where name like '%.ready'`;
          return (await admin.query(ready)).rowCount;
        })
        .toBeGreaterThanOrEqual(10);
    }
    async function nearIntegers(): Promise<void> {
      await admin.query(`create sequence counted; create table old (id int default nextval('counted'));
        alter sequence counted owned by old.id; select setval('counted', 2100000000); grant select on counted to watcher`);
      later(() => admin.query('drop table old'));
    }
    async function invalidIndex(): Promise<void> {
      await expect(admin.query('create unique index concurrently one_patient on visits (patient)')).rejects.toThrow();
      later(() => admin.query('drop index one_patient'));
    }
    const deadlocks = async () =>
      Number((await admin.query('select sum(deadlocks) as n from pg_stat_database')).rows[0].n);
    async function deadlock(): Promise<void> {
      const before = await deadlocks();
      const [one, other] = [await session(), await session()];
      await admin.query('create table a (); create table b ()');
      later(() => admin.query('drop table a, b'));
      await one.query('begin; lock table a');
      await other.query('begin; lock table b');
      await Promise.allSettled([one.query('lock table b'), other.query('lock table a')]);
      // What a session counts, others see when it ends.
      await Promise.all([one.end(), other.end()]);
      await expect.poll(deadlocks).toBe(before + 1);
    }
    /** One in 2 s is 30 in a minute; a slow machine makes them fewer. */
    async function beforeDeadlock() {
      return { at: new Date(Date.now() - 2000), facts: { deadlocks: (await deadlocks()) - 1 } };
    }
    async function manyDatabases(): Promise<How> {
      const dsn = await watcherWith(
        (schema) => `create view ${schema}.pg_database as select (datname || n)::name as datname, datallowconn,
          datistemplate, datfrozenxid, datminmxid, oid from pg_catalog.pg_database, generate_series(1, 51) as n;
          grant select on ${schema}.pg_database to watcher`,
      );
      return { dsn, params: { databases: 'all' } };
    }
    async function hiddenSize(): Promise<How> {
      const dsn = await watcherWith(
        (schema) =>
          `create function ${schema}.pg_database_size(name) returns bigint language plpgsql as 'begin raise insufficient_privilege; end'`,
      );
      return { dsn };
    }
    async function closedPort(): Promise<number> {
      const none = net.createServer();
      const port = await listenOn(none);
      none.close();
      await once(none, 'close');
      return port;
    }
  });

  it('names what is wrong, where, and what to do', async () => {
    const hidden = await whyUnmeasured(measure(postgres, params, as(dsnOf('stranger'))));
    expect(hidden).toMatchObject({
      reason: 'denied',
      message: `127.0.0.1:${server.port}/postgres: other sessions' statistics are hidden from stranger`,
      next: 'grant pg_monitor to stranger',
    });
    await lockWait();
    const waiting = await measure(postgres, params, as(dsnOf('watcher')));
    expect(waiting).toMatchObject({
      lock_wait_by: expect.stringMatching(/^pid \d+ shop \(postgres\) waits for pid \d+$/),
      longest_query_by: expect.stringMatching(/^pid \d+ shop \(postgres\)$/),
    });
    await clean();
  });

  it('a further database that can’t be entered hides nothing of the server, and says how to open it', async () => {
    const both = { ...params, databases: ['postgres', 'closed'] };
    const facts = await measure(postgres, both, as(dsnOf('watcher')));
    expect(facts).toMatchObject({ connections_pct: 10, databases: 1, sequence_used_pct: null, invalid_indexes: null });
    const why =
      /^sequences of closed \(.*permission denied for database "closed": grant connect on database "closed" to watcher\)$/;
    expect(facts.unread).toEqual([expect.stringMatching(/^objects of closed /), expect.stringMatching(why)]);
    expect(postgres.facts(postgres.params.parse(both)).sequence_used_pct?.whyAbsent?.(facts)).toMatch(why);
  });

  it('what a platform has not is null with the reason, and the rest is judged', async () => {
    await admin.query('revoke execute on function pg_ls_archive_statusdir() from pg_monitor');
    await admin.query('create extension pg_stat_statements');
    const facts = await measure(postgres, params, as(dsnOf('watcher')));
    await admin.query(
      'grant execute on function pg_ls_archive_statusdir() to pg_monitor; drop extension pg_stat_statements',
    );
    expect(facts).toMatchObject({
      connections: 2,
      archive_read: false,
      replication_read: true,
      replicas: 0,
      statements_read: false,
      unread: ['archive (permission denied for function pg_ls_archive_statusdir)'],
    });
    expect(facts.wal_ready).toBeUndefined();
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
    const skipping = { ...params, skip: ['archive', 'replication', 'statements', 'sequences'] };
    expect(await verdictOf(postgres, skipping, as(dsnOf('watcher')))).toBe('ok');
    expect(Object.keys(await measure(postgres, skipping, as(dsnOf('watcher'))))).not.toContain('wal_ready');
  });

  it('a sequence that can’t be read for a lock doesn’t hide who waits', async () => {
    await sequence(5);
    await (await session()).query('begin; alter sequence counted maxvalue 200');
    const facts = await measure(postgres, params, as(dsnOf('watcher')));
    expect(facts).toMatchObject({ connections: 3, archive_read: true, unread: ['sequences (SQLSTATE 55P03)'] });
    await clean();
  });

  it('tables, indexes and size, for information; row-level security hides none of it', async () => {
    await admin.query(`
      create table worn (id int, body text);
      insert into worn select n, repeat('x', 100) from generate_series(1, 30000) as n;
      create index worn_body on worn (body, id);
      alter table worn enable row level security;
      alter table worn force row level security;
      analyze worn;
      delete from worn where id <= 9000;
    `);
    const dead = 'select from pg_stat_user_tables where n_dead_tup > 1000';
    await expect.poll(async () => (await admin.query(dead)).rowCount).toBe(1);
    const before = { at: new Date(Date.now() - 3_600_000), facts: { size_bytes: 0 } };
    const facts = await measure(postgres, params, as(dsnOf('watcher'), { previous: before }));
    expect(facts).toMatchObject({
      dead_tables: ['public.worn 30 %'],
      never_vacuumed: ['public.worn'],
      unused_indexes: ['public.worn_body'],
      size_bytes: expect.any(Number),
    });
    expect(Number(facts.size_bytes_per_day) / Number(facts.size_bytes)).toBeCloseTo(24, 0);
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
    await admin.query('vacuum worn');
    await expect.poll(async () => (await admin.query(dead)).rowCount).toBe(0);
    await admin.query('drop table worn');
  });

  it('several databases: sums, the worst, names with their database', async () => {
    const facts = await measure(postgres, { ...params, databases: ['postgres', 'far'] }, as(dsnOf('watcher')));
    expect(facts).toMatchObject({
      databases: 2,
      sequences: 2,
      sequence_used_pct: 95,
      sequence: 'far: public.counted',
      invalid_indexes: ['far: public.once'],
    });
    const one = await measure(postgres, params, as(dsnOf('watcher')));
    expect(Number(facts.size_bytes)).toBeGreaterThan(Number(one.size_bytes));
  });

  it('a damaged page is a fail', async () => {
    await admin.query(`create table damaged as select n from generate_series(1, 10) as n; checkpoint`);
    const { rows } = await admin.query(`select pg_relation_filepath('damaged') as path`);
    await server.restart();
    admin = await open(server.url);
    await admin.query(
      `copy (select 1) to program 'printf damage | dd of=${rows[0].path} bs=1 seek=8100 conv=notrunc 2>/dev/null'`,
    );
    await expect(admin.query('select count(*) from damaged')).rejects.toThrow(/invalid page/);
    await expect.poll(() => verdictOf(postgres, params, as(dsnOf('watcher')))).toBe('fail');
    expect(await measure(postgres, params, as(dsnOf('watcher')))).toMatchObject({ checksum_failures: 1 });
  });
});

describe('judged by the product', () => {
  const params = { dsn: { secret: 'DB' } };
  const target = postgres.params.parse(params);
  const specs = postgres.facts(target);
  const clear = (postgres.rules(target).clear ?? []).map((rule) => {
    const compiled = compileCondition(rule, specs);
    if (!compiled.ok) throw new Error(compiled.problem.found);
    return compiled.condition;
  });

  it('connections that filled up clear below 70 %', () => {
    expect(stillNotClear(clear, { connections_pct: 75 }, 'warn')).toMatchObject({
      outcome: 'warn',
      reason: 'connections_pct 75 %, clears below 70 %',
    });
    expect(stillNotClear(clear, { connections_pct: 69.9 }, 'fail')).toBeUndefined();
  });

  it('says why a fact is not there, with the next step', () => {
    const why = (name: string, facts: Facts) => specs[name]?.whyAbsent?.(facts);
    expect(why('sequence_used_pct', { sequences_hidden: 3 })).toMatch(/^3 sequences can’t be read: grant select/);
    expect(why('sequence_used_pct', { unread: ['sequences (SQLSTATE 55P03)'] })).toBe('sequences (SQLSTATE 55P03)');
    expect(why('longest_query_s', { untracked: 2 })).toBe('2 sessions have track_activities off: turn it on');
    expect(why('replication_read', { unread: ['archive (x)', 'replication (y)'] })).toBe('replication (y)');
    expect(why('mean_query_ms', { statements_read: false })).toMatch(/^pg_stat_statements is not installed/);
    expect(why('lag_s', { standby: false })).toBe('it is no standby');
    expect(why('lag_s', { standby: true })).toBeUndefined();
  });

  it('takes a DSN without a password only in plain text, and names it in messages without the user', () => {
    expect(postgres.params.safeParse({ dsn: 'postgres://me:pw@db.example.com/shop' }).success).toBe(false);
    const plain = postgres.params.parse({ dsn: 'postgres://me@db.example.com/shop' });
    expect(postgres.describe(plain)).toBe('PostgreSQL at db.example.com:5432/shop');
    expect(postgres.describe(target)).toBe('PostgreSQL at DB');
  });
});
