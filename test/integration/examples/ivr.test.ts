import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../src/registry.ts';
import { type Example, exampleOf, expectFigure, type Figure } from '../../support/figures.ts';

let ivr: Example;
beforeAll(async () => {
  ivr = await exampleOf('ivr');
});

const cluster = 'healthcare-ivr-cluster';

/** The figures and names of its guides: the day's work, recovery, incidents. */
const figures: Figure[] = [
  ['/health of the frontend answers 200', 'frontend', { fail: 'status != 200' }],
  ['/health of the API answers 200', 'api', { fail: 'status != 200' }],
  ['every service at its desired capacity', 'services', { 'ecs-services': { cluster }, warn: 'size(degraded) > 0' }],
  ['… none at 0', 'services', { fail: 'size(down) > 0' }],
  ['CPU above 80 % for 5 min', 'cpu', { warn: 'value > 80', held_for: '5m' }],
  ['memory above 85 % for 5 min', 'memory', { warn: 'value > 85', held_for: '5m' }],
  ['API response above 2 s on average', 'response-time', { warn: 'value > 2' }],
  ['errors above 5 % for 5 min', 'error-rate', { warn: 'value > 5', held_for: '5m' }],
  ['backup jobs since yesterday', 'backups', { backup: { window: '24h' }, fail: 'size(failed) > 0' }],
  ['RPO 6 h', 'backups', { backup: { rpo: '6h' }, fail: 'size(overdue) > 0' }],
  ['full backups kept for 30 d', 'backups', { backup: { plans: { 'daily-full': '30d' } } }],
  ['critical resources kept for 7 d', 'backups', { backup: { plans: { critical: '7d' } } }],
  ['copies in the second region', 'backups', { backup: { copy_rpo: '26h' }, fail: 'size(copies_overdue) > 0' }],
  ['RDS, S3 and DynamoDB', 'backups', { backup: { types: ['RDS', 'S3', 'DynamoDB'] } }],
  ['no retention that can’t be', 'backups', { warn: 'size(kept_too_short) > 0' }],
  ['the newest backup is tested', 'validate-backup', { fail: 'exit_code == 2', every: '24h' }],
  ['restores weekly', 'restore-test', { heartbeat: { every: '7d' } }],
  ['a component monthly', 'component-test', { heartbeat: { every: '31d' } }],
  ['everything quarterly', 'recovery-test', { heartbeat: { every: '92d' } }],
  ['the trail is there and logs', 'trail', { cloudtrail: { trails: ['healthcare-ivr-audit-trail'] } }],
  ['… refused calls within 24 h', 'trail', { cloudtrail: { window: '24h' }, fail: 'size(stopped) > 0' }],
  [
    'its log group: refused calls',
    'refused-calls',
    { 'cloudwatch-logs': { log_groups: ['/aws/cloudtrail/healthcare-ivr-audit-trail'] } },
  ],
  ['RDS: available', 'database', { fail: 'size(down) > 0' }],
  ['RDS: connections above 80 % of max', 'database', { warn: 'connections_pct > 80' }],
  ['RDS: CPU above 80 % for 5 min', 'database', { warn: 'cpu_5m_pct > 80' }],
  ['RDS: less than 20 % free', 'database', { warn: 'fixed_storage && storage_free_pct < 20' }],
  ['RDS: maintenance that waits', 'database', { warn: 'size(pending_maintenance) > 0' }],
  ['ElastiCache: available', 'cache', { fail: 'size(down) > 0' }],
  ['ElastiCache: number of nodes', 'cache', { elasticache: { nodes: 2 }, warn: 'nodes != 2' }],
  ['ElastiCache: memory', 'cache', { warn: ['memory_pct > 80', 'evictions_5m > 0'] }],
  ['ElastiCache: patches', 'cache', { warn: 'size(service_updates) > 0' }],
  ['Security Hub and GuardDuty: nothing critical', 'findings', { fail: 'critical > 0', warn: 'high > 0' }],
  [
    'data at rest is encrypted',
    'encryption',
    { encryption: {}, fail: ['size(databases_unencrypted) > 0', 'size(buckets_unencrypted) > 0'] },
  ],
  ['who can get in: changes of a day', 'access', { 'access-posture': { changes_within: '1d' } }],
  ['a spike of CPU in the night', 'cpu', { warn: 'value > 2 * baseline(value) && value > 40' }],
  ['sessions: half of the usual', 'sessions', { warn: 'value < 0.5 * baseline(value)' }],
  ['call volumes: half of the usual', 'calls', { warn: 'value < 0.5 * baseline(value)' }],
  ['access to PHI: more than usual', 'phi-access', { warn: 'value > 1.5 * baseline(value) && value > 100' }],
  ['WAF against the day before', 'waf', { warn: 'exists && size(spikes) > 0' }],
  ['capacity and scaling of the cluster', 'scaling', { 'ecs-capacity': { cluster } }],
  ['scaling of RDS’ replicas', 'scaling', { 'ecs-capacity': { targets: [{ namespace: 'rds' }] } }],
  ['AWS: open and upcoming events', 'aws-health', { warn: ['size(issues) > 0', 'size(changes_soon) > 0'] }],
  ['alarms now, and of 24 h', 'alarms', { 'cloudwatch-alarms': { history: '24h' }, fail: 'size(in_alarm) > 0' }],
  ['the compliance report at 17:00', 'compliance-report', { heartbeat: { cron: '0 17 * * *' } }],
  ['… of New York', 'compliance-report', { heartbeat: { zone: 'America/New_York' } }],
  ['logs are archived', 'log-export', { heartbeat: { cron: '0 17 * * *' } }],
  ['PagerDuty tells the technical team', 'pages', { 'pagerduty-incidents': { since: '24h' } }],
];

