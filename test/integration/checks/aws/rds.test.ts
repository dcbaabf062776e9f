import type { DBInstance } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import rds from '../../../../src/checks/rds.ts';
import { type CloudWatchMetric, type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { type RdsState, rdsStandIn } from '../../../support/aws/rds.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';

const state: RdsState = { instances: {}, clusters: {}, snapshots: [], maintenance: {}, parameters: {} };
const cloudWatch: CloudWatchState = { metrics: [] };
const aws = new AwsServer([rdsStandIn(state), cloudWatchStandIn(cloudWatch)]);

const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const gib = 2 ** 30;
const mysql: DBInstance = {
  DBInstanceStatus: 'available',
  Engine: 'mysql',
  EngineVersion: '8.0.39',
  StorageEncrypted: true,
  MultiAZ: true,
  AllocatedStorage: 100,
  BackupRetentionPeriod: 7,
  LatestRestorableTime: minutesAgo(4),
  DBParameterGroups: [{ DBParameterGroupName: 'shop-mysql8', ParameterApplyStatus: 'in-sync' }],
};
const metric = (name: string, instance: string, value: number | undefined): CloudWatchMetric => ({
  ...{ namespace: 'AWS/RDS', metric: name, dimensions: { DBInstanceIdentifier: instance } },
  at: () => value,
});
/** The instance's metrics, in place of those it had. */
function report(instance: string, values: Record<string, number | undefined>) {
  for (const [name, value] of Object.entries(values)) {
    const isIt = (one: CloudWatchMetric) => one.metric === name && one.dimensions?.DBInstanceIdentifier === instance;
    cloudWatch.metrics = [...cloudWatch.metrics.filter((one) => !isIt(one)), metric(name, instance, value)];
  }
}
const daily = (of: string, days: number, newestHours = 9) =>
  Array.from({ length: days }, (_, day) => ({ of, takenAt: hoursAgo(newestHours + day * 24) }));

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  Object.assign(state, { clusters: {}, maintenance: {}, parameters: { 'shop-mysql8': '400' } });
  state.instances = { main: mysql };
  state.snapshots = daily('main', 7);
  cloudWatch.metrics = [];
  report('main', { CPUUtilization: 31.25, DatabaseConnections: 40, FreeStorageSpace: 60 * gib });
});

const look = async (params = {}) => (await measure(rds, { instance: 'main', ...params })).facts;
const rules = async (params = {}) => fired(rds, { instance: 'main', ...params }, await look(params));

/** An Aurora cluster with a writer and a reader, healthy. */
function aurora() {
  const member: DBInstance = {
    ...mysql,
    ...{ Engine: 'aurora-mysql', AllocatedStorage: 1, DBClusterIdentifier: 'shop', LatestRestorableTime: undefined },
  };
  state.instances = { 'shop-1': member, 'shop-2': member };
  state.clusters = {
    shop: {
      ...{ Status: 'available', Engine: 'aurora-mysql', EngineVersion: '8.0.mysql_aurora.3.08.0', MultiAZ: true },
      ...{ StorageEncrypted: true, BackupRetentionPeriod: 7, LatestRestorableTime: minutesAgo(2) },
      DBClusterMembers: [
        { DBInstanceIdentifier: 'shop-1', IsClusterWriter: true },
        { DBInstanceIdentifier: 'shop-2', IsClusterWriter: false },
      ],
    },
  };
  state.snapshots = daily('shop', 7);
  report('shop-1', { CPUUtilization: 20, DatabaseConnections: 100 });
  report('shop-2', { CPUUtilization: 50, DatabaseConnections: 30, AuroraReplicaLag: 18 });
}

