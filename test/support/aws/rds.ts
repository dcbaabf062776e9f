import type { DBCluster, DBInstance, PendingMaintenanceAction } from '@aws-sdk/client-rds';
import { recordsPage, strings, unknownName } from './records.ts';
import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';

type Input = Record<string, unknown>;

interface Snapshot {
  of: string;
  takenAt: Date;
  status?: string;
  type?: 'automated' | 'manual';
  /** For lists of all: a name of its own, its size; of a cluster instead of an instance. */
  name?: string;
  gib?: number;
  cluster?: true;
}

/** What the stand-in knows, by identifier; change it between two looks. */
export interface RdsState {
  instances: Record<string, DBInstance>;
  clusters: Record<string, DBCluster>;
  snapshots: Snapshot[];
  /** Of instances and clusters, by name. */
  maintenance: Record<string, PendingMaintenanceAction[]>;
  /** `max_connections` by parameter group. */
  parameters: Record<string, string>;
}

/** Amazon RDS (Query), as far as the checks ask: page sizes, markers, filters and errors as documented. */
export function rdsStandIn(state: RdsState): QueryService {
  return {
    ...{ protocol: 'query', signingName: 'rds', iamPrefix: 'rds', version: '2014-10-31' },
    operations: {
      DescribeDBInstances(input) {
        const name = input.DBInstanceIdentifier;
        if (name !== undefined && !state.instances[String(name)])
          throw unknownName('DBInstanceNotFound', `DBInstance ${name} not found.`);
        const clusters = filterOf(input, ['db-cluster-id', 'db-instance-id'])['db-cluster-id'];
        const found = Object.entries(state.instances).filter(
          ([each, instance]) =>
            (name === undefined || each === name) && (clusters?.includes(instance.DBClusterIdentifier ?? '') ?? true),
        );
        const { items, Marker } = recordsPage(found, input);
        return { DBInstances: { DBInstance: items.map(([each, instance]) => wireInstance(each, instance)) }, Marker };
      },
      DescribeDBClusters(input) {
        const name = input.DBClusterIdentifier;
        if (name !== undefined && !state.clusters[String(name)])
          throw unknownName('DBClusterNotFoundFault', `DBCluster ${name} not found.`);
        const found = Object.entries(state.clusters).filter(([each]) => name === undefined || each === name);
        const { items, Marker } = recordsPage(found, input);
        const DBCluster = items.map(([each, { DBClusterMembers, ...rest }]) => ({
          ...{ DBClusterIdentifier: each, ...rest },
          DBClusterMembers: { DBClusterMember: DBClusterMembers },
        }));
        return { DBClusters: { DBCluster }, Marker };
      },
      DescribePendingMaintenanceActions(input) {
        const filters = filterOf(input, ['db-instance-id', 'db-cluster-id']);
        const asked = [
          ...(filters['db-instance-id'] ?? []).filter((name) => state.instances[name]),
          ...(filters['db-cluster-id'] ?? []).filter((name) => state.clusters[name]),
        ];
        const found = asked.filter((name) => state.maintenance[name]?.length);
        const { items, Marker } = recordsPage(found, input);
        return {
          PendingMaintenanceActions: {
            ResourcePendingMaintenanceActions: items.map((name) => ({
              ResourceIdentifier: `arn:aws:rds:eu-west-1:123456789012:${state.clusters[name] ? 'cluster' : 'db'}:${name}`,
              PendingMaintenanceActionDetails: { PendingMaintenanceAction: state.maintenance[name] },
            })),
          },
          Marker,
        };
      },
      DescribeDBSnapshots(input) {
        const { items, Marker } = recordsPage(snapshotsOf(state, input.DBInstanceIdentifier, input), input);
        const DBSnapshot = items.map((snapshot) => ({
          ...{ DBInstanceIdentifier: snapshot.of, DBSnapshotIdentifier: snapshot.name },
          ...wireSnapshot(snapshot),
        }));
        return { DBSnapshots: { DBSnapshot }, Marker };
      },
      DescribeDBClusterSnapshots(input) {
        const { items, Marker } = recordsPage(snapshotsOf(state, input.DBClusterIdentifier, input, true), input);
        const DBClusterSnapshot = items.map((snapshot) => ({
          ...{ DBClusterIdentifier: snapshot.of, DBClusterSnapshotIdentifier: snapshot.name },
          ...wireSnapshot(snapshot),
        }));
        return { DBClusterSnapshots: { DBClusterSnapshot }, Marker };
      },
      DescribeDBParameters(input) {
        const group = String(input.DBParameterGroupName);
        const value = state.parameters[group];
        if (value === undefined) throw unknownName('DBParameterGroupNotFound', `DBParameterGroup not found: ${group}`);
        const wanted = filterOf(input, ['parameter-name'])['parameter-name'];
        const all = [
          { ParameterName: 'autocommit', ParameterValue: '1', Source: 'engine-default' },
          { ParameterName: 'max_connections', ParameterValue: value, Source: 'system' },
        ];
        const { items, Marker } = recordsPage(
          all.filter(({ ParameterName }) => wanted?.includes(ParameterName) ?? true),
          input,
        );
        return { Parameters: { Parameter: items }, Marker };
      },
    },
  };
}

/** Filters by name; RDS refuses those that the operation doesn't have. */
function filterOf(input: Input, known: string[]): Record<string, string[]> {
  const filters = ((input.Filters as Input | undefined)?.Filter ?? []) as {
    Name: string;
    Values: { Value: unknown };
  }[];
  for (const { Name } of filters)
    if (!known.includes(Name)) throw new AwsRefusal('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
  return Object.fromEntries(filters.map(({ Name, Values }) => [Name, strings(Values.Value)]));
}

/** Of one, or without a name of all: there a snapshot is of an instance unless it says `cluster`. */
function snapshotsOf(state: RdsState, name: unknown, { SnapshotType }: Input, clusters?: true): Snapshot[] {
  return state.snapshots.filter(
    ({ of, type = 'automated', cluster }) =>
      (name === undefined ? cluster === clusters : of === name) &&
      (SnapshotType === undefined || type === SnapshotType),
  );
}

const wireSnapshot = ({ takenAt, status = 'available', type = 'automated', gib }: Snapshot) => ({
  ...{ SnapshotCreateTime: status === 'creating' ? undefined : takenAt, Status: status, SnapshotType: type },
  AllocatedStorage: gib,
});

function wireInstance(name: string, { DBParameterGroups, StatusInfos, ...rest }: DBInstance) {
  return {
    DBInstanceIdentifier: name,
    ...rest,
    DBParameterGroups: { DBParameterGroup: DBParameterGroups },
    StatusInfos: { DBInstanceStatusInfo: StatusInfos },
  };
}
