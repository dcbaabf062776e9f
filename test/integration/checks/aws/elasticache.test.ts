import type { CacheCluster } from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import elasticache from '../../../../src/checks/elasticache.ts';
import { type CloudWatchMetric, type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { type ElastiCacheState, elastiCacheStandIn } from '../../../support/aws/elasticache.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';

const state: ElastiCacheState = { groups: {}, clusters: {}, updates: [] };
const cloudWatch: CloudWatchState = { metrics: [] };
const aws = new AwsServer([elastiCacheStandIn(state), cloudWatchStandIn(cloudWatch)]);
const group = { replication_group: 'sessions' };

const node = (of: string, change: CacheCluster = {}): CacheCluster => ({
  ...{ CacheClusterStatus: 'available', Engine: 'valkey', EngineVersion: '8.0.1', ReplicationGroupId: of },
  CacheNodes: [{ CacheNodeId: '0001', CacheNodeStatus: 'available' }],
  ...change,
});
/** A node's metrics, in place of those it had. */
function report(cluster: string, values: Record<string, number | undefined>, id = '0001') {
  for (const [name, value] of Object.entries(values)) {
    const dimensions = { CacheClusterId: cluster, CacheNodeId: id };
    const isIt = (one: CloudWatchMetric) =>
      one.metric === name && one.dimensions?.CacheClusterId === cluster && one.dimensions.CacheNodeId === id;
    const statistic = name === 'Evictions' ? 'Sum' : 'Average';
    const metric = { namespace: 'AWS/ElastiCache', metric: name, dimensions, statistic, at: () => value };
    cloudWatch.metrics = [...cloudWatch.metrics.filter((one) => !isIt(one)), metric];
  }
}

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.groups = {
    sessions: {
      ...{ Status: 'available', MultiAZ: 'enabled', AutomaticFailover: 'enabled', SnapshotRetentionLimit: 7 },
      ...{ AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true },
      MemberClusters: ['sessions-001', 'sessions-002'],
      NodeGroups: [{ NodeGroupId: '0001', Status: 'available' }],
    },
  };
  state.clusters = { 'sessions-001': node('sessions'), 'sessions-002': node('sessions') };
  state.updates = [];
  cloudWatch.metrics = [];
  const healthy = { CPUUtilization: 12, EngineCPUUtilization: 20, Evictions: 0, CurrConnections: 30 };
  report('sessions-001', { ...healthy, DatabaseMemoryUsagePercentage: 41 });
  report('sessions-002', { ...healthy, DatabaseMemoryUsagePercentage: 43.33 });
});

/** A Memcached cluster of two nodes beside the group, healthy. */
function memcached() {
  const alone = { ReplicationGroupId: undefined, AtRestEncryptionEnabled: false, TransitEncryptionEnabled: false };
  state.clusters.pages = node('', {
    ...{ ...alone, Engine: 'memcached', EngineVersion: '1.6.22' },
    CacheNodes: ['0001', '0002'].map((CacheNodeId) => ({ CacheNodeId, CacheNodeStatus: 'available' })),
  });
  const healthy = { CPUUtilization: 5, Evictions: 0, CurrConnections: 9 };
  for (const id of ['0001', '0002'])
    report('pages', { ...healthy, BytesUsedForCacheItems: 250, UnusedMemory: 750 }, id);
}

const look = async (params: Parameters<typeof elasticache.params.parse>[0] = group) =>
  (await measure(elasticache, params as typeof group)).facts;