describe('an instance', () => {
  test('healthy: what it measures, nothing fires', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ status: 'available', instances: 1, down: [], changing: [], engine: 'mysql', engine_version: '8.0.39' },
      ...{
        encrypted: true,
        multi_az: true,
        pending_changes: [],
        parameters_pending: [],
        replicates: false,
        replication_stopped: [],
      },
      ...{ cpu_pct: 31.3, cpu_5m_pct: 31.3, cpu_on: 'main' },
      ...{ connections: 40, max_connections: 400, connections_pct: 10, connections_on: 'main' },
      ...{ fixed_storage: true, storage_free_pct: 60, storage_on: 'main' },
      ...{ replica_lag_5m_s: 0, replica_lag_on: null, db_load: null },
      ...{ maintenance_read: true, pending_maintenance: [], maintenance_in_days: null },
      ...{ backup_retention_days: 7, snapshots: 7 },
      ...{ newest_snapshot_h: 9, oldest_snapshot_days: 6.4, restorable_age_min: 4, unread: [] },
    });
    expect(fired(rds, { instance: 'main' }, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(rds.facts({} as never)).sort());
    expect(aws.counts()['cloudwatch:GetMetricData']).toBe(1);
  });

  test.for(['backing-up', 'storage-optimization', 'configuring-log-exports'])('%s serves as always', async (status) => {
    state.instances.main = { ...mysql, DBInstanceStatus: status };
    expect(await look()).toMatchObject({ status, down: [], changing: [] });
    expect(await rules()).toEqual([]);
  });

  test('CPU: four minutes above the limit are not five', async () => {
    const atS = now.getTime() / 1000 - 30;
    report('main', { CPUUtilization: undefined });
    cloudWatch.metrics.at(-1)!.at = (epochS) => (atS - epochS > 4 * 60 ? 20 : 95);
    expect(await look()).toMatchObject({ cpu_pct: 95, cpu_5m_pct: 20 });
    expect(await rules()).toEqual([]);
  });

  test('CPU: one or three datapoints are not five minutes, four are', async () => {
    const atS = now.getTime() / 1000 - 30;
    const newest = (count: number) => {
      report('main', { CPUUtilization: undefined });
      cloudWatch.metrics.at(-1)!.at = (epochS) => (atS - epochS > count * 60 ? undefined : 95);
    };
    for (const count of [1, 3]) {
      newest(count);
      const facts = await look();
      expect(facts).toMatchObject({ cpu_5m_pct: null, storage_free_pct: 60 });
      expect(facts.unread).toEqual([expect.stringContaining(`only ${count} of 5 min have data`)]);
      expect(await awsVerdict(rds, { instance: 'main' })).toBe('unknown');
    }
    newest(4);
    expect(await look()).toMatchObject({ cpu_5m_pct: 95, unread: [] });
    expect(await rules()).toEqual(['warn cpu_5m_pct > 80']);
  });

  test('connections and storage: one datapoint is enough', async () => {
    const atS = now.getTime() / 1000 - 30;
    for (const one of cloudWatch.metrics)
      if (one.metric !== 'CPUUtilization') one.at = (epochS) => (atS - epochS > 60 ? undefined : 40);
    expect(await look()).toMatchObject({ connections: 40, unread: [] });
  });

  test('maintenance says its day, soonest first', async () => {
    state.maintenance.main = [
      { Action: 'os-upgrade' },
      { Action: 'db-upgrade', ForcedApplyDate: new Date('2027-01-10T04:00:00Z') },
      { Action: 'system-update', CurrentApplyDate: new Date('2026-11-30T12:15:30Z') },
    ];
    expect(await look()).toMatchObject({
      pending_maintenance: [
        'main system-update on 2026-11-30',
        'main db-upgrade on 2027-01-10',
        'main os-upgrade without a date',
      ],
      maintenance_in_days: 7,
    });
    expect(await rules()).toEqual(['warn size(pending_maintenance) > 0']);
  });

  test('pending changes are names: values may be secret', async () => {
    state.instances.main = {
      ...mysql,
      PendingModifiedValues: { MasterUserPassword: 'hunter2', AllocatedStorage: 200 },
    };
    const facts = await look();
    expect(facts.pending_changes).toEqual(['main AllocatedStorage', 'main MasterUserPassword']);
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  test('the database load, where Performance Insights are on', async () => {
    state.instances.main = { ...mysql, PerformanceInsightsEnabled: true };
    report('main', { DBLoad: 2.5 });
    expect(await look()).toMatchObject({ db_load: 2.5, unread: [] });
  });

  test('snapshots that fail, are being made or were made by hand don’t count', async () => {
    state.snapshots.push(
      { of: 'main', takenAt: hoursAgo(1), status: 'failed' },
      { of: 'main', takenAt: hoursAgo(1), status: 'creating' },
      { of: 'main', takenAt: hoursAgo(2), type: 'manual' },
      { of: 'other', takenAt: hoursAgo(2) },
    );
    expect(await look()).toMatchObject({ snapshots: 7, newest_snapshot_h: 9 });
  });

  test('all pages of snapshots are read', async () => {
    state.snapshots = daily('main', 130).reverse();
    expect(await look()).toMatchObject({ snapshots: 130, newest_snapshot_h: 9 });
    expect(aws.counts()['rds:DescribeDBSnapshots']).toBe(2);
  });

  test('a read replica: its lag; its data are backed up where it copies from', async () => {
    state.instances.main = { ...mysql, ReadReplicaSourceDBInstanceIdentifier: 'first', BackupRetentionPeriod: 0 };
    state.snapshots = [];
    report('main', { ReplicaLag: 3 });
    expect(await look()).toMatchObject({ replicates: true, replica_lag_5m_s: 3, replica_lag_on: 'main' });
    expect(await awsVerdict(rds, { instance: 'main' })).toBe('fail');
    aws.forget();
    expect(await rules({ backups: false })).toEqual([]);
    expect(aws.counts()).not.toHaveProperty('rds:DescribeDBSnapshots');
  });

  test('an idle PostgreSQL replica is up to five minutes behind for a moment', async () => {
    state.instances.main = { ...mysql, Engine: 'postgres', ReadReplicaSourceDBInstanceIdentifier: 'first' };
    report('main', { ReplicaLag: 0 });
    cloudWatch.metrics.at(-1)!.at = (epochS) => epochS % 300;
    expect(Number((await look()).replica_lag_5m_s)).toBeLessThan(60);
    expect(await rules()).toEqual([]);
  });

  test('a part of a cluster is to be checked as the cluster', async () => {
    aurora();
    expect(await refusal(measure(rds, { instance: 'shop-1' }))).toMatchObject({
      reason: 'misconfigured',
      next: 'write cluster: shop instead of instance',
    });
  });
});

