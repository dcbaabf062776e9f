import { cloudFrontStandIn, type StandInDistribution } from './cloudfront.ts';
import { type EcsCluster, ecsStandIn } from './ecs.ts';
import { AwsRefusal } from './refusal.ts';
import type { Asked, AwsService } from './service.ts';

const byMarker = { size: 'MaxRecords', token: 'Marker', min: 20, max: 100 };
const byPageSize = { size: 'PageSize', token: 'Marker', max: 400 };

type Input = Record<string, unknown>;
type Item = Record<string, unknown>;

/** What one account has in one region; what is left out it has none of. */
export interface AccountRegion {
  clusters?: Record<string, EcsCluster>;
  instances?: Item[];
  replicationGroups?: Item[];
  cacheClusters?: Item[];
  loadBalancers?: Item[];
  targetGroups?: Item[];
  alarms?: Item[];
  logGroups?: string[];
  backupPlans?: string[];
  buckets?: { Name: string; BucketRegion?: string }[];
  certificates?: string[];
  trails?: Item[];
  webAcls?: Item[];
  distributions?: Record<string, StandInDistribution>;
}

/**
 * What lists an account's things, for `rounds discover`: page caps, tokens and shapes as AWS documents them. `at` tells who asks
 * where: the keys of a role are `ASIA` and its account.
 */
export function inventory(at: (asked: Asked) => AccountRegion): AwsService[] {
  const json = { contentType: 'application/x-amz-json-1.1' } as const;
  const query = { protocol: 'query' } as const;
  return [
    ecs(at),
    cloudFront(at),
    {
      ...{ ...query, signingName: 'rds', iamPrefix: 'rds', version: '2014-10-31' },
      operations: {
        DescribeDBInstances(input, asked) {
          const { items, next } = page(at(asked).instances, input, byMarker);
          return { DBInstances: { DBInstance: items }, Marker: next };
        },
      },
    },
    {
      ...{ ...query, signingName: 'elasticache', iamPrefix: 'elasticache', version: '2015-02-02' },
      operations: {
        DescribeReplicationGroups(input, asked) {
          const { items, next } = page(at(asked).replicationGroups, input, byMarker);
          return { ReplicationGroups: { ReplicationGroup: items }, Marker: next };
        },
        DescribeCacheClusters(input, asked) {
          const { items, next } = page(at(asked).cacheClusters, input, byMarker);
          return { CacheClusters: { CacheCluster: items }, Marker: next };
        },
      },
    },
    {
      ...{ ...query, signingName: 'elasticloadbalancing', iamPrefix: 'elasticloadbalancing', version: '2015-12-01' },
      operations: {
        DescribeLoadBalancers(input, asked) {
          const { items, next } = page(at(asked).loadBalancers, input, byPageSize);
          return { LoadBalancers: { member: items }, NextMarker: next };
        },
        DescribeTargetGroups(input, asked) {
          const { items, next } = page(at(asked).targetGroups, input, byPageSize);
          return { TargetGroups: { member: items }, NextMarker: next };
        },
      },
    },
    {
      ...{ signingName: 'monitoring', iamPrefix: 'cloudwatch', target: 'GraniteServiceVersion20100801' },
      contentType: 'application/x-amz-json-1.0',
      operations: {
        DescribeAlarms(input, asked) {
          const types = Array.isArray(input.AlarmTypes) ? input.AlarmTypes : ['MetricAlarm'];
          const wanted = (at(asked).alarms ?? []).filter(({ composite }) =>
            types.includes(composite ? 'CompositeAlarm' : 'MetricAlarm'),
          );
          const { items, next } = page(wanted, input, { size: 'MaxRecords', token: 'NextToken', max: 100 });
          return {
            MetricAlarms: items.filter((one) => !one.composite),
            CompositeAlarms: items.filter((one) => one.composite),
            NextToken: next,
          };
        },
      },
    },
    {
      ...{ ...json, signingName: 'logs', iamPrefix: 'logs', target: 'Logs_20140328' },
      operations: {
        DescribeLogGroups(input, asked) {
          const groups = (at(asked).logGroups ?? []).map((logGroupName) => ({ logGroupName }));
          const { items, next } = page(groups, input, { size: 'limit', token: 'nextToken', max: 50 });
          return { logGroups: items, nextToken: next };
        },
      },
    },
    {
      ...{ protocol: 'rest-json', signingName: 'backup', iamPrefix: 'backup' },
      routes: [
        {
          ...{ method: 'GET' as const, path: '/backup/plans', operation: 'ListBackupPlans' },
          run(input: Input, asked: Asked) {
            const plans = (at(asked).backupPlans ?? []).map((BackupPlanName) => ({ BackupPlanName }));
            const { items, next } = page(plans, input, { size: 'maxResults', token: 'nextToken', max: 1_000 });
            return { BackupPlansList: items, NextToken: next };
          },
        },
      ],
    },
    {
      ...{ protocol: 'rest-xml', signingName: 's3', iamPrefix: 's3' },
      routes: [
        {
          ...{ method: 'GET' as const, path: '/', operation: 'ListAllMyBuckets' },
          run(input: Input, asked: Asked) {
            const { items, next } = page(at(asked).buckets, input, {
              size: 'max-buckets',
              token: 'continuation-token',
              max: 10_000,
            });
            return { ListAllMyBucketsResult: { Buckets: { Bucket: items }, ContinuationToken: next } };
          },
        },
      ],
    },
    {
      ...{ ...json, signingName: 'acm', iamPrefix: 'acm', target: 'CertificateManager' },
      operations: {
        ListCertificates(input, asked) {
          // Those of the test have keys on curves, which are listed on request alone.
          const { keyTypes = [] } = (input.Includes ?? {}) as { keyTypes?: string[] };
          const names = keyTypes.includes('EC_prime256v1') ? (at(asked).certificates ?? []) : [];
          const listed = names.map((DomainName) => ({ DomainName, Status: 'ISSUED' }));
          const { items, next } = page(listed, input, { size: 'MaxItems', token: 'NextToken', max: 1_000 });
          return { CertificateSummaryList: items, NextToken: next };
        },
      },
    },
    {
      ...{ ...json, signingName: 'cloudtrail', iamPrefix: 'cloudtrail', target: 'CloudTrail_20131101' },
      operations: { DescribeTrails: (_, asked) => ({ trailList: at(asked).trails ?? [] }) },
    },
    {
      ...{ ...json, signingName: 'wafv2', iamPrefix: 'wafv2', target: 'AWSWAF_20190729' },
      operations: {
        ListWebACLs(input, asked) {
          if (input.Scope !== 'REGIONAL') throw new AwsRefusal('WAFInvalidParameterException', 'Scope');
          const { items, next } = page(at(asked).webAcls, input, { size: 'Limit', token: 'NextMarker', max: 100 });
          // A marker comes with the last page, too.
          return { WebACLs: items, NextMarker: next ?? (items.length > 0 ? marker(1e6) : undefined) };
        },
      },
    },
  ];
}

