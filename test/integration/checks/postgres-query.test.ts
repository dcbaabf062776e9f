import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askPostgres } from '../../../src/checks/postgres/session.ts';
import postgresQuery from '../../../src/checks/postgres-query.ts';
import { runSweep } from '../../../src/health/sweep.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { checkOf, type Run } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import type { Postgres } from '../../support/postgres.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { ProbeSetting } from '../../support/probes.ts';
import { judgedByDefault, measure, whyUnmeasured } from '../../support/probes.ts';

let server: Postgres;
let admin: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client({ connectionString: server.url });
  admin.on('error', () => {});
  await admin.connect();
  await admin.query(`
    create table audit_logs (id bigint generated always as identity, action text, at timestamptz default now());
    insert into audit_logs (action) select 'LOGIN_FAILED' from generate_series(1, 120);
    create role reader login password 'reader-pw';
    create role nobody_special login password 'nobody-pw';
    create role limited login password 'limited-pw' connection limit 0;
    grant select on audit_logs to reader;
  `);
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

const opened: net.Server[] = [];
const sockets = new Set<net.Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const one of opened.splice(0)) one.close();
});

async function listen(onSocket: (socket: net.Socket) => void): Promise<number> {
  const one = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  opened.push(one);
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return (one.address() as AddressInfo).port;
}

function dsnOf(user?: string): string {
  const url = new URL(server.url);
  if (user !== undefined) {
    url.username = user;
    url.password = `${user.split('_')[0]}-pw`;
  }
  return url.href;
}

const params = (sql: string, facts: Record<string, string> = { n: 'number' }) => ({
  dsn: { secret: 'DB' },
  sql,
  facts,
});
const as = (dsn: string, more: ProbeSetting = {}): ProbeSetting => ({ secrets: { DB: dsn }, ...more });

const failedLogins = params("select count(*) as n from audit_logs where action = 'LOGIN_FAILED'");