describe('the most connections', () => {
  test('from the parameter, which is asked for nobody', async () => {
    expect(await look({ max_connections: 80 })).toMatchObject({ max_connections: 80, connections_pct: 50 });
    expect(aws.counts()).not.toHaveProperty('rds:DescribeDBParameters');
  });

  test('a formula says nothing: unknown, with what to do', async () => {
    state.parameters['shop-mysql8'] = '{DBInstanceClassMemory/12582880}';
    const facts = await look();
    expect(facts).toMatchObject({ connections: 40, max_connections: null, connections_pct: null, unread: [] });
    expect(rds.facts({} as never).connections_pct?.whyAbsent?.(facts)).toContain('set max_connections on the check');
    expect(await awsVerdict(rds, { instance: 'main' })).toBe('unknown');
  });

  test.for(['pending-reboot', 'applying', undefined])('of a group that is %s is not in force', async (status) => {
    const group = { DBParameterGroupName: 'shop-mysql8', ParameterApplyStatus: status };
    state.instances.main = { ...mysql, DBParameterGroups: [group] };
    const facts = await look();
    const pending = `main ${status ?? 'in an unknown state'}`;
    expect(facts).toMatchObject({ max_connections: null, connections_pct: null, parameters_pending: [pending] });
    expect(rds.facts({} as never).connections_pct?.whyAbsent?.(facts)).toContain(`not in force (${pending})`);
    expect(await awsVerdict(rds, { instance: 'main' })).toBe('unknown');
    expect(await look({ max_connections: 400 })).toMatchObject({ connections_pct: 10 });
  });

  test('of the writer unknown: the reader’s share is not the highest', async () => {
    aurora();
    const writers = [{ DBParameterGroupName: 'default', ParameterApplyStatus: 'in-sync' }];
    state.instances['shop-1'] = { ...state.instances['shop-1'], DBParameterGroups: writers };
    state.parameters.default = '{DBInstanceClassMemory/12582880}';
    report('shop-1', { DatabaseConnections: 5000 });
    const { facts } = await measure(rds, { cluster: 'shop' });
    expect(facts).toMatchObject({ max_connections: null, connections_pct: null, connections_on: null });
    expect(await awsVerdict(rds, { cluster: 'shop' })).toBe('unknown');
    state.instances['shop-1'].DBInstanceStatus = 'stopped';
    expect((await measure(rds, { cluster: 'shop' })).facts).toMatchObject({
      ...{ max_connections: 400, connections_pct: 7.5, connections_on: 'shop-2' },
    });
  });

  test('refused: why the share is not known', async () => {
    aws.break('denied', { action: 'rds:DescribeDBParameters' });
    expect(rds.facts({} as never).connections_pct?.whyAbsent?.(await look())).toContain(
      'grant rds:DescribeDBParameters',
    );
  });
});

