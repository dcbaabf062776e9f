import type { DBInstance, RDS } from '@aws-sdk/client-rds';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { isReplica } from '../../checks/rds/state.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, type Found, onlyFirst } from '../model.ts';

const connect = awsService<RDS>({
  load: async () => (await import('@aws-sdk/client-rds')).RDS,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 500;
/** RDS's API lists those of DocumentDB and Neptune too, which have metrics and snapshots of their own. */
const otherEngine = /^(docdb|neptune)/;
const gib = 1024 ** 3;

export default defineDiscovery({
  service: 'RDS',
  group: 'data',
  iam: ['rds:DescribeDBInstances'],
  async find({ where, signal }) {
    const rds = await connect(where, signal);
    const instances = await everyPage(async (Marker) => {
      const question = { action: 'rds:DescribeDBInstances', resource: 'all instances' };
      const page = await askAws(rds, question, signal, (client, options) =>
        client.describeDBInstances({ MaxRecords: 100, Marker }, options),
      );
      return { items: page.DBInstances, next: page.Marker };
    }, most);
    const others = instances.items.filter((instance) => otherEngine.test(instance.Engine ?? ''));
    const ours = instances.items.filter((instance) => !others.includes(instance));
    const alone = ours.filter(({ DBClusterIdentifier }) => !DBClusterIdentifier);
    const clusters = Map.groupBy(ours, ({ DBClusterIdentifier }) => DBClusterIdentifier);
    clusters.delete(undefined);
    const found = [...alone.flatMap(instanceCheck), ...[...clusters].map(([id, each]) => clusterCheck(id ?? '', each))];
    return { found, remarks: [...onlyFirst(instances, 'instances'), ...leftOut(others)] };
  },
});

function leftOut(others: DBInstance[]): string[] {
  const names = others
    .map(({ DBInstanceIdentifier = '', Engine = '' }) => `${DBInstanceIdentifier} (${Engine})`)
    .sort();
  return names.length === 0 ? [] : [`there is no check for DocumentDB and Neptune: ${firstFew(names, 6)}`];
}

/** Aurora, or Multi-AZ with readable standbys: a cluster is watched as a whole. */
function clusterCheck(id: string, instances: DBInstance[]): Found {
  const names = instances.flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []).sort();
  return {
    ...{ name: id, type: 'rds', params: { cluster: id }, ...withoutLimit(instances) },
    comment: [
      `Database cluster ${id}, ${instances[0]?.Engine ?? 'unknown engine'}: ${firstFew(names, 6)}`,
      ...limitWords(instances),
    ],
    orElse: instances.flatMap((instance) => figures(instance.DBInstanceIdentifier ?? '', instance)),
  };
}

function instanceCheck(instance: DBInstance): Found[] {
  const { DBInstanceIdentifier: id, Engine = 'unknown engine', EngineVersion = '', DBInstanceClass = '' } = instance;
  if (!id) return [];
  const copy = isReplica(instance) && !instance.BackupRetentionPeriod;
  const what = [Engine, EngineVersion, DBInstanceClass, instance.MultiAZ ? 'Multi-AZ' : 'one zone'].filter(Boolean);
  return [
    {
      ...{ name: id, type: 'rds', params: { instance: id, ...(copy && { backups: false }) } },
      ...withoutLimit([instance]),
      comment: [
        `Database ${id}: ${what.join(', ')}`,
        ...(copy ? ['A read replica without backups of its own: its data are backed up where it copies from'] : []),
        ...limitWords([instance]),
      ],
      orElse: figures(id, instance),
    },
  ];
}

/** A default parameter group has a formula for max_connections, of which no check knows the outcome. */
const hasDefaults = (instances: DBInstance[]) =>
  instances.some(({ DBParameterGroups }) =>
    DBParameterGroups?.some(({ DBParameterGroupName }) => DBParameterGroupName?.startsWith('default.')),
  );

const withoutLimit = (instances: DBInstance[]) =>
  hasDefaults(instances) ? { beside: { override: { connections_pct: 'off' } } } : {};

const limitWords = (instances: DBInstance[]) =>
  hasDefaults(instances)
    ? ['Its default parameter group has no number for max_connections: set it here, and delete the override']
    : [];

/** What CloudWatch says of it: CPU, and free storage where it does not grow by itself. */
function figures(id: string, { AllocatedStorage, DBClusterIdentifier }: DBInstance): Found[] {
  const dimensions = { DBInstanceIdentifier: id };
  const metric = { namespace: 'AWS/RDS', dimensions };
  const cpu: Found = {
    name: `${id} cpu`,
    type: 'cloudwatch-metric',
    params: { ...metric, metric: 'CPUUtilization', unit: '%' },
    beside: { warn: ['value > 80'], held_for: '5m' },
    comment: [`CPU of database ${id}`],
  };
  if (!AllocatedStorage || DBClusterIdentifier) return [cpu];
  const limit = Math.round(AllocatedStorage * gib * 0.2);
  const storage: Found = {
    name: `${id} free storage`,
    type: 'cloudwatch-metric',
    params: { ...metric, metric: 'FreeStorageSpace', statistic: 'Minimum', unit: 'bytes' },
    beside: { every: '5m', warn: [{ when: `value < ${limit}`, say: `{value} free of ${AllocatedStorage} GiB` }] },
    comment: [`Free storage of database ${id}: 20 % of its ${AllocatedStorage} GiB is the limit`],
  };
  return [cpu, storage];
}
