import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import { type Example, exampleOf } from '../../support/figures.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { probeOf } from '../../support/probes.ts';
import { programOnPath } from '../../support/real-monitors.ts';

let holi: Example;
beforeAll(async () => {
  holi = await exampleOf('holi');
});
const checkOf = (id: string): Check => holi.read.ops.checks.find((check) => check.id === id)!;

describe('the SQL over Holi’s audit table', () => {
  let postgres: Postgres;
  let client: pg.Client;

  beforeAll(async () => {
    postgres = await startPostgres();
    client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    // The queries' now() stands still, at half past three in the afternoon.
    await client.query(`
      create schema clock;
      create function clock.now() returns timestamptz language sql stable as $$ select timestamptz '2026-11-23 15:30Z' $$;
      alter database postgres set search_path = clock, pg_catalog, public;
      create table audit_logs (timestamp timestamptz not null, action text not null, resource text,
                               resource_id int, user_id int, ip_address inet);
      create table data_access_grants (user_id int, patient_id int);`);
  });
  afterAll(async () => {
    await client?.end();
    await postgres?.stop();
  });
  /** A quiet day: user 1 read a hundred patients that they have a grant for. */
  beforeEach(async () => {
    await client.query('truncate audit_logs, data_access_grants');
    await client.query('insert into data_access_grants select 1, n from generate_series(1, 200) n');
    await add(100, { resource: 'Patient' });
  });

  /** Rows of an hour ago unless `at` says when, as SQL; resource_id counts up. */
  async function add(
    count: number,
    row: { action?: string; at?: string; user?: number; ip?: string; resource?: string },
  ) {
    const { action = 'READ', user = 1, ip = '192.0.2.1', resource = null, at = ago(60) } = row;
    await client.query(`insert into audit_logs select ${at}, $1, $2, n, $3, $4 from generate_series(1, $5::int) n`, [
      action,
      resource,
      user,
      ip,
      count,
    ]);
  }

  async function factsOf(check: Check) {
    const probe = probeOf(check.target, { secrets: { DATABASE_URL_READONLY: postgres.url } });
    return (await check.definition.run(probe)).facts;
  }

  async function fired(id: string): Promise<string[]> {
    const check = checkOf(id);
    const facts = await factsOf(check);
    const rules = [
      ...check.fail.map((rule) => ({ level: 'fail', rule })),
      ...check.warn.map((rule) => ({ level: 'warn', rule })),
    ];
    const judged = rules.map(({ level, rule }) => ({
      kind: rule.evaluate(facts).kind,
      says: `${level} ${rule.source}`,
    }));
    expect(judged.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    return judged.filter(({ kind }) => kind === 'true').map(({ says }) => says);
  }

  it.each(['audit-events', 'audit-volume', 'audit-without-grant', 'audit-guessing', 'audit-review'])(
    '%s: nothing on a quiet day',
    async (id) => expect(await fired(id)).toEqual([]),
  );

  it.each<[string, string, Parameters<typeof add>, string[]]>([
    ['100 failed logins', 'audit-events', [100, { action: 'LOGIN_FAILED' }], []],
    ['101 failed logins', 'audit-events', [101, { action: 'LOGIN_FAILED' }], ['fail login_failed > 100']],
    ['10 unauthorized accesses', 'audit-events', [10, { action: 'UNAUTHORIZED_ACCESS' }], []],
    ['11 unauthorized accesses', 'audit-events', [11, { action: 'UNAUTHORIZED_ACCESS' }], ['fail unauthorized > 10']],
    ['old ones', 'audit-events', [500, { action: 'LOGIN_FAILED', at: ago(25 * 60) }], []],
    ['the 101st record of one user', 'audit-volume', [1, { resource: 'Patient' }], ['warn users > 0']],
    ['as many of another user', 'audit-volume', [100, { resource: 'Patient', user: 2 }], []],
    ['a record without a grant', 'audit-without-grant', [1, { resource: 'Patient', user: 2 }], ['warn accesses > 0']],
    ['5 failures of an address', 'audit-guessing', [5, { action: 'LOGIN_FAILED', at: ago(5) }], []],
    ['6 failures of an address', 'audit-guessing', [6, { action: 'LOGIN_FAILED', at: ago(5) }], ['warn addresses > 0']],
    ['6 failures, two hours ago', 'audit-guessing', [6, { action: 'LOGIN_FAILED', at: ago(120) }], []],
    ['an export', 'audit-review', [1, { action: 'EXPORT' }], ['warn exports > 0']],
    ['a user deleted', 'audit-review', [1, { action: 'DELETE_USER' }], ['warn admin_changes > 0']],
    ['a record at 23:00', 'audit-review', [1, { resource: 'Patient', at: last('23:00') }], ['warn after_hours > 0']],
    ['a record at 05:59', 'audit-review', [1, { resource: 'Patient', at: last('05:59') }], ['warn after_hours > 0']],
    ['a record at 06:00', 'audit-review', [1, { resource: 'Patient', at: last('06:00') }], []],
    ['a record at 21:59', 'audit-review', [1, { resource: 'Patient', at: last('21:59') }], []],
  ])('%s → %s', async (_what, id, rows, expected) => {
    await add(...rows);
    expect(await fired(id)).toEqual(expected);
  });

  it('the week is counted by what the weekly report names; a week without a row fails', async () => {
    await add(3, { action: 'EXPORT', user: 2, resource: 'Patient', at: ago(6 * 24 * 60) });
    await add(4, { action: 'LOGIN_FAILED', user: 3 });
    await add(5, { action: 'PERMISSION_DENIED', user: 3 });
    await add(9, { action: 'EXPORT', user: 4, at: ago(8 * 24 * 60) });
    const week = { total: 112, users: 3, phi_access: 103, exports: 3, login_failed: 4, denied: 5 };
    expect(await factsOf(checkOf('audit-week'))).toMatchObject(week);
    await client.query('truncate audit_logs');
    expect(await fired('audit-week')).toEqual(['fail total == 0']);
  });
});

/** SQL of a moment so many minutes before the queries' now. */
function ago(minutes: number): string {
  return `timestamptz '2026-11-23 15:30Z' - interval '${minutes} minutes'`;
}

/** SQL of the last time at which it was this late in UTC. */
function last(time: string): string {
  return `timestamptz '2026-11-${time < '15:30' ? 23 : 22} ${time}Z'`;
}

const promtool = programOnPath('promtool');

describe.runIf(promtool)('the PromQL of Holi, by promtool of this machine', () => {
  const series = (requests: string, audits: string) => [
    { series: 'http_requests_total{path="/api/patients"}', values: requests },
    { series: 'http_requests_total{path="/api/health"}', values: '0+2x30' },
    ...(audits === '' ? [] : [{ series: 'audit_logs_total{action="READ"}', values: audits }]),
  ];

  it.each([
    ['requests and no audit row', series('0+10x30', '5x30'), [{ value: 100 }]],
    ['requests that are audited', series('0+10x30', '0+9x30'), [{ value: 0 }]],
    ['nobody but health checks', series('7x30', '5x30'), [{ value: 0 }]],
    ['no such series: unknown, not ok', series('0+10x30', ''), []],
  ])('audit-silent: %s', async (_what, input, expected) => {
    await expectQuery(
      'audit-silent',
      input,
      expected.map((sample) => ({ labels: '{}', ...sample })),
    );
  });

  it('connections: the states of a server are added up before they are compared with its limit', async () => {
    const input = [
      { series: 'pg_stat_activity_count{instance="db",state="active"}', values: '20x30' },
      { series: 'pg_stat_activity_count{instance="db",state="idle"}', values: '3x30' },
      { series: 'pg_settings_max_connections{instance="db"}', values: '25x30' },
    ];
    await expectQuery('connections', input, [{ labels: '{instance="db"}', value: 92 }]);
  });

  it('failed-login-rate: ten in an hour are ten, not ten a second', async () => {
    const input = [{ series: 'audit_logs_total{action="LOGIN_FAILED"}', values: '0+1x120' }];
    await expectQuery('failed-login-rate', input, [{ labels: '{}', value: 60 }], '2h');
  });

  async function expectQuery(id: string, input_series: object[], exp_samples: object[], eval_time = '20m') {
    const folder = await mkdtemp(join(tmpdir(), 'rounds-promql-'));
    const { query: expr } = checkOf(id).target as { query: string };
    const promql_expr_test = [{ expr, eval_time, exp_samples }];
    const file = join(folder, 'test.yml');
    await writeFile(file, JSON.stringify({ tests: [{ interval: '1m', input_series, promql_expr_test }] }));
    await promisify(execFile)(promtool!, ['test', 'rules', file]).finally(() => rm(folder, { recursive: true }));
  }
});
