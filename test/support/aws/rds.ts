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
        const name = String(input.DBClusterIdentifier);
        const cluster = state.clusters[name];
        if (!cluster) throw unknownName('DBClusterNotFoundFault', `DBCluster ${name} not found.`);
        const { DBClusterMembers, ...rest } = cluster;
        const members = { DBClusterMember: DBClusterMembers };
        return { DBClusters: { DBCluster: [{ DBClusterIdentifier: name, ...rest, DBClusterMembers: members }] } };
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
        const name = String(input.DBInstanceIdentifier);
        const { items, Marker } = recordsPage(snapshotsOf(state, name, input), input);
        const DBSnapshot = items.map((snapshot) => ({ DBInstanceIdentifier: name, ...wireSnapshot(snapshot) }));
        return { DBSnapshots: { DBSnapshot }, Marker };
      },
      DescribeDBClusterSnapshots(input) {
        const name = String(input.DBClusterIdentifier);
        const { items, Marker } = recordsPage(snapshotsOf(state, name, input), input);
        const DBClusterSnapshot = items.map((snapshot) => ({ DBClusterIdentifier: name, ...wireSnapshot(snapshot) }));
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

function snapshotsOf(state: RdsState, name: string, { SnapshotType }: Input): Snapshot[] {
  return state.snapshots.filter(
    ({ of, type = 'automated' }) => of === name && (SnapshotType === undefined || type === SnapshotType),
  );
}

const wireSnapshot = ({ takenAt, status = 'available', type = 'automated' }: Snapshot) => ({
  ...{ SnapshotCreateTime: status === 'creating' ? undefined : takenAt, Status: status, SnapshotType: type },
});

function wireInstance(name: string, { DBParameterGroups, StatusInfos, ...rest }: DBInstance) {
  return {
    DBInstanceIdentifier: name,
    ...rest,
    DBParameterGroups: { DBParameterGroup: DBParameterGroups },
    StatusInfos: { DBInstanceStatusInfo: StatusInfos },
  };
}