describe('an answer', () => {
  it('healthy: the first row’s declared columns are facts', async () => {
    const facts = await measure(postgresQuery, failedLogins, as(dsnOf('reader')));
    expect(facts).toEqual({
      reachable: true,
      error: '',
      rows: 1,
      rows_capped: false,
      connect_ms: expect.any(Number),
      latency_ms: expect.any(Number),
      n: 120,
    });
    expect(judgedByDefault(postgresQuery, failedLogins, facts)).toBe('ok');
    const specs = postgresQuery.facts(postgresQuery.params.parse(failedLogins));
    expect(Object.keys(facts).filter((name) => !(name in specs))).toEqual([]);
  });

  it('has the declared types; null stays null, NaN is no number', async () => {
    const sql = `select 9007199254740991::int8 as big, 12.5::numeric as dec, true as yes, 'f'::bool as no, 'text'::text as word,
      now()::date as day, null::int as nothing, 'NaN'::float8 as nan, 'Infinity'::float8 as inf -- and a comment`;
    const facts = await measure(
      postgresQuery,
      params(sql, {
        big: 'number',
        dec: 'number',
        yes: 'bool',
        no: 'bool',
        word: 'string',
        day: 'string',
        nothing: 'number',
        nan: 'number',
        inf: 'number',
      }),
      as(server.url),
    );
    expect(facts).toMatchObject({
      big: 9007199254740991,
      dec: 12.5,
      yes: true,
      no: false,
      word: 'text',
      nothing: null,
      nan: null,
      inf: null,
    });
    expect(facts.day).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it('holds whole texts', async () => {
    const long = params("select repeat('x', 3000) || 'ERROR' as t", { t: 'string' });
    expect((await measure(postgresQuery, long, as(server.url))).t).toBe(`${'x'.repeat(3000)}ERROR`);
  });

  it('without a row has no columns', async () => {
    const facts = await measure(postgresQuery, params('select 1 as n where false;'), as(server.url));
    expect(facts).toMatchObject({ reachable: true, rows: 0 });
    expect(facts).not.toHaveProperty('n');
  });

  it('counts up to 1,000 rows', async () => {
    const many = params('select i as n from generate_series(1, 1000000) i');
    expect(await measure(postgresQuery, many, as(server.url))).toMatchObject({ rows: 1000, rows_capped: true, n: 1 });
    const exact = params('with x as (select generate_series(1, 1000) as n) select n from x order by n desc');
    expect(await measure(postgresQuery, exact, as(server.url))).toMatchObject({
      rows: 1000,
      rows_capped: false,
      n: 1000,
    });
  });

  it('turns counters into rates', async () => {
    const counter = params('select 1600 as n', { n: 'counter' });
    expect(await measure(postgresQuery, counter, as(server.url))).not.toHaveProperty('n_per_min');
    const previous = { at: new Date(Date.now() - 600_000), facts: { n: 1000 } };
    const facts = await measure(postgresQuery, counter, as(server.url, { previous }));
    expect(facts.n_per_min).toBeCloseTo(60, 0);
    // After a reset, after an outage, after a null: no rate, and the counter is there for the next one.
    for (const before of [{ n: 9000 }, { reachable: false, error: 'connection refused' }, { n: null }]) {
      const next = await measure(postgresQuery, counter, as(server.url, { previous: { ...previous, facts: before } }));
      expect(next).toMatchObject({ n: 1600 });
      expect(next).not.toHaveProperty('n_per_min');
    }
  });

  it('comes from a read-only session with limits, that is closed afterwards', async () => {
    const before = await admin.query(
      "select sessions_abandoned::int as n from pg_stat_database where datname = 'postgres'",
    );
    const abandoned = before.rows[0].n;
    const sql = `select current_setting('transaction_read_only') as ro, current_setting('statement_timeout') as st,
      current_setting('lock_timeout') as lt, current_setting('application_name') as app, pg_backend_pid() as pid`;
    const facts = await measure(
      postgresQuery,
      params(sql, { ro: 'string', st: 'string', lt: 'string', app: 'string', pid: 'number' }),
      as(server.url),
    );
    expect(facts).toMatchObject({ ro: 'on', st: '5s', lt: '500ms', app: 'rounds' });
    await expect.poll(() => backends(`pid = ${facts.pid}`), { timeout: 10_000 }).toBe(0);
    // Said goodbye: a dropped connection would be a line in the server's log, each time.
    const { rows } = await admin.query(
      "select sessions_abandoned::int as n from pg_stat_database where datname = 'postgres'",
    );
    expect(rows[0].n).toBe(abandoned);
  });
});

async function backends(where: string): Promise<number> {
  const { rows } = await admin.query(`select count(*)::int as n from pg_stat_activity where ${where}`);
  return rows[0].n;
}

it('many checks of one database: two connections at a time', async () => {
  const sql = "select count(*) as n, pg_sleep(0.05)::text as s from pg_stat_activity where application_name = 'rounds'";
  const target = postgresQuery.params.parse(params(sql));
  const seen: unknown[] = [];
  const run: Run = (probe) => postgresQuery.run({ ...probe, target });
  const definition = { ...checkOf(run).definition, lane: () => 'postgres:DB', laneLimit: postgresQuery.laneLimit };
  await runSweep({
    checks: Array.from({ length: 12 }, (_, i) => checkOf(run, { id: `q${i}`, timeoutMs: 10_000, definition })),
    limits: { concurrent: 64, perLane: 64, deadlineMs: 20_000 },
    room: { clock: systemClock, reveal: () => server.url, site: { dir: '/', scriptDirs: [] }, log: memoryLog() },
    signal: new AbortController().signal,
    previous: () => undefined,
    onResult: (_, result) => seen.push(result.kind === 'measured' ? result.facts.n : result),
  });
  expect(seen).toHaveLength(12);
  expect(seen.filter((n) => n !== 1 && n !== 2)).toEqual([]);
});

describe('not permitted is unknown', () => {
  it('a role without rights, with the grant that it needs', async () => {
    const why = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsnOf('nobody_special'))));
    expect(why).toMatchObject({
      reason: 'denied',
      message: `127.0.0.1:${server.port}/postgres: permission denied for table audit_logs`,
      next: 'grant select on audit_logs to nobody_special',
      retryable: false,
    });
  });

  it('a wrong password, never shown', async () => {
    const dsn = dsnOf('reader').replace('reader-pw', 'wrong-pw-1');
    const why = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsn)));
    expect(why).toMatchObject({
      reason: 'denied',
      message: expect.stringContaining('password authentication failed for user "reader"'),
    });
    expect(JSON.stringify([why.message, why.next])).not.toContain('wrong-pw-1');
    const none = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsn.replace(':wrong-pw-1', ''))));
    expect(none.reason).toBe('denied');
  });

  it('rows that a policy hides: never a smaller answer', async () => {
    await admin.query(`
      create table tenants (tenant text); insert into tenants select 't' || i from generate_series(1, 500) i;
      grant select on tenants to reader; alter table tenants enable row level security;
      create policy own on tenants using (tenant = current_user);
    `);
    const count = params('select count(*) as n from tenants');
    const why = await whyUnmeasured(measure(postgresQuery, count, as(dsnOf('reader'))));
    expect(why).toMatchObject({
      reason: 'denied',
      message: expect.stringContaining('row-level security policy for table "tenants"'),
      next: expect.stringContaining('alter role reader bypassrls'),
    });
    await admin.query('alter role reader bypassrls');
    expect(await measure(postgresQuery, count, as(dsnOf('reader')))).toMatchObject({ n: 500 });
    await admin.query('alter role reader nobypassrls');
    expect(await measure(postgresQuery, failedLogins, as(dsnOf('reader')))).toMatchObject({ n: 120 });
  });

  it('other sessions’ statistics, which PostgreSQL blanks without pg_monitor', async () => {
    const idle = new pg.Client({ connectionString: server.url });
    await idle.connect();
    await idle.query('begin; select 1');
    const open = params("select count(*) as n from pg_stat_activity where state = 'idle in transaction'");
    const why = await whyUnmeasured(measure(postgresQuery, open, as(dsnOf('reader'))));
    expect(why).toMatchObject({
      reason: 'denied',
      message: expect.stringContaining('hidden from reader'),
      next: 'grant pg_monitor to reader',
    });
    const counters = params('select count(*) as n from pg_stat_database');
    expect(await measure(postgresQuery, counters, as(dsnOf('reader')))).toMatchObject({ reachable: true });
    expect(await measure(postgresQuery, open, as(server.url))).toMatchObject({ n: 1 });
    await admin.query('grant pg_monitor to reader');
    expect(await measure(postgresQuery, open, as(dsnOf('reader')))).toMatchObject({ n: 1 });
    await admin.query('revoke pg_monitor from reader');
    await idle.end();
  });

  it('writing, in any disguise', async () => {
    await admin.query(`create function touch() returns int language sql as 'delete from audit_logs returning 1'`);
    const write = async (sql: string) => whyUnmeasured(measure(postgresQuery, params(sql), as(server.url)));
    expect((await write('select touch() as n')).message).toContain('read-only');
    expect((await write('delete from audit_logs returning 1 as n')).reason).toBe('misconfigured');
    expect((await write('select 1 as n) q; commit; delete from audit_logs; select 1 from (select 1 as n')).reason).toBe(
      'misconfigured',
    );
    expect(await measure(postgresQuery, failedLogins, as(server.url))).toMatchObject({ n: 120 });
  });
});

