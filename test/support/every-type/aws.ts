import { cloudTrailStandIn } from '../aws/cloudtrail.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../aws/cloudwatch.ts';
import { ecsStandIn } from '../aws/ecs.ts';
import { healthStandIn } from '../aws/health.ts';
import { logsStandIn } from '../aws/logs.ts';
import type { AwsService } from '../aws/service.ts';
import { wafStandIn } from '../aws/waf.ts';
import { minuteMs, regions } from './model.ts';

/** A check type on AWS: its parameters, and what AWS has for it. */
interface OnAws {
  params: object;
  /** Rules beside the default ones. */
  fail?: string[];
  services?: AwsService[];
  /** CloudWatch is one for all types. */
  metrics?: CloudWatchState['metrics'];
}

const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs);
const times = <Item>(count: number, make: (n: number) => Item) => Array.from({ length: count }, (_, n) => make(n));
const metric = (
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
  value: number,
  statistic?: string,
) => {
  return { namespace, metric: name, dimensions, statistic, at: () => value };
};

/** Every check type on AWS. */
export const onAws: Record<string, OnAws> = {
  'ecs-services': {
    params: { cluster: 'prod' },
    services: [
      ecsStandIn({
        clusters: {
          prod: {
            services: Object.fromEntries(
              times(24, (n) => [`svc-${n}`, { desiredCount: 2, runningCount: 2, taskDefinition: `family-${n}:3` }]),
            ),
          },
        },
        revisions: Object.fromEntries(times(24, (n) => [`family-${n}`, 3])),
      }),
    ],
  },
  'cloudwatch-metric': {
    params: { namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions: { ClusterName: 'prod' } },
    fail: ['value > 90'],
    metrics: [metric('AWS/ECS', 'CPUUtilization', { ClusterName: 'prod' }, 42)],
  },
  'cloudwatch-alarms': { params: {} },
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
      ['ALL', ...times(6, (n) => `rule-${n}`)].flatMap((Rule) => [
        metric('AWS/WAFV2', 'BlockedRequests', { WebACL: 'shop', Rule, Region }, 12, 'Sum'),
        metric('AWS/WAFV2', 'AllowedRequests', { WebACL: 'shop', Rule, Region }, 9_000, 'Sum'),
      ]),
    ),
  },
};

/** What AWS's stand-in has for all of them, together. */
export function allServices(): AwsService[] {
  const alarms = Object.fromEntries(times(40, (n) => [`alarm-${n}`, { state: 'OK' as const }]));
  const metrics = Object.values(onAws).flatMap((one) => one.metrics ?? []);
  return [
    cloudWatchStandIn({ metrics, alarms, changes: [] }),
    ...Object.values(onAws).flatMap((one) => one.services ?? []),
  ];
}