describe('a cluster', () => {
  test('healthy: the worst of its instances by name, storage without a size', async () => {
    aurora();
    const { facts } = await measure(rds, { cluster: 'shop' });
    expect(facts).toMatchObject({
      ...{ status: 'available', instances: 2, engine: 'aurora-mysql', cpu_pct: 50, cpu_on: 'shop-2' },
      ...{ connections: 130, connections_pct: 25, connections_on: 'shop-1', fixed_storage: false },
      ...{ storage_free_pct: null, replicates: true, replica_lag_5m_s: 0, snapshots: 7, restorable_age_min: 2 },
      ...{ replica_lag_on: 'shop-2', unread: [] },
    });
    expect(fired(rds, { cluster: 'shop' }, facts)).toEqual([]);
    expect(aws.counts()).toMatchObject({ 'rds:DescribeDBClusterSnapshots': 1, 'rds:DescribeDBParameters': 1 });
  });

  test('maintenance of the cluster and of its instances', async () => {
    aurora();
    state.maintenance = { shop: [{ Action: 'db-upgrade' }], 'shop-2': [{ Action: 'system-update' }] };
    const { facts } = await measure(rds, { cluster: 'shop' });
    expect(facts.pending_maintenance).toEqual([
      'shop-2 system-update without a date',
      'shop db-upgrade without a date',
    ]);
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  aurora();
  await measure(rds, { cluster: 'shop' });
  expect(Object.keys(aws.counts()).sort()).toEqual([...rds.iam].sort());
});

test.each([
  { instance: 'main' },
  { instance: 'main', max_connections: 10, backups: false },
  { cluster: 'shop' },
  { cluster: 'shop', backups: false },
])('%j takes the rights that `iamFor` lists, no others', async (params) => {
  if ('cluster' in params) aurora();
  await measure(rds, params);
  expect(Object.keys(aws.counts()).sort()).toEqual(rds.iamFor?.(rds.params.parse(params)).toSorted());
});

describe('planted faults', () => {
  type Plant = () => void;
  const main =
    (change: DBInstance): Plant =>
    () => {
      state.instances.main = { ...mysql, ...change };
    };
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const replica =
    (lag: number, change: DBInstance = {}): Plant =>
    () => {
      main({ ReadReplicaSourceDBInstanceIdentifier: 'first', ...change })();
      report('main', { ReplicaLag: lag });
    };
  const single = () => {
    report('shop-1', { CPUUtilization: undefined });
    cloudWatch.metrics.at(-1)!.at = (epochS) => (now.getTime() / 1000 - epochS < 100 ? 95 : undefined);
  };
  const ended = { StatusType: 'read replication', Normal: false, Status: 'error' };

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['storage full', 'fail', main({ DBInstanceStatus: 'storage-full' })],
    ['stopped', 'fail', main({ DBInstanceStatus: 'stopped' })],
    ['key not accessible', 'fail', main({ DBInstanceStatus: 'inaccessible-encryption-credentials' })],
    ['incompatible parameters', 'fail', main({ DBInstanceStatus: 'incompatible-parameters' })],
    ['being modified', 'warn', main({ DBInstanceStatus: 'modifying' })],
    ['a state nobody knows', 'warn', main({ DBInstanceStatus: 'contemplating' })],
    ['not encrypted', 'warn', main({ StorageEncrypted: false })],
    ['maintenance pending', 'warn', () => (state.maintenance.main = [{ Action: 'system-update' }])],
    ['CPU high for five minutes', 'warn', () => report('main', { CPUUtilization: 80.1 })],
    ['connections at 81 %', 'warn', () => report('main', { DatabaseConnections: 324 })],
    ['free storage at 19 %', 'warn', () => report('main', { FreeStorageSpace: 19 * gib })],
    ['backups off', 'fail', main({ BackupRetentionPeriod: 0 })],
    ['no snapshot', 'fail', () => (state.snapshots = [])],
    ['newest snapshot 27 h old', 'fail', () => (state.snapshots = daily('main', 8, 27))],
    ['six snapshots', 'warn', () => (state.snapshots = daily('main', 6))],
    ['restorable moment 16 min old', 'warn', main({ LatestRestorableTime: minutesAgo(16) })],
    ['replica a minute behind', 'warn', replica(61)],
    ['replication ended, by the metric', 'fail', replica(-1)],
    ['replication ended, by its state', 'fail', replica(1, { StatusInfos: [ended] })],
    ['no data of the CPU', 'unknown', () => report('main', { CPUUtilization: undefined })],
    ['metrics not permitted', 'unknown', broken('denied', { action: 'cloudwatch:GetMetricData' })],
    ['maintenance not permitted', 'unknown', broken('denied', { action: 'rds:DescribePendingMaintenanceActions' })],
    ['snapshots throttled', 'unknown', broken('throttled', { action: 'rds:DescribeDBSnapshots' })],
    ['parameters not permitted', 'unknown', broken('denied', { action: 'rds:DescribeDBParameters' })],
    ['maintenance is garbage', 'unknown', broken('garbage', { action: 'rds:DescribePendingMaintenanceActions' })],
    ['snapshots are garbage', 'unknown', broken('garbage', { action: 'rds:DescribeDBSnapshots' })],
    ['parameters are garbage', 'unknown', broken('garbage', { action: 'rds:DescribeDBParameters' })],
    ['maintenance is empty', 'unknown', broken('empty', { action: 'rds:DescribePendingMaintenanceActions' })],
    ['snapshots are empty', 'unknown', broken('empty', { action: 'rds:DescribeDBSnapshots' })],
    ['parameters are empty', 'unknown', broken('empty', { action: 'rds:DescribeDBParameters' })],
    ['metrics are empty', 'unknown', broken('empty', { action: 'cloudwatch:GetMetricData' })],
    ['empty', 'unknown', broken('empty')],
    ['no such instance', 'unknown', () => (state.instances = {})],
    ['an answer without a status', 'unknown', main({ DBInstanceStatus: undefined })],
    ['an answer without encryption', 'unknown', main({ StorageEncrypted: undefined })],
    ['no restorable moment', 'unknown', main({ LatestRestorableTime: undefined })],
    ['not permitted', 'unknown', broken('denied', { action: 'rds:DescribeDBInstances' })],
    ['throttled', 'unknown', broken('throttled', { action: 'rds:DescribeDBInstances' })],
    ['expired keys', 'unknown', broken('expired')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, verdict, plant) => {
    plant();
    expect(await awsVerdict(rds, { instance: 'main' })).toBe(verdict);
  });

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['cluster stopped', 'fail', () => (state.clusters.shop!.Status = 'stopped')],
    ['cluster failing over', 'warn', () => (state.clusters.shop!.Status = 'failing-over')],
    [
      'one instance failed',
      'fail',
      () => (state.instances['shop-2'] = { ...state.instances['shop-2'], DBInstanceStatus: 'failed' }),
    ],
    ['one instance hot', 'warn', () => report('shop-1', { CPUUtilization: 97 })],
    ['the reader is behind', 'warn', () => report('shop-2', { AuroraReplicaLag: 61_000 })],
    ['no data of one instance', 'warn', () => report('shop-1', { CPUUtilization: undefined })],
    ['a single datapoint of one instance', 'warn', single],
    ['cluster snapshots gone', 'fail', () => (state.snapshots = [])],
    ['cluster snapshots are garbage', 'unknown', broken('garbage', { action: 'rds:DescribeDBClusterSnapshots' })],
    ['cluster snapshots are empty', 'unknown', broken('empty', { action: 'rds:DescribeDBClusterSnapshots' })],
    ['its instances are empty', 'unknown', broken('empty', { action: 'rds:DescribeDBInstances' })],
    ['empty', 'unknown', broken('empty')],
    ['no instances', 'unknown', () => (state.clusters.shop!.DBClusterMembers = [])],
    ['an instance is not answered', 'unknown', () => delete state.instances['shop-2']],
    ['no such cluster', 'unknown', () => (state.clusters = {})],
    ['clusters not permitted', 'unknown', broken('denied', { action: 'rds:DescribeDBClusters' })],
  ])('cluster: %s → %s', async (_, verdict, plant) => {
    aurora();
    plant();
    expect(await awsVerdict(rds, { cluster: 'shop' })).toBe(verdict);
  });
});