describe('mistakes of the setting are unknown', () => {
  it.each([
    ['a missing table', 'select count(*) as n from nowhere', /relation "nowhere" does not exist/],
    ['a missing column', 'select nothing as n from audit_logs', /column "nothing" does not exist/],
    ['wrong syntax', 'selekt 1 as n', /syntax error/],
    ['two statements', 'select 1 as n; select 2 as n', /syntax error|multiple commands/],
    ['a column of another name', 'select 1 as m, 2 as o', /^the query has no column n; its columns: m, o$/],
    [
      'a column of another type',
      "select '00:05:00'::interval as n",
      /^column n is declared as number and its value is not$/,
    ],
    [
      'data that does not convert',
      "select 'Jane Doe'::int as n",
      /^127\.0\.0\.1:\d+\/postgres: the query failed \(SQLSTATE 22P02\)$/,
    ],
  ])('%s', async (_, sql, message) => {
    const why = await whyUnmeasured(measure(postgresQuery, params(sql), as(server.url)));
    expect(why).toMatchObject({ reason: 'misconfigured', message: expect.stringMatching(message), retryable: false });
  });

  it('a missing database, a DSN that is none', async () => {
    const missing = await whyUnmeasured(
      measure(postgresQuery, failedLogins, as(server.url.replace(/postgres$/, 'nowhere'))),
    );
    expect(missing).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('database "nowhere" does not exist'),
    });
    for (const dsn of ['secret-but-no-dsn', 'postgres://me:s3cret@[bad/x', 'postgres://me:s3cret@host:notaport/x']) {
      const why = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsn)));
      expect(why).toMatchObject({ reason: 'misconfigured', message: 'the DSN is not a PostgreSQL URL' });
    }
    const noTls = await whyUnmeasured(measure(postgresQuery, failedLogins, as(`${server.url}?sslmode=verify-full`)));
    expect(noTls).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('offers no TLS') });
  });
});