describe('the figures of IVR’s guides', () => {
  it.each(figures)('%s → %s', (_figure, id, place) => expectFigure(ivr, id, place));

  it('stand in severities too: response times, notices, updates, papers', () => {
    const minute = 60_000;
    const hour = 60 * minute;
    const { all } = ivr.read.severities;
    expect(all.map(({ id, response }) => [id, response])).toEqual([
      ['p0', { kind: 'within', ms: 15 * minute }],
      ['p1', { kind: 'within', ms: 30 * minute }],
      ['p2', { kind: 'within', ms: 2 * hour }],
      ['p3', { kind: 'within', ms: 24 * hour }],
    ]);
    const [p0] = all;
    expect(p0?.stakeholders.map(({ who, withinMs, onlyIf }) => [who, withinMs, onlyIf])).toEqual([
      ['Management', 15 * minute, undefined],
      ['Customers', 30 * minute, undefined],
      ['Compliance officer', hour, 'phi'],
    ]);
    expect(p0).toMatchObject({ reportWithinMs: 24 * hour, postmortemWithinMs: 72 * hour });
    expect(ivr.written.groups).toMatchObject({ calls: { slo: '99.95%' } });
  });

  it('the path of escalation is on call, DevOps lead, security, CTO', () => {
    const [p0] = ivr.read.severities.all;
    const path = p0?.escalation.by === 'rounds' ? p0.escalation.levels.flatMap(({ to }) => to) : [];
    expect(path).toMatchObject(['on-call', 'devops-lead', 'security-lead', 'cto'].map((name) => ({ name })));
  });
});

describe('the script that runs the platform’s test of a backup', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rounds-ivr-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    [0, 'good', 0, 'good'],
    [1, 'no such table', 2, 'no such table'],
    [2, 'usage', 3, 'usage'],
  ])('its exit code %i is %s → %i', async (code, said, expected, text) => {
    const program = join(folder, `validate-${code}`);
    await writeFile(program, `#!/bin/sh\necho "looking at $1"\necho "${said}"\nexit ${code}\n`, { mode: 0o755 });
    expect(await run(program)).toEqual({ code: expected, text });
  });

  it('one that is not there is unknown, not bad', async () => {
    const program = join(folder, 'none');
    expect(await run(program)).toEqual({ code: 3, text: `${program} can't be run: is it installed here?` });
  });

  function run(program: string): Promise<{ code: number; text: string }> {
    return promisify(execFile)(join(root, 'examples/ivr/checks/validate-backup'), [program, '--latest']).then(
      ({ stdout }) => ({ code: 0, text: stdout.trim() }),
      (error: { code: number; stdout: string }) => ({ code: error.code, text: error.stdout.trim() }),
    );
  }
});
