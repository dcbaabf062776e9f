import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import postgres from '../../../src/checks/postgres.ts';
import { atFileEnd } from '../../support/leftovers.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { judgedByDefault, measure, verdictOf } from '../../support/probes.ts';

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'shop' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

describe('a primary and its standby', () => {
  const params = { dsn: { secret: 'DB' } };
  const as = (dsn: string) => ({ secrets: { DB: dsn } });
  let primary: Postgres;
  let standby: Postgres;
  beforeAll(async () => {
    primary = await startPostgres({
      settings: { wal_level: 'replica', max_wal_senders: '5', shared_preload_libraries: 'pg_stat_statements' },
    });
    standby = await primary.startStandby();
    atFileEnd(() => standby.stop());
    atFileEnd(() => primary.stop());
  });

  it('both are healthy: who streams to whom', async () => {
    const [from, to] = [{ ...params, replicas: 1 }, params];
    await expect.poll(() => verdictOf(postgres, from, as(primary.url))).toBe('ok');
    expect(await measure(postgres, from, as(primary.url))).toMatchObject({
      standby: false,
      replicas: 1,
      receiver: '',
      lag_s: null,
    });
    const facts = await measure(postgres, to, as(standby.url));
    expect(facts).toMatchObject({
      standby: true,
      receiver: 'streaming',
      lag_s: 0,
      lag_bytes: 0,
      replay_paused: false,
      replicas: 0,
    });
    expect(judgedByDefault(postgres, to, facts)).toBe('ok');
  });

  it('a standby that doesn’t replay is behind, seen from either side', async () => {
    const [writer, reader] = [await open(primary.url), await open(standby.url)];
    await reader.query('select pg_wal_replay_pause()');
    await writer.query(`create table big as select repeat('x', 1000) as body from generate_series(1, 5000)`);
    await expect
      .poll(async () => (await measure(postgres, params, as(primary.url))).replicas_behind)
      .toEqual([expect.stringMatching(/^standby \d+ (k|M)B$/)]);
    expect(await verdictOf(postgres, params, as(primary.url))).toBe('warn');
    await expect
      .poll(async () => Number((await measure(postgres, params, as(standby.url))).lag_bytes))
      .toBeGreaterThan(1_048_576);
    expect(await verdictOf(postgres, params, as(standby.url))).toBe('warn');
    await reader.query('select pg_wal_replay_resume()');
    await expect.poll(() => verdictOf(postgres, params, as(standby.url))).toBe('ok');
    await expect.poll(() => verdictOf(postgres, params, as(primary.url))).toBe('ok');
    await Promise.all([writer.end(), reader.end()]);
  });

  it('slow statements by their ids, never their texts', async () => {
    const client = await open(primary.url);
    await client.query('create extension pg_stat_statements');
    await client.query(`select pg_sleep(1.1), 'Jane Doe' as patient`);
    const facts = await measure(postgres, params, as(primary.url));
    expect(facts).toMatchObject({
      statements_read: true,
      slow_statements: 1,
      slowest_statements: expect.arrayContaining([expect.stringMatching(/^-?\d+: 11\d\d ms, 1 calls$/)]),
      mean_query_ms: expect.any(Number),
    });
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
    await client.query('drop extension pg_stat_statements');
    await client.end();
  });

  /** The same server, whose clock is ahead of its own messages. */
  async function ahead(server: Postgres, time: string): Promise<string> {
    const schema = `ahead_${time.replaceAll(' ', '_')}`;
    const writer = await open(primary.url);
    await writer.query(`create schema ${schema}; create function ${schema}.clock_timestamp() returns timestamptz
      language sql as 'select pg_catalog.clock_timestamp() + interval ''${time}'''`);
    await writer.end();
    await expect.poll(() => ask(standby, `select from pg_namespace where nspname = '${schema}'`)).toHaveLength(1);
    const options = encodeURIComponent(`-c search_path=${schema},pg_catalog,public`);
    return `${server.url}?options=${options}`;
  }
  async function ask(server: Postgres, sql: string): Promise<Record<string, unknown>[]> {
    const client = await open(server.url);
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }
  async function setting(name: string, value: string): Promise<void> {
    await ask(standby, `alter system set ${name} = '${value}'`);
    await ask(standby, 'select pg_reload_conf()');
    await expect.poll(() => ask(standby, `show ${name}`)).toEqual([{ [name]: value }]);
  }

  it('a frozen primary: the standby hears nothing, whatever its status says', async () => {
    const aMinuteLater = await ahead(standby, '61 s');
    await primary.pause();
    const heard = await measure(postgres, params, as(aMinuteLater));
    expect(heard).toMatchObject({ receiver: 'down', heard_s: expect.any(Number) });
    expect(heard.heard_s).toBeGreaterThan(60);
    expect(judgedByDefault(postgres, params, heard)).toBe('fail');
    // It never asks then: the primary may be idle.
    await setting('wal_receiver_timeout', '0');
    const silent = await measure(postgres, params, as(aMinuteLater));
    expect(silent).toMatchObject({ receiver: 'silent', lag_s: null });
    expect(judgedByDefault(postgres, params, silent)).toBe('unknown');
    const why = postgres.facts(postgres.params.parse(params)).lag_s?.whyAbsent?.(silent);
    expect(why).toMatch(/^nothing came from its primary for 6\d(\.\d)? s, .*set wal_receiver_timeout/);
    primary.resume();
    await setting('wal_receiver_timeout', '1min');
    await expect.poll(() => verdictOf(postgres, params, as(standby.url))).toBe('ok');
  });

  it('a standby that is behind on purpose is healthy; one that is later than that is not', async () => {
    const later = await ahead(standby, '2 h');
    await setting('recovery_min_apply_delay', '1h');
    // Only commits wait: what the second one brings is there to be replayed.
    for (const name of ['late', 'later'])
      await ask(primary, `create table ${name} as select repeat('x', 1000) as body from generate_series(1, 5000)`);
    const waits = `select from pg_stat_activity where wait_event = 'RecoveryApplyDelay'`;
    await expect.poll(() => ask(standby, waits)).toHaveLength(1);
    await expect
      .poll(async () => Number((await measure(postgres, params, as(later))).lag_bytes))
      .toBeGreaterThan(1_048_576);
    const facts = await measure(postgres, params, as(standby.url));
    expect(facts).toMatchObject({ receiver: 'streaming', apply_delay_s: 3600, lag_s: 0 });
    expect(judgedByDefault(postgres, params, facts)).toBe('ok');
    expect(await measure(postgres, params, as(later))).toMatchObject({ lag_s: 0 });
    await setting('recovery_min_apply_delay', '0');
    await expect.poll(() => verdictOf(postgres, params, as(standby.url))).toBe('ok');

    await ask(standby, 'select pg_wal_replay_pause()');
    await ask(primary, 'drop table late, later');
    await expect
      .poll(async () => Number((await measure(postgres, params, as(standby.url))).lag_bytes))
      .toBeGreaterThan(0);
    await setting('recovery_min_apply_delay', '1h');
    expect(await measure(postgres, params, as(standby.url))).toMatchObject({ lag_s: 0 });
    const { lag_s: late } = await measure(postgres, params, as(later));
    expect(late).toBeGreaterThanOrEqual(3600);
    expect(late).toBeLessThan(3700);
    await setting('recovery_min_apply_delay', '0');
    await ask(standby, 'select pg_wal_replay_resume()');
    await expect.poll(() => verdictOf(postgres, params, as(standby.url))).toBe('ok');
  });

  it('a standby without its primary has no lag to speak of, and fails', async () => {
    await primary.kill();
    await expect.poll(async () => (await measure(postgres, params, as(standby.url))).receiver).toBe('down');
    expect(await verdictOf(postgres, params, as(standby.url))).toBe('fail');
    expect(await measure(postgres, params, as(primary.url))).toEqual({ reachable: false, error: 'connection refused' });
  });
});