describe('failed and unreachable', () => {
  it('connection refused, too many connections: the database is down', async () => {
    const port = await listen(() => {});
    const refused = opened.pop()!.close();
    await once(refused, 'close');
    const down = await measure(postgresQuery, failedLogins, as(`postgres://me@127.0.0.1:${port}/x`));
    expect(down).toEqual({ reachable: false, error: 'connection refused' });
    expect(judgedByDefault(postgresQuery, failedLogins, down)).toBe('fail');
    await admin.query('create database crowded connection limit 0');
    const full = await measure(postgresQuery, failedLogins, as(dsnOf('reader').replace(/postgres$/, 'crowded')));
    expect(full).toEqual({ reachable: false, error: 'too many connections for database crowded' });
    const own = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsnOf('limited'))));
    expect(own).toMatchObject({
      reason: 'misconfigured',
      next: expect.stringMatching(/^alter role limited connection limit/),
    });
  });

  it('the server closes the connection before or during the query', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.end()));
    const before = await measure(postgresQuery, failedLogins, as(`postgres://me@127.0.0.1:${port}/x`));
    expect(before).toEqual({ reachable: false, error: 'connection closed by the server' });
    const during = measure(postgresQuery, params('select 1 as n from pg_sleep(4)'), as(server.url));
    await expect
      .poll(() => backends("query like '%pg_sleep(4)%' and wait_event = 'PgSleep'"), { timeout: 10_000 })
      .toBe(1);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
    expect(await during).toEqual({ reachable: false, error: 'the server is shutting down' });
  });

  it('degraded: a lock that is held, a query that takes too long', async () => {
    await admin.query('begin; lock table audit_logs');
    const locked = await whyUnmeasured(measure(postgresQuery, failedLogins, as(server.url)));
    await admin.query('rollback');
    expect(locked).toMatchObject({ reason: 'timeout', message: expect.stringContaining('waited too long for a lock') });
    const question = {
      dsn: server.url,
      sql: 'select pg_sleep(60)',
      statementTimeoutMs: 50,
      lockTimeoutMs: 500,
      maxBytes: 1000,
    };
    const slow = await askPostgres(question, AbortSignal.timeout(10_000));
    expect(slow).toMatchObject({ kind: 'failed', error: { code: '57014' } });
  });

  it('an abort ends it at once: while connecting, and during the query', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const port = await listen((socket) => {
      socket.on('close', () => closed.resolve());
      socket.once('data', () => controller.abort());
    });
    const silent = await whyUnmeasured(
      measure(postgresQuery, failedLogins, as(`postgres://me@127.0.0.1:${port}/x`, { signal: controller.signal })),
    );
    expect(silent).toMatchObject({
      reason: 'timeout',
      message: expect.stringMatching(`^no connection to 127.0.0.1:${port} within`),
    });
    await closed.promise;

    const second = new AbortController();
    const measuring = whyUnmeasured(
      measure(postgresQuery, params('select 1 as n from pg_sleep(3)'), as(server.url, { signal: second.signal })),
    );
    await expect
      .poll(() => backends("query like '%pg_sleep(3)%' and wait_event = 'PgSleep'"), { timeout: 10_000 })
      .toBe(1);
    second.abort();
    expect((await measuring).message).toMatch(/^no answer from/);
  });

  it('a frozen server is unknown, and works again afterwards', async () => {
    await server.pause();
    const frozen = await whyUnmeasured(
      measure(postgresQuery, failedLogins, as(server.url, { signal: AbortSignal.timeout(200) })),
    );
    server.resume();
    expect(frozen).toMatchObject({ reason: 'timeout', message: expect.stringContaining('no connection to') });
    expect(await measure(postgresQuery, failedLogins, as(server.url))).toMatchObject({ n: 120 });
  });
});