describe('a part that hangs', () => {
  const slow = (action: string, params: { instance?: string; cluster?: string } = { instance: 'main' }) =>
    verdictWithSlowPart(aws, action, rds, params);
  const named = (action: string) => [expect.stringContaining(action)];

  test.for([
    'rds:DescribePendingMaintenanceActions',
    'rds:DescribeDBSnapshots',
    'rds:DescribeDBParameters',
    'cloudwatch:GetMetricData',
  ])('%s: unknown, and named', async (action) => {
    expect(await slow(action)).toMatchObject({ verdict: 'unknown', unread: named(action) });
  });

  test('a database that is down is told while its metrics hang', async () => {
    state.instances = { main: { ...mysql, DBInstanceStatus: 'storage-full' } };
    expect(await slow('rds:DescribePendingMaintenanceActions')).toMatchObject({
      ...{ verdict: 'fail', facts: { down: ['main storage-full'] } },
    });
    state.instances = { main: { ...mysql, BackupRetentionPeriod: 0 } };
    expect((await slow('cloudwatch:GetMetricData')).verdict).toBe('fail');
  });

  test('a part does not keep the metrics waiting: replication that ended is told', async () => {
    state.instances = { main: { ...mysql, ReadReplicaSourceDBInstanceIdentifier: 'first' } };
    report('main', { ReplicaLag: -1 });
    const { verdict, facts } = await slow('rds:DescribeDBParameters');
    expect({ verdict, facts }).toMatchObject({ verdict: 'fail', facts: { replication_stopped: ['main'] } });
  });

  test('a cluster that is down is told while its instances hang', async () => {
    aurora();
    state.clusters.shop!.Status = 'inaccessible-encryption-credentials';
    expect(await slow('rds:DescribeDBInstances', { cluster: 'shop' })).toMatchObject({
      ...{ verdict: 'fail', facts: { instances: null, replicates: null, connections: null } },
      unread: expect.arrayContaining(named('rds:DescribeDBInstances')),
    });
  });

  test('instances of a cluster that is down and refuses them are null, the rest holds', async () => {
    aurora();
    state.clusters.shop!.Status = 'failed';
    aws.break('denied', { action: 'rds:DescribeDBInstances' });
    expect((await measure(rds, { cluster: 'shop' })).facts).toMatchObject({
      ...{ down: ['shop failed'], instances: null, snapshots: 7, pending_maintenance: [] },
      unread: named('grant rds:DescribeDBInstances'),
    });
  });
});

