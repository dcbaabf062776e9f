import type { DBCluster, DBInstance, RDS, ResourcePendingMaintenanceActions } from '@aws-sdk/client-rds';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';
import { part } from '../aws/part.ts';
import { rdsPage } from '../aws/rds.ts';
import { isDown } from './state.ts';

/** An instance that stands alone, or a cluster (Aurora, Multi-AZ) with its instances. */
export type Database =
  | { kind: 'instance'; name: string; instances: [DBInstance] }
  /** Without instances they were not read. */
  | { kind: 'cluster'; name: string; cluster: DBCluster; instances: DBInstance[] };

/** An instance or a cluster as one probe reads it. All functions throw Unmeasured only. */
export interface DatabaseReader {
  rds: AwsConnection<RDS>;
  kind: Database['kind'];
  name: string;
  signal: AbortSignal;
}

/** Automated snapshots are kept 35 days at most; a parameter group has some 500 parameters. */
const mostRecords = 1_000;

function ask<Answer>(
  { rds, kind, name, signal }: DatabaseReader,
  action: string,
  send: (client: RDS, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(rds, { action: `rds:${action}`, resource: `${kind} ${name}` }, signal, send);
}

/** One page of records, for everyPage. */
function page<Record>(
  { rds, kind, name }: DatabaseReader,
  action: string,
  records: Record[] | undefined,
  next: string | undefined,
) {
  const question = { action: `rds:${action}`, resource: `${kind} ${name}`, region: rds.region };
  return { items: listed(records, question), next };
}

/** Instances of a cluster that is down by its own word may stay unread, read by `beside`: then there are none of them. */
export async function readDatabase(
  reader: DatabaseReader,
  beside: DatabaseReader,
  unread: string[],
): Promise<Database> {
  if (reader.kind === 'instance') return readInstance(reader);
  const cluster = await readCluster(reader);
  const instances = isDown(cluster.Status)
    ? await part(unread, reader.signal, () => membersOf(beside, cluster))
    : await membersOf(reader, cluster);
  return { kind: reader.kind, name: reader.name, cluster, instances: instances ?? [] };
}

async function readInstance(reader: DatabaseReader): Promise<Database> {
  const { name } = reader;
  const answer = await ask(reader, 'DescribeDBInstances', (rds, options) =>
    rds.describeDBInstances({ DBInstanceIdentifier: name }, options),
  );
  const [instance] = answer.DBInstances ?? [];
  if (!instance?.DBInstanceStatus) throw partial(reader, 'DescribeDBInstances', `nothing about ${name}`);
  if (instance.DBClusterIdentifier)
    throw new Unmeasured('misconfigured', `instance ${name} is a part of cluster ${instance.DBClusterIdentifier}`, {
      next: `write cluster: ${instance.DBClusterIdentifier} instead of instance`,
    });
  return { kind: 'instance', name, instances: [instance] };
}

async function readCluster(reader: DatabaseReader): Promise<DBCluster> {
  const { name } = reader;
  const answer = await ask(reader, 'DescribeDBClusters', (rds, options) =>
    rds.describeDBClusters({ DBClusterIdentifier: name }, options),
  );
  const [cluster] = answer.DBClusters ?? [];
  if (!cluster?.Status) throw partial(reader, 'DescribeDBClusters', `nothing about ${name}`);
  return cluster;
}

async function membersOf(reader: DatabaseReader, { DBClusterMembers = [] }: DBCluster): Promise<DBInstance[]> {
  const { name } = reader;
  const members = DBClusterMembers.map((member) => member.DBInstanceIdentifier ?? '');
  if (members.length === 0)
    throw new Unmeasured('empty', `cluster ${name} in ${reader.rds.region} has no instances`, {
      next: 'add an instance, or remove the check',
    });
  const { items: instances } = await everyPage(async (Marker) => {
    const Filters = [{ Name: 'db-cluster-id', Values: [name] }];
    const answer = await ask(reader, 'DescribeDBInstances', (rds, options) =>
      rds.describeDBInstances({ Filters, MaxRecords: rdsPage, Marker }, options),
    );
    return page(reader, 'DescribeDBInstances', answer.DBInstances, answer.Marker);
  }, mostRecords);
  const found = new Set(instances.map((instance) => instance.DBInstanceStatus && instance.DBInstanceIdentifier));
  const silent = members.find((member) => !found.has(member));
  if (silent !== undefined) throw partial(reader, 'DescribeDBInstances', `nothing about ${silent}`);
  return instances;
}

function partial({ rds, kind, name }: DatabaseReader, action: string, what: string): Unmeasured {
  return new Unmeasured(
    'invalid_answer',
    `rds:${action} on ${kind} ${name} in ${rds.region} answered in part: ${what}`,
  );
}

/** Maintenance that waits for the instances and the cluster. */
export async function pendingMaintenance(
  reader: DatabaseReader,
  { name, kind, instances }: Database,
): Promise<ResourcePendingMaintenanceActions[]> {
  const names = instances.map((instance) => instance.DBInstanceIdentifier ?? '');
  const filters = [
    ...(names.length > 0 ? [{ Name: 'db-instance-id', Values: names }] : []),
    ...(kind === 'cluster' ? [{ Name: 'db-cluster-id', Values: [name] }] : []),
  ];
  // Filters of one call must all match: one for the instances, one for the cluster.
  const answers = await Promise.all(
    filters.map((filter) =>
      everyPage(async (Marker) => {
        const answer = await ask(reader, 'DescribePendingMaintenanceActions', (rds, options) =>
          rds.describePendingMaintenanceActions({ Filters: [filter], MaxRecords: rdsPage, Marker }, options),
        );
        return page(reader, 'DescribePendingMaintenanceActions', answer.PendingMaintenanceActions, answer.Marker);
      }, mostRecords),
    ),
  );
  return answers.flatMap(({ items }) => items);
}

/** When each automated snapshot that can be restored was taken. */
export async function automatedSnapshots(reader: DatabaseReader): Promise<{ taken: Date[]; complete: boolean }> {
  const { name } = reader;
  const rest = { SnapshotType: 'automated', MaxRecords: rdsPage };
  const { items, complete } = await everyPage<{ Status?: string | undefined; SnapshotCreateTime?: Date | undefined }>(
    async (Marker) => {
      if (reader.kind === 'instance') {
        const answer = await ask(reader, 'DescribeDBSnapshots', (rds, options) =>
          rds.describeDBSnapshots({ DBInstanceIdentifier: name, ...rest, Marker }, options),
        );
        return page(reader, 'DescribeDBSnapshots', answer.DBSnapshots, answer.Marker);
      }
      const answer = await ask(reader, 'DescribeDBClusterSnapshots', (rds, options) =>
        rds.describeDBClusterSnapshots({ DBClusterIdentifier: name, ...rest, Marker }, options),
      );
      return page(reader, 'DescribeDBClusterSnapshots', answer.DBClusterSnapshots, answer.Marker);
    },
    mostRecords,
  );
  const taken = items.flatMap(({ Status, SnapshotCreateTime }) =>
    Status === 'available' && SnapshotCreateTime ? [SnapshotCreateTime] : [],
  );
  return { taken, complete };
}

/** `max_connections` of a parameter group, where it is a number; most groups have a formula over the class's memory. */
export async function connectionsOf(reader: DatabaseReader, group: string): Promise<number | null> {
  const { items } = await everyPage(async (Marker) => {
    const Filters = [{ Name: 'parameter-name', Values: ['max_connections'] }];
    const answer = await ask(reader, 'DescribeDBParameters', (rds, options) =>
      rds.describeDBParameters({ DBParameterGroupName: group, Filters, MaxRecords: rdsPage, Marker }, options),
    );
    return page(reader, 'DescribeDBParameters', answer.Parameters, answer.Marker);
  }, mostRecords);
  const value = items.find((parameter) => parameter.ParameterName === 'max_connections')?.ParameterValue ?? '';
  return /^\d+$/.test(value) && Number(value) > 0 ? Number(value) : null;
}
