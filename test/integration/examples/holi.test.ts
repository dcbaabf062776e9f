import { beforeAll, describe, expect, it } from 'vitest';
import { type Example, exampleOf, expectFigure, type Figure } from '../../support/figures.ts';

let holi: Example;
beforeAll(async () => {
  holi = await exampleOf('holi');
});

const day = "interval '24 hours'";
const sql = (...parts: string[]) => ({
  'postgres-query': { sql: expect.stringMatching(parts.map(quoted).join('[^]*')) },
});
const query = (text: string) => ({ prometheus: { query: expect.stringContaining(text) } });
const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The manual's figures, section by section. */
const figures: Figure[] = [
  ['2.1 /api/health says healthy', 'api-health', { fail: "json.status != 'healthy'" }],
  ['2.1 … database connected', 'api-health', { fail: "json.database != 'connected'" }],
  ['2.1 … redis connected', 'api-health', { fail: "json.redis != 'connected'" }],
  ['2.1 database.connected is true', 'api-database', { fail: '!json.database.connected' }],
  ['2.1 database.latency below 50 ms', 'api-database', { warn: 'json.database.latency >= 50' }],
  ['2.1 failedAuth.lastHour below 10', 'api-failed-logins', { warn: 'json.security.failedAuth.lastHour >= 10' }],
  ['2.1 PagerDuty overnight', 'pages', { 'pagerduty-incidents': { since: '24h' } }],
  ['2.1 Sentry in 24 h', 'errors', { sentry: { organization: 'holi-labs' }, warn: 'new_issues > 0' }],
  ['2.1 error rate below 1 %', 'error-rate', { warn: 'value > 1' }],
  ['2.1 p95 below 500 ms', 'latency-p95', { warn: 'value > 500' }],
  ['2.1 connections below 80 % of the pool', 'connections', { warn: 'value > 80' }],
  ['2.1 fewer than 20 active of 25', 'main-db', { warn: 'connections_active >= 20' }],
  ['2.1 less than 1 MB behind', 'replica', { warn: expect.stringContaining('lag_bytes > 1048576') as string }],
  ['2.1 LOGIN_FAILED above 100 in 24 h', 'audit-events', { fail: 'login_failed > 100', ...sql('LOGIN_FAILED', day) }],
  ['2.1 UNAUTHORIZED_ACCESS above 10', 'audit-events', { fail: 'unauthorized > 10', ...sql('UNAUTHORIZED_ACCESS') }],
  ['2.1 PERMISSION_DENIED is counted', 'audit-events', sql('PERMISSION_DENIED')],
  ['2.2 a restore test every Monday', 'restore-test', { heartbeat: { cron: '0 10 * * 1' } }],
  ['2.2 certificates: 30 days', 'certificate', { warn: 'days_left < 30', tls: { host: 'holi.example.com' } }],
  ['2.3 a recovery test every month', 'recovery-test', { heartbeat: { every: '35d' } }],
  ['2.3 CPU below 70 %', 'cpu', { warn: 'value > 70' }],
  ['2.3 memory below 80 %', 'memory', { warn: 'value > 80' }],
  ['2.3 storage below 70 %', 'disk', { warn: 'value > 70' }],
  ['2.3 AWS: $50 a month, 20 % over', 'aws-cost', { cost: { budget: 50, over_pct: 20 } }],
  ['2.3 … and expected', 'aws-cost', { warn: 'forecast > 60' }],
  ['3.1 scraped every 30 s', 'api-up', { every: '30s' }],
  ['3.2 error rate above 5 % for 5 min: P1', 'error-rate', { fail: 'value > 5', held_for: '5m' }],
  ['3.2 p95 above 1000 ms for 5 min: P2', 'latency-p95', { fail: 'value > 1000', held_for: '5m' }],
  ['3.2 p99 below 1000 ms', 'latency-p99', { warn: 'value > 1000', ...query('histogram_quantile(0.99') }],
  ['3.2 a query below 50 ms on average', 'queries', { warn: 'statements_read && mean_query_ms > 50' }],
  ['3.2 cache hits above 95 %', 'main-db', { warn: 'cache_hit_pct < 95' }],
  ['3.2 slow: above 1000 ms', 'queries', { warn: 'statements_read && slow_statements > 0' }],
  ['3.2 connections above 90 % for 5 min: P2', 'connections', { fail: 'value > 90', held_for: '5m' }],
  ['3.2 10 MB behind for 10 min: P2', 'replication-lag', { warn: 'value > 10 * 1024 * 1024', held_for: '10m' }],
  ['3.2 CPU above 90 % for 10 min: P2', 'cpu', { fail: 'value > 90', held_for: '10m' }],
  ['3.2 memory above 95 % for 5 min: P2', 'memory', { fail: 'value > 95', held_for: '5m' }],
  ['3.2 disk above 85 %: P2', 'disk', { fail: 'value > 85' }],
  ['3.2 a container stopped: P1', 'containers', { fail: ['value > 60', 'series < 3'] }],
  ['3.4 the API down for 2 min: P1', 'api-up', { fail: 'value == 0', held_for: '2m' }],
  ['3.4 the database down for 1 min: P1', 'database-up', { fail: 'value == 0', held_for: '1m' }],
  ['3.4 more than 10 failed logins an hour', 'failed-login-rate', { warn: 'value > 10', held_for: '5m' }],
  [
    '3.4 … counted, not per second',
    'failed-login-rate',
    query('increase(audit_logs_total{action="LOGIN_FAILED"}[1h])'),
  ],
  ['3.4 no audit row for 10 min: P1', 'audit-silent', { fail: 'value >= 1', ...query('audit_logs_total[10m]') }],
  ['3.2 appointments by weekday', 'appointments', { prometheus: { same_hour: { days: 28, weekday: true } } }],
  ['4.1 a backup at 02:00 UTC', 'nightly-backup', { heartbeat: { cron: '0 2 * * *' } }],
  ['4.1 its object for each of 7 days', 'backup-objects', { 's3-objects': { periods: 7, at: '02:00' } }],
  ['4.1 … about 90 in STANDARD', 'backup-objects', { 's3-objects': { standard_objects: { least: 85, most: 95 } } }],
  ['4.2 … its key', 'backup-objects', { 's3-objects': { key: 'YYYY/MM/DD/backup-*.dump.enc' } }],
  ['4.2 … encrypted, not shrunk', 'backup-objects', { fail: ["encryption == 'none'", 'of_before_pct < 50'] }],
  ['10.1 encryption weekly', 'encryption', { encryption: { of: ['s3'] }, fail: 'size(buckets_unencrypted) > 0' }],
  ['4.1 RPO 15 min', 'main-db', { fail: 'archive_read && archiving && archived_age_s > 900' }],
  ['4.1 configuration weekly', 'configuration-backup', { heartbeat: { every: '7d' } }],
  ['5.3 more than 100 patients by one user', 'audit-volume', sql("'READ', 'EXPORT'", 'count(*) > 100')],
  ['5.3 patients without a grant', 'audit-without-grant', { warn: 'accesses > 0', ...sql('data_access_grants') }],
  ['5.3 more than 5 failed logins of an address', 'audit-guessing', sql("interval '1 hour'", 'count(*) > 5')],
  ['5.3 after hours: 22:00 to 06:00', 'audit-review', sql('>= 22', '< 6')],
  ['5.3 what the weekly report counts', 'audit-week', sql('as phi_access', "interval '7 days'")],
  ['5.3 exports; users created or deleted', 'audit-review', { warn: ['exports > 0', 'admin_changes > 0'] }],
  ['5.4 dependencies daily', 'dependency-audit', { vulnerabilities: { source: 'report', every: '24h' } }],
  ['5.4 … patched within their time', 'dependency-audit', { fail: 'overdue > 0' }],
  ['5.4 images daily', 'image-scan', { heartbeat: { every: '24h' } }],
  ['6.3 MAX_CLIENT_CONN 200', 'pool', { warn: 'max_clients != 200' }],
  ['7.2 dead rows: above 1000 and 20 %', 'tables', { warn: 'size(dead_tables) > 0' }],
  ['7.2 unused indexes', 'tables', { warn: 'size(unused_indexes) > 0' }],
  ['8.1 idle for more than 10 min', 'main-db', { warn: 'idle_10m > 0' }],
  ['8.1 Redis says PONG', 'cache', { fail: '!pong' }],
];

describe('the figures of Holi’s manual', () => {
  it.each(figures)('%s → %s', (_figure, id, place) => expectFigure(holi, id, place));

  it('stand in severities too', () => {
    const { all } = holi.read.severities;
    expect(all.map(({ id, page }) => [id, page])).toEqual([
      ['p1', { hours: 'page', offHours: 'page' }],
      ['p2', { hours: 'page', offHours: 'email' }],
      ['p3', { hours: 'slack', offHours: 'slack' }],
      ['p4', { hours: 'slack', offHours: 'slack' }],
    ]);
  });

  it('stand in groups and roles: 99.9 % a month, who looks, who allows', () => {
    expect(holi.read.ops.groups.get('api')).toMatchObject({ sloPercent: 99.9 });
    expect(holi.read.ops.roles).toMatchObject({ viewer: ['@engineers'], approver: ['U0HOLICTO'] });
    expect([...holi.read.ops.contacts.keys()]).toEqual(
      expect.arrayContaining(['on-call', 'devops-lead', 'security-lead', 'cto']),
    );
  });
});