describe('what it says', () => {
  test('replication errors don’t quote rows', async () => {
    state.instances.main = {
      ...{ ...mysql, ReadReplicaSourceDBInstanceIdentifier: 'first' },
      StatusInfos: [
        { StatusType: 'read replication', Normal: false, Status: 'error', Message: "entry 'jane@example.com'" },
      ],
    };
    report('main', { ReplicaLag: -1 });
    const facts = await look();
    expect(facts.replication_stopped).toEqual(['main error']);
    expect(JSON.stringify(facts)).not.toContain('jane');
  });

  test('a refused part is named with what to grant, once, and hides nothing', async () => {
    aws.break('denied', { action: 'cloudwatch:GetMetricData' });
    state.instances.main = { ...mysql, DBInstanceStatus: 'storage-full' };
    expect(await look()).toMatchObject({ down: ['main storage-full'], snapshots: 7, unread: [] });
    state.instances.main = mysql;
    expect(await look()).toMatchObject({
      cpu_pct: null,
      snapshots: 7,
      unread: ['cloudwatch:GetMetricData on 3 metrics in eu-west-1: AccessDenied → grant cloudwatch:GetMetricData'],
    });
  });

  test('no such instance: what to do', async () => {
    expect(await refusal(measure(rds, { instance: 'nope' }))).toMatchObject({
      reason: 'misconfigured',
      message: 'rds:DescribeDBInstances on instance nope in eu-west-1: no such instance',
      next: "check the instance's name and region",
    });
  });

  test.for(['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'])(
    'a hang of %s ends with the probe',
    async (action) => {
      aws.break('hang', { action });
      const call = aws.nextCall(action);
      const stop = new AbortController();
      const measured = refusal(measure(rds, { instance: 'main', region: 'eu-north-1' }, { signal: stop.signal }));
      const { abandoned } = await call;
      stop.abort();
      expect(await measured).toMatchObject({ reason: 'timeout' });
      await abandoned;
    },
  );
});
