import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../src/registry.ts';
import { type Example, exampleOf, expectFigure, type Figure } from '../../support/figures.ts';

let rms: Example;
beforeAll(async () => {
  rms = await exampleOf('rms');
});

const service = 'rms-backend-service-prod';
const cluster = 'rms-cluster-prod';
const targets = { LoadBalancer: 'app/rms-alb-prod/50dc6c495c0c9188' };

/** The runbook's figures and names, section by section. */
const figures: Figure[] = [
  ['script: frontend says 200', 'frontend', { http: { url: 'https://rms.example.com/health' }, fail: 'status != 200' }],
  ['script: API says 200', 'api', { http: { url: 'https://api.rms.example.com/health' }, fail: 'status != 200' }],
  ['script: rms-db-prod is available', 'database', { rds: { instance: 'rms-db-prod' }, fail: 'size(down) > 0' }],
  ['script: running = desired', 'backend', { 'ecs-services': { cluster, services: [service] } }],
  ['script: … fewer is degraded, none fails', 'backend', { warn: 'size(degraded) > 0', fail: 'size(down) > 0' }],
  ['script: fewer than 10 errors', 'log-errors', { fail: 'at_least >= 10', 'cloudwatch-logs': { pattern: 'ERROR' } }],
  [
    'script: … of the last hour in the backend’s log',
    'log-errors',
    { 'cloudwatch-logs': { log_groups: ['/aws/ecs/rms-backend-prod'], window: '1h' } },
  ],
  ['daily: alarms of the night', 'alarms', { 'cloudwatch-alarms': { history: '24h' }, fail: 'size(in_alarm) > 0' }],
  ['daily: issues of AWS in the region', 'aws-health', { 'aws-health': { regions: ['us-east-1'] } }],
  [
    'daily: certificates, 30 days',
    'frontend-certificate',
    { tls: { host: 'rms.example.com' }, warn: 'days_left < 30' },
  ],
  ['daily: … and the API’s', 'api-certificate', { tls: { host: 'api.rms.example.com' }, fail: 'days_left < 7' }],
  ['daily: … as ACM has them', 'certificates', { acm: { domains: ['rms.example.com', 'api.rms.example.com'] } }],
  ['weekly: access keys older than 90 d', 'access', { 'access-posture': { key_age: '90d' }, warn: 'old_keys > 0' }],
  ['monthly: roles and policies', 'access', { 'access-posture': { changes_within: '30d' } }],
  ['monthly: security groups, public instances', 'access', { fail: 'size(open_admin) > 0' }],
  ['weekly: refused calls of 7 days', 'refused-calls', { 'cloudwatch-logs': { window: '7d' } }],
  [
    'weekly: … in the trail’s log group',
    'refused-calls',
    { 'cloudwatch-logs': { log_groups: ['CloudTrail/RMS'], pattern: '{ $.errorCode = * }' } },
  ],
  ['weekly: findings of Inspector', 'findings', { 'security-findings': { sources: ['inspector'] } }],
  [
    'monthly: volumes and snapshots nobody uses',
    'unused',
    { 'unused-resources': { look_for: ['volumes', 'snapshots'] } },
  ],
  ['daily: costs, against the week before', 'aws-cost', { cost: { average_days: 7, over_pct: 20 } }],
  ['monthly: a restore into staging', 'restore-test', { heartbeat: { every: '35d' } }],
  ['monthly: 7 automated snapshots', 'database', { warn: expect.stringContaining('snapshots < 7') as string }],
  ['scaling: a policy for the backend', 'scaling', { 'ecs-capacity': { cluster, services: [service] } }],
  [
    'logs: rejected packets of the last hour',
    'flow-rejects',
    { 'cloudwatch-logs': { log_groups: ['VPCFlowLogs'], window: '1h' } },
  ],
  ['logs: the day goes to S3', 'log-export', { heartbeat: { every: '24h' } }],
  ['CPU above 80 % for 5 min', 'cpu', { warn: 'value > 80', held_for: '5m' }],
  ['memory above 85 % for 5 min', 'memory', { warn: 'value > 85', held_for: '5m' }],
  ['connections above 80 % of max', 'database', { warn: 'connections_pct > 80' }],
  [
    'response above 2 s on average',
    'response-time',
    { warn: 'value > 2', 'cloudwatch-metric': { dimensions: targets } },
  ],
  ['errors above 5 % for 5 min', 'error-rate', { warn: 'value > 5', held_for: '5m' }],
  ['less than 20 % of the disk free', 'database', { warn: 'fixed_storage && storage_free_pct < 20' }],
  [
    'the balancer of the API',
    'balancer',
    { 'load-balancer': { load_balancer: 'rms-alb-prod' }, fail: 'size(down) > 0' },
  ],
  ['staging and development answer', 'staging-api', { http: { url: 'https://api-staging.rms.example.com/health' } }],
];

