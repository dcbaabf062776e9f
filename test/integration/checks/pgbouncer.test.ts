import { createServer } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import pgbouncer from '../../../src/checks/pgbouncer.ts';
import postgres from '../../../src/checks/postgres.ts';
import { listenOn } from '../../support/listen.ts';
import {
  type Console,
  healthyConsole,
  isPgbouncerInstalled,
  type PgbouncerStandIn,
  standInPgbouncer,
  startPgbouncer,
} from '../../support/pgbouncer.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { judgedByDefault, measure, type ProbeSetting, verdictOf, whyUnmeasured } from '../../support/probes.ts';

const params = { dsn: { secret: 'DB' } };
const dsnOf = (port: number, user = 'stats', database = 'pgbouncer') =>
  `postgres://${user}:pw@127.0.0.1:${port}/${database}`;
const as = (dsn: string, more: ProbeSetting = {}): ProbeSetting => ({ secrets: { DB: dsn }, ...more });

describe('a stand-in', () => {
  it('healthy: says what the console shows, without the console itself', async () => {
    const { port } = await standInPgbouncer(healthyConsole());
    const facts = await measure(pgbouncer, params, as(dsnOf(port)));
    expect(facts).toEqual({
      reachable: true,
      error: '',
      connect_ms: expect.any(Number),
      latency_ms: expect.any(Number),
      databases: 1,
      missing: [],
      unproven: [],
      state_read: false,
      on_hold: null,
      paused: [],
      disabled: [],
      pools: 1,
      clients_active: 1,
      clients_waiting: 0,
      waiting: [],
      max_wait_s: 0,
      servers_active: 1,
      servers_idle: 3,
      servers_login: 0,
      pool_used_pct: 5,
      pools_full: [],
      pools_exhausted: [],
      clients: 3,
      max_clients: 200,
      clients_pct: 1.5,
      queries_per_s: 120,
      avg_query_ms: 2.5,
      avg_wait_ms: 0,
    });
    const specs = pgbouncer.facts(pgbouncer.params.parse(params));
    expect(Object.keys(facts).toSorted()).toEqual(Object.keys(specs).toSorted());
    expect(judgedByDefault(pgbouncer, params, facts)).toBe('ok');
  });

  const pool = (columns: Record<string, string>) => (shown: Console) =>
    void Object.assign(shown.pools?.[1] ?? {}, columns);
  const database = (columns: Record<string, string>) => (shown: Console) =>
    void Object.assign(shown.databases?.[1] ?? {}, columns);
  const clients = (items: string) => (shown: Console) => void Object.assign(shown.lists?.[1] ?? {}, { items });
  const without = (what: string, column: string) => (shown: Console) => {
    for (const row of shown[what] ?? []) delete row[column];
  };
  const same = () => {};
  const both = (one: (shown: Console) => void, other: (shown: Console) => void) => (shown: Console) => {
    one(shown);
    other(shown);
  };
  const state = (is: string) => (shown: Console) => {
    shown.state = ['active', 'paused', 'suspended'].map((key) => ({ key, value: key === is ? 'yes' : 'no' }));
  };

  describe('planted faults', () => {
    type How = { dsn?: string; params?: object } & ProbeSetting;
    it.each<[string, 'fail' | 'warn' | 'unknown', (shown: Console) => void, ((port: number) => How)?]>([
      ['a client that waits', 'warn', pool({ cl_waiting: '1', maxwait_us: '20000' })],
      ['a wait over 1 s', 'warn', pool({ cl_waiting: '1', maxwait: '1', maxwait_us: '500000' })],
      ['a wait over 10 s', 'fail', pool({ cl_waiting: '1', maxwait: '10', maxwait_us: '500000' })],
      ['a pool at 80 %', 'warn', pool({ sv_active: '16' })],
      ['a pool at 90 % and nobody waits', 'warn', pool({ sv_active: '18' })],
      [
        'a pool at 90 %, some of it logging in, and a client waits',
        'fail',
        pool({ sv_active: '15', sv_login: '3', cl_waiting: '1' }),
      ],
      ['a small pool, full, and a client waits', 'fail', both(database({ pool_size: '1' }), pool({ cl_waiting: '1' }))],
      ['80 % of all clients', 'warn', clients('160')],
      ['90 % of all clients', 'fail', clients('180')],
      ['a paused database', 'fail', database({ paused: '1' })],
      ['a disabled database', 'fail', database({ disabled: '1' })],
      ['a PAUSE of all', 'fail', state('paused')],
      ['a SUSPEND', 'fail', state('suspended')],
      ['a database that it has not', 'fail', same, () => ({ params: { databases: ['shop', 'audit'] } })],
      ['another PgBouncer than expected: no pools shown', 'unknown', (shown) => void delete shown.pools],
      ['columns of something else', 'unknown', without('pools', 'maxwait')],
      ['no limit of clients', 'unknown', (shown) => void shown.config?.pop()],
      ['a number that is none', 'unknown', pool({ cl_waiting: 'many' })],
      ['a user who is not let in', 'unknown', same, (port) => ({ dsn: dsnOf(port, 'app') })],
      ['a wrong password', 'unknown', same, (port) => ({ dsn: dsnOf(port).replace(':pw@', ':wrong@') })],
      ['a DSN that names a database behind it', 'unknown', same, (port) => ({ dsn: dsnOf(port, 'stats', 'shop') })],
      ['a secret that is not set', 'unknown', same, () => ({ secrets: {} })],
    ])('%s → %s', async (_name, verdict, plant, how = () => ({})) => {
      const shown = healthyConsole();
      plant(shown);
      const { port } = await standInPgbouncer(shown);
      const { dsn = dsnOf(port), params: more, ...setting } = how(port);
      expect(await verdictOf(pgbouncer, { ...params, ...more }, as(dsn, setting))).toBe(verdict);
    });

    it('a console that says nothing → unknown', async () => {
      const { port } = await standInPgbouncer(healthyConsole(), { silent: true });
      const setting = as(dsnOf(port), { signal: AbortSignal.timeout(100) });
      expect(await verdictOf(pgbouncer, params, setting)).toBe('unknown');
    });

    it('gone → fail', async () => {
      const none = createServer();
      const port = await listenOn(none);
      await new Promise((closed) => none.close(closed));
      expect(await verdictOf(pgbouncer, params, as(dsnOf(port)))).toBe('fail');
    });
  });

  it('a small pool in use, and nobody waits, is healthy', async () => {
    const shown = healthyConsole();
    database({ pool_size: '1' })(shown);
    state('active')(shown);
    const { port } = await standInPgbouncer(shown);
    const facts = await measure(pgbouncer, params, as(dsnOf(port)));
    expect(facts).toMatchObject({ pool_used_pct: 100, pools_full: [], state_read: true, on_hold: '' });
    expect(judgedByDefault(pgbouncer, params, facts)).toBe('ok');
  });

  it('a database that it makes when somebody comes need not be shown', async () => {
    const asked = { ...params, databases: ['shop', 'audit', 'idle'] };
    const at = async (standIn: PgbouncerStandIn) =>
      measure(pgbouncer, asked, as(dsnOf((await standInPgbouncer(healthyConsole(), standIn)).port)));
    const there = await at({ onDemand: ['audit', 'idle'] });
    expect(there).toMatchObject({ missing: [], unproven: [] });
    expect(judgedByDefault(pgbouncer, asked, there)).toBe('ok');
    const mute = await at({ onDemand: ['audit'], mute: ['idle'] });
    expect(mute).toMatchObject({ missing: null, unproven: ['idle'] });
    expect(judgedByDefault(pgbouncer, asked, mute)).toBe('unknown');
    expect(pgbouncer.facts(pgbouncer.params.parse(asked)).missing?.whyAbsent?.(mute)).toMatch(
      /^it does not show idle,/,
    );
    const gone = await at({ mute: ['idle'] });
    expect(gone).toMatchObject({ missing: ['audit'], unproven: ['idle'] });
    expect(judgedByDefault(pgbouncer, asked, gone)).toBe('fail');
  });

  it('names what is wrong, and what to do', async () => {
    const { port } = await standInPgbouncer(healthyConsole());
    const why = (dsn: string) => whyUnmeasured(measure(pgbouncer, params, as(dsn)));
    expect(await why(dsnOf(port, 'app'))).toMatchObject({
      reason: 'denied',
      message: `127.0.0.1:${port} does not let app see its console`,
      next: expect.stringContaining('app stands in stats_users'),
    });
    expect(await why(dsnOf(port, 'stats', 'shop'))).toMatchObject({
      reason: 'misconfigured',
      next: expect.stringContaining('/pgbouncer'),
    });
    const busy = healthyConsole();
    Object.assign(busy.pools?.[1] ?? {}, { cl_waiting: '3', maxwait: '2', sv_active: '18' });
    const facts = await measure(pgbouncer, params, as(dsnOf((await standInPgbouncer(busy)).port)));
    expect(facts).toMatchObject({
      waiting: ['shop/app: 3 wait, 2 s'],
      max_wait_s: 2,
      pools_full: ['shop/app: 18 of 20'],
      pools_exhausted: ['shop/app: 18 of 20, 3 wait'],
    });
  });

  it('only the databases asked for are judged', async () => {
    const shown = healthyConsole();
    shown.databases?.push({ ...shown.databases[1], name: 'reports', paused: '1' });
    const { port } = await standInPgbouncer(shown);
    expect(await verdictOf(pgbouncer, params, as(dsnOf(port)))).toBe('fail');
    expect(await verdictOf(pgbouncer, { ...params, databases: ['shop'] }, as(dsnOf(port)))).toBe('ok');
  });
});

