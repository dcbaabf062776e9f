import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import pg from 'pg';
import { AlertmanagerStandIn } from '../alertmanager.ts';
import { dnsServer } from '../dns.ts';
import { githubServer } from '../github.ts';
import { jsonServer } from '../json-server.ts';
import { listenOn } from '../listen.ts';
import { PagerDutyStandIn } from '../pagerduty.ts';
import { healthyConsole, standInPgbouncer } from '../pgbouncer.ts';
import { PrometheusStandIn } from '../prometheus.ts';
import { isRedisInstalled, standInRedis, startRedis } from '../redis.ts';
import { sentryServer } from '../sentry.ts';
import { ago, dayMinutes, times } from './make.ts';
import { minuteMs, type Served } from './model.ts';
import { statusPage } from './status-page.ts';

/** What several of them share. */
export interface Place {
  /** Removed at the end. */
  folder: string;
  /** A superuser's URL of a PostgreSQL server. */
  postgresUrl: string;
}

const tlsFolder = join(import.meta.dirname, '../tls');
const host = '127.0.0.1';

/** Every check type outside AWS: starts its target and says how it is checked. */
export const outside: Record<string, (place: Place) => Promise<Served>> = {
  async http() {
    const body = { status: 'healthy', database: 'connected', redis: 'connected' };
    const { url } = await jsonServer(() => ({ body }));
    return { params: { url: `${url}/health` }, gone: 'fail' };
  },
  async tcp() {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()).end());
    return { params: { host, port: await listenOn(server) }, gone: 'fail' };
  },
  async tls() {
    const [key, cert] = ['valid.key', 'valid.pem'].map((file) => readFileSync(join(tlsFolder, file)));
    const server = createTlsServer({ key, cert }, (socket) => void socket.on('error', () => socket.destroy()));
    const params = { host, port: await listenOn(server), servername: 'localhost', ca: join(tlsFolder, 'ca.pem') };
    return { params, gone: 'fail' };
  },
  async dns() {
    const { server } = await dnsServer({ 'www.example.com A': [{ type: 'A', value: '192.0.2.7' }] });
    return { params: { name: 'www.example.com', servers: [server], expect: ['192.0.2.7'] }, gone: 'fail' };
  },
  async postgres({ postgresUrl }) {
    await asked(postgresUrl, `create role watcher login password 'pw' in role pg_monitor`);
    return { params: { dsn: { secret: 'WATCHER' } }, secrets: { WATCHER: as('watcher', postgresUrl) }, gone: 'fail' };
  },
  async 'postgres-query'({ postgresUrl }) {
    await asked(
      postgresUrl,
      `create role reader login password 'pw';
       create table audit_logs (action text, at timestamptz default now());
       insert into audit_logs (action) select 'LOGIN_FAILED' from generate_series(1, 12);
       grant select on audit_logs to reader`,
    );
    const sql = `select count(*) as failed from audit_logs where action = 'LOGIN_FAILED'`;
    const params = { dsn: { secret: 'READER' }, sql, facts: { failed: 'number' } };
    const secrets = { READER: as('reader', postgresUrl) };
    return { params, secrets, fail: ['failed > 100'], gone: 'fail' };
  },
  async pgbouncer() {
    const { port } = await standInPgbouncer(healthyConsole());
    const secrets = { POOLER: `postgres://stats:pw@${host}:${port}/pgbouncer` };
    return { params: { dsn: { secret: 'POOLER' } }, secrets, gone: 'fail' };
  },
  async redis() {
    const { port } = isRedisInstalled ? await startRedis(['--maxmemory', '100mb']) : await standInRedis();
    return { params: { host, port }, gone: 'fail' };
  },
  async prometheus() {
    const samples = Array.from({ length: 60 }, (_, at): [number, number] => [Date.now() + (at - 4) * minuteMs, 70]);
    const series = ['a', 'b', 'c'].map((instance) => ({ labels: { __name__: 'pool_used', instance }, samples }));
    const { url } = await new PrometheusStandIn(series).start();
    return { params: { url, query: 'pool_used', pick: 'max' }, fail: ['value > 90'], gone: 'unknown' };
  },
  async alertmanager() {
    const { url } = await new AlertmanagerStandIn().start();
    const at = (minutes: number) => new Date(Date.now() + minutes * minuteMs).toISOString();
    const watchdog = { labels: { alertname: 'Watchdog', severity: 'none' }, startsAt: at(-60), endsAt: at(60) };
    await fetch(`${url}/api/v2/alerts`, { method: 'POST', body: JSON.stringify([watchdog]) });
    return { params: { url, watchdog: 'Watchdog' }, gone: 'fail' };
  },
  async 'pagerduty-incidents'() {
    const account = await new PagerDutyStandIn().start();
    account.services.set('PAPI', { summary: 'API', status: 'active' });
    const params = { api_url: account.url, token: { secret: 'PAGERDUTY' }, services: ['PAPI'] };
    return { params, secrets: { PAGERDUTY: account.token }, gone: 'unknown' };
  },
  async statuspage() {
    const { url } = await jsonServer((_, { pathname }) =>
      pathname === '/api/v2/summary.json' ? { body: statusPage } : { status: 404 },
    );
    return { params: { url }, gone: 'unknown' };
  },
  async sentry() {
    const { url, state } = await sentryServer();
    const params = { url, organization: state.organization, token: { secret: 'SENTRY' } };
    return { params, secrets: { SENTRY: state.token }, gone: 'unknown' };
  },
  async vulnerabilities() {
    const created_at = ago(2 * dayMinutes).toISOString();
    const alerts = times(30, (number) => ({ number, state: 'open' as const, severity: 'high', created_at }));
    const { url, state } = await githubServer({ alerts });
    const params = { source: 'dependabot', repository: state.repository, url, token: { secret: 'GITHUB' } };
    return { params, secrets: { GITHUB: state.token }, gone: 'unknown' };
  },
  // Its target is a job that reports to Rounds itself: whoever measures, records that it has.
  async heartbeat() {
    const params = { token: { secret: 'JOB' }, every: '24h', grace: '1h' };
    return { params, secrets: { JOB: 'of-a-job-0123456789' }, gone: 'fail' };
  },
  async script({ folder }) {
    const file = join(folder, 'backup');
    writeFileSync(file, 'all of it');
    return { params: { run: ['scripts/check_file', file] }, gone: 'fail' };
  },
};

async function asked(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function as(username: string, url: string): string {
  return Object.assign(new URL(url), { username, password: 'pw' }).href;
}
