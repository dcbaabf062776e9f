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

  it('a standby without its primary has no lag to speak of, and fails', async () => {
    await primary.kill();
    await expect.poll(async () => (await measure(postgres, params, as(standby.url))).receiver).toBe('down');
    expect(await verdictOf(postgres, params, as(standby.url))).toBe('fail');
    expect(await measure(postgres, params, as(primary.url))).toEqual({ reachable: false, error: 'connection refused' });
  });
});
