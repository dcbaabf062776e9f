import type { DBInstance, RDS } from '@aws-sdk/client-rds';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, type Found, onlyFirst } from '../model.ts';

const connect = awsService<RDS>({
  load: async () => (await import('@aws-sdk/client-rds')).RDS,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 500;
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
    const alone = instances.items.filter(({ DBClusterIdentifier }) => !DBClusterIdentifier);
    const clusters = Map.groupBy(instances.items, ({ DBClusterIdentifier }) => DBClusterIdentifier);
    clusters.delete(undefined);
    const found = [...alone.flatMap(instanceCheck), ...[...clusters].map(([id, each]) => clusterCheck(id ?? '', each))];
    return { found, remarks: onlyFirst(instances, 'instances') };
  },
});

/** Aurora, or Multi-AZ with readable standbys: a cluster is watched as a whole. */
function clusterCheck(id: string, instances: DBInstance[]): Found {
  const names = instances.flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []).sort();
  return {
    ...{ name: id, type: 'rds', params: { cluster: id } },
    comment: [`Database cluster ${id}, ${instances[0]?.Engine ?? 'unknown engine'}: ${firstFew(names, 6)}`],
    orElse: instances.flatMap((instance) => figures(instance.DBInstanceIdentifier ?? '', instance)),
  };
}

function instanceCheck(instance: DBInstance): Found[] {
  const { DBInstanceIdentifier: id, Engine = 'unknown engine', EngineVersion = '', DBInstanceClass = '' } = instance;
  if (!id) return [];
  const what = [Engine, EngineVersion, DBInstanceClass, instance.MultiAZ ? 'Multi-AZ' : 'one zone'].filter(Boolean);
  return [
    {
      ...{ name: id, type: 'rds', params: { instance: id } },
      comment: [`Database ${id}: ${what.join(', ')}`],
      orElse: figures(id, instance),
    },
  ];
}

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
