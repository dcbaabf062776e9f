import { cloudTrailStandIn } from '../aws/cloudtrail.ts';
import type { CloudWatchMetric } from '../aws/cloudwatch.ts';
import { healthStandIn } from '../aws/health.ts';
import { logsStandIn } from '../aws/logs.ts';
import type { AwsService } from '../aws/service.ts';
import { wafStandIn } from '../aws/waf.ts';
import { account, ago, metrics, times } from './account.ts';
import { regions } from './model.ts';

/** A check type on AWS: its parameters, and what AWS has for it beside the account that all share. */
interface OnAws {
  params: object;
  /** Rules beside the default ones. */
  fail?: string[];
  services?: AwsService[];
  metrics?: CloudWatchMetric[];
}

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
};

/** What AWS's stand-in has for all of them, together. */
export function allServices(): AwsService[] {
  const all = Object.values(onAws);
  return [...account(all.flatMap((one) => one.metrics ?? [])), ...all.flatMap((one) => one.services ?? [])];
}
