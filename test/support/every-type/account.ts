import { type CloudWatchMetric, cloudWatchStandIn } from '../aws/cloudwatch.ts';
import { ecsCapacityStandIn } from '../aws/ecs-capacity.ts';
import { elastiCacheStandIn } from '../aws/elasticache.ts';
import { elbStandIn } from '../aws/elb.ts';
import { rdsStandIn } from '../aws/rds.ts';
import { scalingStandIn } from '../aws/scaling.ts';
import type { AwsService } from '../aws/service.ts';
import { minuteMs } from './model.ts';

export const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs);
export const times = <Item>(count: number, make: (n: number) => Item) =>
  Array.from({ length: count }, (_, n) => make(n));
const named = <Item>(prefix: string, count: number, make: (n: number) => Item) =>
  Object.fromEntries(times(count, (n) => [`${prefix}-${n}`, make(n)]));

const dayMinutes = 1_440;
const gib = 2 ** 30;

/** Metrics of one thing that stay as they are: name → value. */
export function metrics(
  namespace: string,
  dimensions: Record<string, string>,
  values: Record<string, number>,
  statistic = 'Average',
): CloudWatchMetric[] {
  return Object.entries(values).map(([metric, value]) => {
    return { namespace, dimensions, metric, statistic, at: () => value };
  });
}

const cluster = {
  clusters: {
    prod: {
      services: named('svc', 24, (n) => ({ desiredCount: 2, runningCount: 2, taskDefinition: `family-${n}:3` })),
    },
  },
  revisions: named('family', 24, () => 3),
  details: { prod: { status: 'ACTIVE', pendingTasksCount: 0, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] } },
  ...{ instances: {}, providers: [] },
};

const targets = times(6, (n) => ({ ResourceId: `service/prod/svc-${n}`, MinCapacity: 1, MaxCapacity: 10 }));
const policies = targets.map(({ ResourceId }) => ({ ResourceId, PolicyType: 'TargetTrackingScaling' as const }));

const databases = {
  instances: {
    main: {
      ...{ DBInstanceStatus: 'available', Engine: 'mysql', EngineVersion: '8.0.39', StorageEncrypted: true },
      ...{ MultiAZ: true, AllocatedStorage: 100, BackupRetentionPeriod: 7, LatestRestorableTime: ago(4) },
      DBParameterGroups: [{ DBParameterGroupName: 'shop-mysql8', ParameterApplyStatus: 'in-sync' }],
    },
  },
  clusters: {},
  snapshots: times(7, (n) => ({ of: 'main', takenAt: ago(540 + n * dayMinutes) })),
  maintenance: {},
  parameters: { 'shop-mysql8': '400' },
};

const nodes = ['sessions-001', 'sessions-002'];
const caches = {
  groups: {
    sessions: {
      ...{ Status: 'available', MultiAZ: 'enabled' as const, AutomaticFailover: 'enabled' as const },
      ...{ SnapshotRetentionLimit: 7, AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true },
      ...{ MemberClusters: nodes, NodeGroups: [{ NodeGroupId: '0001', Status: 'available' }] },
    },
  },
  clusters: Object.fromEntries(
    nodes.map((node) => [
      node,
      {
        ...{
          CacheClusterStatus: 'available',
          Engine: 'valkey',
          EngineVersion: '8.0.1',
          ReplicationGroupId: 'sessions',
        },
        ...{ AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true },
        CacheNodes: [{ CacheNodeId: '0001', CacheNodeStatus: 'available' }],
      },
    ]),
  ),
  updates: [],
};

const balancers = {
  balancers: { shop: {} },
  groups: named('group', 4, () => ({ behind: ['shop'], targets: times(3, () => ({ state: 'healthy' })) })),
};

const onCloudWatch = [
  ...metrics(...(['AWS/RDS', { DBInstanceIdentifier: 'main' }] as const), {
    CPUUtilization: 31.25,
    DatabaseConnections: 40,
    FreeStorageSpace: 60 * gib,
  }),
  ...nodes.flatMap((CacheClusterId) => {
    const dimensions = { CacheClusterId, CacheNodeId: '0001' };
    const values = {
      CPUUtilization: 12,
      EngineCPUUtilization: 20,
      CurrConnections: 30,
      DatabaseMemoryUsagePercentage: 41,
    };
    return [
      ...metrics('AWS/ElastiCache', dimensions, values),
      ...metrics('AWS/ElastiCache', dimensions, { Evictions: 0 }, 'Sum'),
    ];
  }),
  ...metrics('AWS/ApplicationELB', { LoadBalancer: 'app/shop/50dc6c495c0c9188' }, { RequestCount: 200 }, 'Sum'),
];

/** The services of one account that checks of several types ask, all well; `more` metrics belong to other services. */
export function account(more: CloudWatchMetric[]): AwsService[] {
  const alarms = named('alarm', 40, () => ({ state: 'OK' as const }));
  return [
    cloudWatchStandIn({ metrics: [...onCloudWatch, ...more], alarms, changes: [] }),
    ecsCapacityStandIn(cluster),
    scalingStandIn({ targets, policies, activities: [] }),
    rdsStandIn(databases),
    elastiCacheStandIn(caches),
    elbStandIn(balancers),
  ];
}
