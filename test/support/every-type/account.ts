import { type CloudWatchMetric, cloudWatchStandIn } from '../aws/cloudwatch.ts';
import { ebsStandIn } from '../aws/ebs.ts';
import { ec2StandIn } from '../aws/ec2.ts';
import { ecsCapacityStandIn } from '../aws/ecs-capacity.ts';
import { elastiCacheStandIn } from '../aws/elasticache.ts';
import { elbStandIn } from '../aws/elb.ts';
import { rdsStandIn } from '../aws/rds.ts';
import { s3StandIn } from '../aws/s3.ts';
import { scalingStandIn } from '../aws/scaling.ts';
import type { AwsService } from '../aws/service.ts';
import { ago, dayMinutes, metrics, named, times } from './make.ts';

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
  ...metrics(
    'AWS/RDS',
    { DBInstanceIdentifier: 'main' },
    { CPUUtilization: 31.25, DatabaseConnections: 40, FreeStorageSpace: 60 * 2 ** 30 },
  ),
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

const dayOf = (at: Date) => at.toISOString().slice(0, 10).replaceAll('-', '/');
const buckets = {
  backups: {
    ...{ encryption: 'aws:kms', versioning: 'Enabled' as const },
    objects: times(90, (n) => {
      const at = ago(1 + n * dayMinutes);
      return { key: `${dayOf(at)}/backup-${n}.dump`, bytes: 1_000, at };
    }),
  },
};

const machines = {
  volumes: { 'vol-1': { state: 'in-use' as const, gib: 100, createdAt: ago(400 * dayMinutes) } },
  addresses: [{ publicIp: '192.0.2.200', associationId: 'eipassoc-1' }],
  groups: {
    'sg-web': { name: 'web', rules: [{ protocol: 'tcp', from: 443, to: 443, ranges: ['0.0.0.0/0'] }] },
  },
  instances: { 'i-1': { name: 'worker' } },
};

/** EC2 as it answers both who looks for unused volumes, by a filter, and who looks at all of them. */
function ec2(): AwsService {
  const [all, ebs] = [ec2StandIn(machines), ebsStandIn({ volumes: { 'vol-1': true }, byDefault: true })];
  return {
    ...all,
    operations: {
      ...{ ...all.operations, ...ebs.operations },
      DescribeVolumes: (input, asked) => (input.Filter ? all : ebs).operations.DescribeVolumes!(input, asked),
    },
  };
}

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
    s3StandIn({ buckets }),
    ec2(),
  ];
}