describe('what it measures', () => {
  test('healthy: of several nodes the worst, nothing fires', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{
        status: 'available',
        engine: 'valkey',
        engine_version: '8.0.1',
        nodes: 2,
        shards: 1,
        down: [],
        changing: [],
      },
      ...{ automatic_failover: true, multi_az: true, encrypted_at_rest: true, encrypted_in_transit: true },
      ...{ snapshot_retention_days: 7, memory_pct: 43.3, memory_on: 'sessions-002', cpu_5m_pct: 12 },
      ...{ cpu_on: 'sessions-001', engine_cpu_5m_pct: 20, engine_cpu_on: 'sessions-001' },
      ...{ evictions_5m: 0, connections: 60, updates_read: true, service_updates: [], unread: [] },
    });
    expect(fired(elasticache, { ...group, nodes: 2 }, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(elasticache.facts({} as never)).sort());
    expect(aws.counts()['cloudwatch:GetMetricData']).toBe(1);
  });

  test('a snapshot being taken is no change', async () => {
    state.groups.sessions!.Status = 'snapshotting';
    state.clusters['sessions-002'] = node('sessions', { CacheClusterStatus: 'snapshotting' });
    expect(await look()).toMatchObject({ status: 'snapshotting', down: [], changing: [] });
  });

  test('its nodes among 130 other clusters: all pages are read', async () => {
    const others = Array.from({ length: 130 }, (_, i) => [`other-${i}`, node('other')]);
    state.clusters = { ...Object.fromEntries(others), ...state.clusters };
    expect(await look()).toMatchObject({ nodes: 2, unread: [] });
    expect(aws.counts()['elasticache:DescribeCacheClusters']).toBe(2);
  });

  test('Memcached: share of memory worked out, no CPU of the engine, encryption not asked for', async () => {
    memcached();
    const facts = await look({ cluster: 'pages' });
    expect(facts).toMatchObject({
      ...{ nodes: 2, shards: null, memory_pct: 25, memory_on: 'pages/0001', engine_cpu_5m_pct: null },
      ...{ connections: 18, encrypted_at_rest: false, automatic_failover: null, unread: [] },
    });
    expect(fired(elasticache, { cluster: 'pages' }, facts)).toEqual([]);
  });

  test('a cache that runs full and evicts', async () => {
    report('sessions-001', { DatabaseMemoryUsagePercentage: 99, Evictions: 12 });
    const facts = await look();
    expect(facts).toMatchObject({ memory_pct: 99, evictions_5m: 60 });
    expect(fired(elasticache, group, facts)).toEqual(['warn memory_pct > 80', 'warn evictions_5m > 0']);
  });

  test('service updates of this cache that wait, soonest first, all pages', async () => {
    const update = (
      name: string,
      by?: string,
      of = 'sessions',
      status: 'not-applied' | 'complete' = 'not-applied',
    ) => ({
      ...{ ServiceUpdateName: name, ReplicationGroupId: of, UpdateActionStatus: status },
      ...(by && { ServiceUpdateSeverity: 'critical' as const, ServiceUpdateRecommendedApplyByDate: new Date(by) }),
    });
    state.updatesPerPage = 2;
    state.updates = [
      update('elasticache-b'),
      update('elasticache-a', '2026-12-01'),
      update('elasticache-c', '2026-11-28'),
      update('elasticache-done', '2026-11-01', 'sessions', 'complete'),
      update('elasticache-x', '2026-11-01', 'other'),
    ];
    expect((await look()).service_updates).toEqual([
      'elasticache-c (critical, apply by 2026-11-28)',
      'elasticache-a (critical, apply by 2026-12-01)',
      'elasticache-b',
    ]);
    expect(aws.counts()['elasticache:DescribeUpdateActions']).toBe(2);
  });

  test('a node of a group is to be checked as the group', async () => {
    expect(await refusal(measure(elasticache, { cluster: 'sessions-001' }))).toMatchObject({
      reason: 'misconfigured',
      next: 'write replication_group: sessions instead of cluster',
    });
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...elasticache.iam].sort());
});