describe('the figures of RMS’ runbook', () => {
  it.each(figures)('%s → %s', (_figure, id, place) => expectFigure(rms, id, place));

  it('stand in severities too: response times; Slack at once, e-mail 5, text 10, call 15 minutes', () => {
    const minute = 60_000;
    const { all } = rms.read.severities;
    expect(all.map(({ id, response }) => [id, response])).toEqual([
      ['critical', { kind: 'within', ms: 15 * minute }],
      ['high', { kind: 'within', ms: 60 * minute }],
      ['medium', { kind: 'within', ms: 240 * minute }],
      ['low', { kind: 'next_business_day' }],
    ]);
    expect(all[0]).toMatchObject({
      escalation: {
        levels: [
          { afterMs: 0, way: 'slack' },
          { afterMs: 5 * minute, way: 'email', to: [{ name: 'on-call' }] },
          { afterMs: 10 * minute, way: 'sms', to: [{ name: 'on-call' }] },
          { afterMs: 15 * minute, way: 'phone', to: [{ name: 'backup' }] },
        ],
      },
      updates: { everyMs: 15 * minute },
    });
  });

  it('the contacts are those of its table', () => {
    const { contacts } = rms.read.ops;
    expect(contacts.get('devops-lead')).toMatchObject({ email: 'john.smith@example.com', phone: '+1-555-0101' });
    expect(contacts.get('dba')).toMatchObject({
      email: 'jane.doe@example.com',
      phone: '+1-555-0102',
      backup: 'dba-backup',
    });
    expect(contacts.get('security-lead')).toMatchObject({ email: 'bob.wilson@example.com', phone: '+1-555-0103' });
    expect(contacts.get('backup')).toMatchObject({ phone: '+1-555-0123' });
  });
});

/** What the morning script prints before each of its steps, and the check that stands for it. */
const steps = {
  'Frontend Health Check': 'frontend',
  'API Health Check': 'api',
  'Database Status': 'database',
  'ECS Service Health': 'backend',
  'Recent Error Check': 'log-errors',
};

describe('the morning script', () => {
  it.each(Object.entries(steps))('step "%s" is the check %s, and says so beside it', async (step, id) => {
    const text = await readFile(join(root, 'examples/rms/ops.yml'), 'utf8');
    expect(text).toMatch(new RegExp(`# Step "${step}":[^\\n]*\\n(?:  #[^\\n]*\\n)*  - id: ${id}\\n`));
    expect(rms.read.ops.checks.find((check) => check.id === id)).toMatchObject({ group: 'morning' });
  });

  it('has these steps and no others: the group is the script', () => {
    const morning = rms.read.ops.checks.filter(({ group }) => group === 'morning').map(({ id }) => id);
    expect(morning.toSorted()).toEqual(Object.values(steps).toSorted());
  });

  it('every one says what to do first, as the script’s list of actions does', () => {
    for (const id of Object.values(steps)) {
      const check = rms.read.ops.checks.find((one) => one.id === id);
      expect(check).toMatchObject({ hint: expect.stringMatching(/./), runbook: expect.stringMatching(/./) });
    }
  });
});