function ecs(at: (asked: Asked) => AccountRegion): AwsService {
  const standIn = (asked: Asked) => ecsStandIn({ clusters: at(asked).clusters ?? {} });
  const shape = ecsStandIn({ clusters: {} });
  return {
    ...shape,
    operations: {
      ListServices: (input, asked) => standIn(asked).operations.ListServices!(input, asked),
      ListClusters(input, asked) {
        const arns = Object.keys(at(asked).clusters ?? {}).map(
          (name) => `arn:aws:ecs:${asked.region}:123456789012:cluster/${name}`,
        );
        const { items, next } = page(arns, input, { size: 'maxResults', token: 'nextToken', max: 100 });
        return { clusterArns: items, nextToken: next };
      },
    },
  };
}

function cloudFront(at: (asked: Asked) => AccountRegion): AwsService {
  const routesOf = (asked: Asked) => cloudFrontStandIn({ distributions: at(asked).distributions ?? {} }).routes;
  const { routes, ...shape } = cloudFrontStandIn({ distributions: {} });
  return {
    ...shape,
    routes: routes.map((route, i) => ({
      ...route,
      run: (input: Input, asked: Asked) => routesOf(asked)[i]!.run(input, asked),
    })),
  };
}

const marker = (from: number) => Buffer.from(String(from)).toString('base64');

function page<T>(
  all: readonly T[] = [],
  input: Input,
  { size, token, min = 1, max }: { size: string; token: string; min?: number; max: number },
): { items: T[]; next: string | undefined } {
  const count = Number(input[size] ?? max);
  if (!(count >= min && count <= max)) throw new AwsRefusal('ValidationError', `${size} must be ${min} to ${max}`);
  const from = input[token] === undefined ? 0 : Number(Buffer.from(String(input[token]), 'base64').toString());
  if (!Number.isInteger(from)) throw new AwsRefusal('ValidationError', 'Invalid token');
  const items = all.slice(from, from + count);
  return { items, next: from + count < all.length ? marker(from + count) : undefined };
}