describe('planted faults', () => {
  type Plant = () => void;
  const second =
    (change: CacheCluster): Plant =>
    () => {
      state.clusters['sessions-002'] = node('sessions', change);
    };
  const whole =
    (change: ElastiCacheState['groups'][string]): Plant =>
    () => {
      Object.assign(state.groups.sessions!, change);
    };
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const single = () => {
    report('sessions-001', { Evictions: 0 });
    cloudWatch.metrics.at(-1)!.at = (epochS) => (now.getTime() / 1000 - epochS < 100 ? 0 : undefined);
  };
  const waiting = { ServiceUpdateName: 'elasticache-1', ReplicationGroupId: 'sessions' };

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['creation failed', 'fail', whole({ Status: 'create-failed' })],
    ['being deleted', 'fail', whole({ Status: 'deleting' })],
    ['a node in an incompatible network', 'fail', second({ CacheClusterStatus: 'incompatible-network' })],
    ['a restore failed', 'fail', second({ CacheClusterStatus: 'restore-failed' })],
    ['being modified', 'warn', whole({ Status: 'modifying' })],
    ['a shard being modified', 'warn', whole({ NodeGroups: [{ NodeGroupId: '0001', Status: 'modifying' }] })],
    ['a node rebooting', 'warn', second({ CacheClusterStatus: 'rebooting cluster nodes' })],
    ['a state nobody knows', 'warn', second({ CacheClusterStatus: 'contemplating' })],
    ['a node too few', 'warn', whole({ MemberClusters: ['sessions-001'] })],
    ['memory at 81 %', 'warn', () => report('sessions-002', { DatabaseMemoryUsagePercentage: 81 })],
    ['evictions', 'warn', () => report('sessions-001', { Evictions: 1 })],
    ['CPU of the engine high', 'warn', () => report('sessions-001', { EngineCPUUtilization: 95 })],
    ['CPU high', 'warn', () => report('sessions-001', { CPUUtilization: 95 })],
    ['not encrypted', 'warn', whole({ AtRestEncryptionEnabled: false })],
    ['a service update waits', 'warn', () => state.updates.push(waiting)],
    ['no data of a node’s memory', 'warn', () => report('sessions-002', { DatabaseMemoryUsagePercentage: undefined })],
    ['metrics not permitted', 'unknown', broken('denied', { action: 'cloudwatch:GetMetricData' })],
    ['updates not permitted', 'unknown', broken('denied', { action: 'elasticache:DescribeUpdateActions' })],
    ['updates throttled', 'unknown', broken('throttled', { action: 'elasticache:DescribeUpdateActions' })],
    ['updates are garbage', 'unknown', broken('garbage', { action: 'elasticache:DescribeUpdateActions' })],
    ['updates are empty', 'unknown', broken('empty', { action: 'elasticache:DescribeUpdateActions' })],
    ['metrics are empty', 'unknown', broken('empty', { action: 'cloudwatch:GetMetricData' })],
    ['clusters are empty', 'unknown', broken('empty', { action: 'elasticache:DescribeCacheClusters' })],
    ['empty', 'unknown', broken('empty')],
    ['evictions of a minute alone', 'unknown', single],
    ['no such group', 'unknown', () => (state.groups = {})],
    ['no nodes', 'unknown', whole({ MemberClusters: [] })],
    ['a node is not answered', 'unknown', () => delete state.clusters['sessions-002']],
    ['a node without a status', 'unknown', second({ CacheClusterStatus: undefined })],
    ['a group without a status', 'unknown', whole({ Status: undefined })],
    ['an answer without encryption', 'unknown', whole({ AtRestEncryptionEnabled: undefined })],
    ['groups not permitted', 'unknown', broken('denied', { action: 'elasticache:DescribeReplicationGroups' })],
    ['clusters not permitted', 'unknown', broken('denied', { action: 'elasticache:DescribeCacheClusters' })],
    ['throttled', 'unknown', broken('throttled', { action: 'elasticache:DescribeCacheClusters' })],
    ['unknown key', 'unknown', broken('unknown key')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, verdict, plant) => {
    plant();
    expect(await awsVerdict(elasticache, { ...group, nodes: 2 })).toBe(verdict);
  });

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['memory at 90 %', 'warn', () => report('pages', { BytesUsedForCacheItems: 6750 }, '0002')],
    ['a node rebooting', 'warn', () => (state.clusters.pages!.CacheNodes![1]!.CacheNodeStatus = 'rebooting')],
    ['a node too few', 'warn', () => state.clusters.pages!.CacheNodes!.pop()],
    ['no data of unused memory', 'warn', () => report('pages', { UnusedMemory: undefined }, '0001')],
    ['no such cluster', 'unknown', () => delete state.clusters.pages],
  ])('Memcached: %s → %s', async (_, verdict, plant) => {
    memcached();
    plant();
    expect(await awsVerdict(elasticache, { cluster: 'pages', nodes: 2 })).toBe(verdict);
  });
});

test('what could not be read of many nodes is a short list', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `sessions-${i}`);
  state.groups.sessions!.MemberClusters = names;
  state.clusters = Object.fromEntries(
    names.map((name) => [name, node('sessions', { CacheClusterStatus: 'modifying' })]),
  );
  const facts = await look();
  expect(facts.unread).toHaveLength(21);
  expect((facts.unread as string[]).at(-1)).toBe('and more');
  expect(facts).toMatchObject({ nodes: 12, memory_pct: null, connections: null });
});

describe('a part that hangs', () => {
  const slow = (action: string) => verdictWithSlowPart(aws, action, elasticache, group);
  const named = (action: string) => expect.arrayContaining([expect.stringContaining(action)]);

  test.for(['elasticache:DescribeUpdateActions', 'cloudwatch:GetMetricData'])('%s', async (action) => {
    expect(await slow(action)).toMatchObject({ verdict: 'unknown', unread: named(action) });
    aws.mend();
    state.clusters['sessions-002'] = node('sessions', { CacheClusterStatus: 'incompatible-network' });
    expect(await slow(action)).toMatchObject({
      ...{ verdict: 'fail', facts: { down: ['sessions-002 incompatible-network'] } },
    });
  });

  test('a shard that is down is told while the nodes hang', async () => {
    state.groups.sessions!.NodeGroups![0]!.Status = 'deleting';
    expect(await slow('elasticache:DescribeCacheClusters')).toMatchObject({
      ...{ verdict: 'fail', facts: { down: ['sessions shard 0001 deleting'], nodes: null, connections: null } },
      unread: named('elasticache:DescribeCacheClusters'),
    });
  });
});

test('a hang ends with the probe, and the request with it', async () => {
  aws.break('hang', { action: 'elasticache:DescribeUpdateActions' });
  const call = aws.nextCall('elasticache:DescribeUpdateActions');
  const stop = new AbortController();
  const measured = refusal(measure(elasticache, { ...group, region: 'eu-north-1' }, { signal: stop.signal }));
  const { abandoned } = await call;
  stop.abort();
  expect(await measured).toMatchObject({ reason: 'timeout' });
  await abandoned;
});

test('no such group: what to do', async () => {
  expect(await refusal(measure(elasticache, { replication_group: 'nope' }))).toMatchObject({
    reason: 'misconfigured',
    message: 'elasticache:DescribeReplicationGroups on replication group nope in eu-west-1: no such replication group',
    next: "check the replication group's name and region",
  });
});
