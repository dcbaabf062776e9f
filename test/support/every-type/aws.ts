import { acmStandIn } from '../aws/acm.ts';
import { backupStandIn } from '../aws/backup.ts';
import { cloudFrontStandIn } from '../aws/cloudfront.ts';
import { cloudTrailStandIn } from '../aws/cloudtrail.ts';
import type { CloudWatchMetric } from '../aws/cloudwatch.ts';
import { costStandIn } from '../aws/cost-explorer.ts';
import { guardDutyStandIn } from '../aws/guardduty.ts';
import { healthStandIn } from '../aws/health.ts';
import { iamStandIn } from '../aws/iam.ts';
import { inspectorStandIn } from '../aws/inspector.ts';
import { logsStandIn } from '../aws/logs.ts';
import { securityHubStandIn } from '../aws/securityhub.ts';
import type { AwsService } from '../aws/service.ts';
import { wafStandIn } from '../aws/waf.ts';
import { account } from './account.ts';
import { ago, dayMinutes, metrics, times } from './make.ts';
import { regions } from './model.ts';

/** A check type on AWS: its parameters, and what AWS has for it beside the account that all share. */
interface OnAws {
  params: object;
  /** Rules beside the default ones. */
  fail?: string[];
  services?: AwsService[];
  metrics?: CloudWatchMetric[];
}

const database = {
  ...{ ResourceArn: 'arn:aws:rds:eu-west-1:123456789012:db:main', ResourceName: 'main', ResourceType: 'RDS' },
};

const onCdn = { DistributionId: 'E1SHOP', Region: 'Global' };

/** Every check type on AWS. */
export const onAws: Record<string, OnAws> = {
  'ecs-services': { params: { cluster: 'prod' } },
  'ecs-capacity': { params: { cluster: 'prod' } },
  rds: { params: { instance: 'main' } },
  elasticache: { params: { replication_group: 'sessions' } },
  'load-balancer': { params: { load_balancer: 'shop' } },
  'cloudwatch-alarms': { params: {} },
  'cloudwatch-metric': {
    params: { namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions: { ClusterName: 'prod' } },
    fail: ['value > 90'],
    metrics: metrics('AWS/ECS', { ClusterName: 'prod' }, { CPUUtilization: 42 }),
  },
  'cloudwatch-logs': {
    params: { log_groups: ['/ecs/api'], pattern: 'ERROR' },
    services: [
      logsStandIn({
        groups: {
          '/ecs/api': times(300, (n) => ({ at: ago(1 + n / 10), message: n % 100 ? 'INFO GET /' : 'ERROR no answer' })),
        },
      }),
    ],
  },
  cloudtrail: {
    params: {},
    services: [
      cloudTrailStandIn({
        trails: { organisation: { logging: true, deliveredAt: ago(4) } },
        events: times(60, (n) => ({ name: n % 2 ? 'ListUsers' : 'RunTask', at: ago(n), readOnly: n % 2 === 1 })),
      }),
    ],
  },
  'aws-health': {
    params: { services: ['ECS', 'RDS'] },
    services: [healthStandIn({ plan: 'business', events: [] })],
  },
  waf: {
    params: { web_acl: 'shop' },
    services: [
      wafStandIn({
        acls: {
          shop: {
            ...{ scope: 'REGIONAL', defaultAction: 'Allow' },
            rules: times(6, (n) => ({ name: `rule-${n}`, action: n % 2 ? 'group' : 'Block' })),
          },
        },
      }),
    ],
    metrics: regions.flatMap((Region) =>
      ['ALL', ...times(6, (n) => `rule-${n}`)].flatMap((Rule) =>
        metrics('AWS/WAFV2', { WebACL: 'shop', Rule, Region }, { BlockedRequests: 12, AllowedRequests: 9_000 }, 'Sum'),
      ),
    ),
  },
  cloudfront: {
    params: { distribution: 'E1SHOP', aliases: ['www.example.com'] },
    services: [
      cloudFrontStandIn({
        distributions: {
          E1SHOP: {
            ...{ enabled: true, status: 'Deployed', changedAt: ago(dayMinutes), aliases: ['www.example.com'] },
            certificate: { acm: 'arn:aws:acm:us-east-1:123456789012:certificate/1234abcd' },
            ...{ minTls: 'TLSv1.2_2021', origins: [{ domain: 'api.example.com' }] },
          },
        },
      }),
    ],
    metrics: [
      ...metrics('AWS/CloudFront', onCdn, { Requests: 400 }, 'Sum'),
      ...metrics('AWS/CloudFront', onCdn, { '5xxErrorRate': 0.1, '4xxErrorRate': 2 }),
    ],
  },
  backup: {
    params: { resources: ['main'], vaults: ['keep'] },
    services: [
      backupStandIn({
        resources: [{ ...database, LastBackupTime: ago(540) }],
        jobs: times(3, (n) => ({
          ...{ ...database, CreationDate: ago(540 + n * dayMinutes), BackupVaultName: 'keep' },
          ...{ State: 'COMPLETED', MessageCategory: 'SUCCESS' },
        })),
        copies: [],
        vaults: [{ BackupVaultName: 'keep', NumberOfRecoveryPoints: 90 }],
        plans: { daily: [{ RuleName: 'full', TargetBackupVaultName: 'keep', Lifecycle: { DeleteAfterDays: 90 } }] },
      }),
    ],
  },
  's3-objects': { params: { bucket: 'backups', key: 'YYYY/MM/DD/backup-*.dump', at: '02:00' } },
  encryption: { params: {} },
  'unused-resources': { params: {} },
  'access-posture': {
    params: {},
    services: [
      iamStandIn({
        users: [
          { user: '<root_account>', password: 'not_supported', mfa: true },
          ...times(20, (n) => ({ user: `user-${n}`, password: 'true', mfa: true, keys: [ago(10 * dayMinutes)] })),
        ],
        ...{ madeAt: ago(180), making: 0, policies: [] },
        roles: times(30, (n) => ({ name: `role-${n}`, createdAt: ago(300 * dayMinutes) })),
      }),
    ],
  },
  acm: {
    params: {},
    services: [
      acmStandIn({
        certificates: Object.fromEntries(
          regions.map((region) => [
            region,
            {
              ...{ DomainName: `${region}.shop.example`, Status: 'ISSUED', Type: 'AMAZON_ISSUED', InUse: true },
              ...{ region, NotAfter: ago(-200 * dayMinutes) },
            },
          ]),
        ),
      }),
    ],
  },
  cost: {
    params: { budget: 10_000 },
    services: [
      costStandIn({
        costs: () => ({ 'Amazon RDS': 10, 'Amazon EC2': 5, 'Amazon S3': 0.5 }),
        ...{ forecast: () => 15.5, today: new Date().toISOString().slice(0, 10) },
      }),
    ],
  },
  'security-findings': {
    params: {},
    services: [
      securityHubStandIn({ enabled: true, findings: [], standards: [{ name: 'pci-dss/v/3.2.1', status: 'READY' }] }),
      guardDutyStandIn({ detector: { id: 'd1', status: 'ENABLED' }, findings: [] }),
      inspectorStandIn({ status: 'ENABLED', scans: { ec2: 'ENABLED', ecr: 'ENABLED' }, findings: [] }),
    ],
  },
};

/** What AWS's stand-in has for all of them, together. */
export function allServices(): AwsService[] {
  const all = Object.values(onAws);
  return [...account(all.flatMap((one) => one.metrics ?? [])), ...all.flatMap((one) => one.services ?? [])];
}