describe.skipIf(!isPgbouncerInstalled)('the real one', () => {
  let server: Postgres;
  let pooler: { port: number; stop(): Promise<void> };
  const open: pg.Client[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    const { username, password, port } = new URL(server.url);
    const to = `host=127.0.0.1 port=${port} dbname=postgres user=${username} password=${password} pool_size=2`;
    pooler = await startPgbouncer(to, ['max_client_conn = 10', 'server_login_retry = 1']);
  });
  afterAll(async () => {
    await pooler.stop();
    await server.stop();
  });

  async function client(user: string, database: string): Promise<pg.Client> {
    const one = new pg.Client({ connectionString: dsnOf(pooler.port, user, database) });
    one.on('error', () => {});
    await one.connect();
    open.push(one);
    return one;
  }
  const verdict = (more: object = {}) => verdictOf(pgbouncer, { ...params, ...more }, as(dsnOf(pooler.port)));
  const facts = () => measure(pgbouncer, params, as(dsnOf(pooler.port)));
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.end()));
    await expect.poll(() => verdict({ databases: ['shop'] })).toBe('ok');
  });

  it('healthy', async () => {
    const one = await client('app', 'shop');
    await one.query('select 1');
    expect(await facts()).toMatchObject({
      databases: 1,
      pools: 1,
      clients_active: 1,
      servers_idle: 1,
      pool_used_pct: 0,
      max_clients: 10,
    });
    expect(await verdict()).toBe('ok');
    expect(await verdict({ databases: ['audit'] })).toBe('fail');
  });

  it('a full pool, and who waits for it', async () => {
    const [one, two, three] = [await client('app', 'shop'), await client('app', 'shop'), await client('app', 'shop')];
    await one.query('begin');
    await two.query('begin');
    expect(await facts()).toMatchObject({ pool_used_pct: 100, pools_full: [], pools_exhausted: [] });
    expect(await verdict()).toBe('ok');
    const waiting = three.query('select 1');
    await expect.poll(async () => (await facts()).clients_waiting).toBe(1);
    expect(await facts()).toMatchObject({
      waiting: [expect.stringMatching(/^shop\/postgres: 1 wait, \d s$/)],
      pools_exhausted: ['shop/postgres: 2 of 2, 1 wait'],
    });
    expect(await verdict()).toBe('fail');
    await one.query('rollback');
    await two.query('rollback');
    await waiting;
  });

  it('clients near the limit', async () => {
    for (let each = 0; each < 7; each += 1) await client('app', 'shop');
    expect(await facts()).toMatchObject({ clients: 8, clients_pct: 80 });
    expect(await verdict()).toBe('warn');
    await client('app', 'shop');
    expect(await verdict()).toBe('fail');
  });

  it('a postgres check goes through its transactions', async () => {
    const facts = await measure(postgres, params, as(dsnOf(pooler.port, 'app', 'shop')));
    expect(facts).toMatchObject({ reachable: true, standby: false, unread: [] });
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
  });

  it('a database that `*` makes when somebody comes', async () => {
    const behind = `host=127.0.0.1 port=${server.port}`;
    const wild = await startPgbouncer(`${behind} dbname=postgres`, ['[databases]', `* = ${behind}`]);
    const asked = { ...params, databases: ['shop', 'audit'] };
    expect(await verdictOf(pgbouncer, asked, as(dsnOf(wild.port)))).toBe('ok');
    await wild.stop();
  });

  it('paused, disabled', async () => {
    const boss = await client('boss', 'pgbouncer');
    await boss.query('pause shop');
    expect(await facts()).toMatchObject({ paused: ['shop'] });
    expect(await verdict()).toBe('fail');
    await boss.query('resume shop');
    await boss.query('disable shop');
    expect(await facts()).toMatchObject({ paused: [], disabled: ['shop'] });
    expect(await verdict()).toBe('fail');
    await boss.query('enable shop');
  });

  it('not permitted', async () => {
    const why = (dsn: string) => whyUnmeasured(measure(pgbouncer, params, as(dsn)));
    expect(await why(dsnOf(pooler.port, 'app'))).toMatchObject({ reason: 'denied' });
    expect(await why(dsnOf(pooler.port, 'nobody'))).toMatchObject({ reason: 'denied' });
    expect(await why(dsnOf(pooler.port).replace(':pw@', ':wrong@'))).toMatchObject({ reason: 'denied' });
    expect(await why(dsnOf(server.port).replace('/pgbouncer', '/postgres'))).toMatchObject({ reason: 'misconfigured' });
  });
});