describe('size and TLS', () => {
  const big = params("select repeat('x', 1000000) as n from generate_series(1, 50)", { n: 'string' });

  /** TLS in front of the server, as a cloud database has it. */
  function withTls(): Promise<number> {
    const folder = join(import.meta.dirname, '../../support/tls');
    const [key, cert] = ['valid.key', 'valid.pem'].map((name) => readFileSync(join(folder, name)));
    return listen((socket) => {
      socket.once('data', () => {
        socket.write('S');
        const secure = new TLSSocket(socket, { isServer: true, key, cert });
        const backend = net.connect(server.port, '127.0.0.1');
        sockets.add(backend);
        secure.on('error', () => backend.destroy()).on('close', () => backend.destroy());
        backend.on('error', () => secure.destroy());
        secure.pipe(backend).pipe(secure);
      });
    });
  }

  it('50 MB are not read', async () => {
    const why = await whyUnmeasured(measure(postgresQuery, big, as(server.url)));
    expect(why).toMatchObject({ reason: 'too_large', message: `127.0.0.1:${server.port} answered more than 8 MB` });
  });

  it('TLS as the DSN says; 50 MB are not read there either', async () => {
    const port = await withTls();
    const dsn = (query: string) => server.url.replace(/127\.0\.0\.1:\d+/, `localhost:${port}`) + query;
    const ca = join(import.meta.dirname, '../../support/tls/ca.pem');
    const trusted = dsn(`?sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`);
    expect(await measure(postgresQuery, failedLogins, as(trusted))).toMatchObject({ reachable: true, n: 120 });
    const untrusted = await whyUnmeasured(measure(postgresQuery, failedLogins, as(dsn('?sslmode=verify-full'))));
    expect(untrusted).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringMatching(/: its certificate is not trusted here$/),
      next: expect.stringContaining('sslrootcert='),
    });
    const asLibpq = dsn('?sslmode=require&uselibpqcompat=true');
    expect(await measure(postgresQuery, failedLogins, as(asLibpq))).toMatchObject({ n: 120 });
    expect((await whyUnmeasured(measure(postgresQuery, big, as(trusted)))).reason).toBe('too_large');
  });

  it('a server that speaks something else ends with the check', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const signal = AbortSignal.timeout(100);
    const why = await whyUnmeasured(
      measure(postgresQuery, failedLogins, as(`postgres://me@127.0.0.1:${port}/x`, { signal })),
    );
    expect(why.reason).toBe('timeout');
  });
});

describe('a crash', () => {
  it('during a query is down, and so is the time until it is back', async () => {
    const during = measure(postgresQuery, params('select 1 as n from pg_sleep(2)'), as(server.url));
    await expect
      .poll(() => backends("query like '%pg_sleep(2)%' and wait_event = 'PgSleep'"), { timeout: 10_000 })
      .toBe(1);
    await server.kill();
    expect(await during).toMatchObject({ reachable: false, error: expect.stringMatching(/^(connection|the server)/) });
    expect(await measure(postgresQuery, failedLogins, as(server.url))).toEqual({
      reachable: false,
      error: 'connection refused',
    });
    await server.restart();
    expect(await measure(postgresQuery, failedLogins, as(server.url))).toMatchObject({ reachable: true, n: 120 });
  });
});
