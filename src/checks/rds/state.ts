import type { DBInstance, ResourcePendingMaintenanceActions } from '@aws-sdk/client-rds';
import { tenth } from '../aws/worst.ts';
import { few } from '../facts/few.ts';
import type { Database } from './read.ts';

/** It serves as always while these go on. */
const serving =
  /^(available|backing-up|storage-optimization|storage-config-upgrade|storage-initialization|configuring-.+)$/;
const down =
  /^(failed|.+-failed|inaccessible-.+|incompatible-.+|insufficient-capacity|restore-error|storage-full|stopp(ed|ing)|deleting)$/;

const nameOf = (instance: DBInstance) => instance.DBInstanceIdentifier ?? 'unnamed';
const dayMs = 86_400_000;

export const isDown = (status: string | undefined) => down.test(status ?? '');

/** What the database and its instances say of themselves. */
export function stateFacts(database: Database) {
  const { instances } = database;
  const head = database.kind === 'cluster' ? database.cluster : instances[0];
  const status = (database.kind === 'cluster' ? database.cluster.Status : instances[0]?.DBInstanceStatus) ?? '';
  const statuses: [string, string][] = [
    ...(database.kind === 'cluster' ? [[database.name, status] as [string, string]] : []),
    ...instances.map((instance): [string, string] => [nameOf(instance), instance.DBInstanceStatus ?? '']),
  ];
  const told = (those: [string, string][]) => those.map(([name, is]) => `${name} ${is}`);
  return {
    status,
    instances: instances.length,
    down: few(told(statuses.filter(([, is]) => isDown(is)))),
    changing: few(told(statuses.filter(([, is]) => !serving.test(is) && !isDown(is)))),
    engine: head?.Engine ?? null,
    engine_version: head?.EngineVersion ?? null,
    encrypted: head?.StorageEncrypted ?? null,
    multi_az: head?.MultiAZ ?? null,
    parameters_pending: few(
      instances.flatMap((instance) =>
        (instance.DBParameterGroups ?? [])
          .filter(({ ParameterApplyStatus }) => ParameterApplyStatus !== 'in-sync')
          .map(({ ParameterApplyStatus = 'in an unknown state' }) => `${nameOf(instance)} ${ParameterApplyStatus}`),
      ),
    ),
    pending_changes: few(
      instances.flatMap((instance) =>
        Object.entries(instance.PendingModifiedValues ?? {})
          // Names only: a new password is among the values.
          .flatMap(([change, value]) => (value === undefined ? [] : [`${nameOf(instance)} ${change}`])),
      ),
    ),
    backup_retention_days: head?.BackupRetentionPeriod ?? null,
  };
}

/** What nobody knows of a cluster whose instances were not read. */
export const noInstanceFacts = {
  ...{ instances: null, connections: null, parameters_pending: null, pending_changes: null, replication_stopped: null },
  ...{ fixed_storage: null, replicates: null, replica_lag_5m_s: null },
};

/** Maintenance with its day, soonest first, and the days until then (below 0 = overdue); no date = not scheduled. */
export function maintenanceFacts(pending: ResourcePendingMaintenanceActions[], now: Date) {
  const actions = pending
    .flatMap(({ ResourceIdentifier = '', PendingMaintenanceActionDetails = [] }) =>
      PendingMaintenanceActionDetails.map((action) => ({
        what: `${ResourceIdentifier.slice(ResourceIdentifier.lastIndexOf(':') + 1)} ${action.Action ?? 'maintenance'}`,
        on: action.CurrentApplyDate ?? action.AutoAppliedAfterDate ?? action.ForcedApplyDate,
      })),
    )
    .sort((a, b) => (a.on?.getTime() ?? Infinity) - (b.on?.getTime() ?? Infinity));
  const soonest = actions[0]?.on;
  return {
    pending_maintenance: few(
      actions.map(({ what, on }) => `${what} ${on ? `on ${on.toISOString().slice(0, 10)}` : 'without a date'}`),
    ),
    maintenance_in_days: soonest ? tenth((soonest.getTime() - now.getTime()) / dayMs) : null,
  };
}

export function isReplica(instance: DBInstance): boolean {
  return Boolean(instance.ReadReplicaSourceDBInstanceIdentifier || instance.ReadReplicaSourceDBClusterIdentifier);
}

/** Instances whose replication has ended, by their state or by the metric. RDS's message is left out: it quotes rows. */
export function replicationStopped(instances: DBInstance[], byMetric: string[]): string[] {
  return instances.flatMap((instance) => {
    const name = nameOf(instance);
    const info = instance.StatusInfos?.find((one) => one.StatusType === 'read replication' && one.Normal === false);
    if (info) return [`${name} ${info.Status ?? 'stopped'}`];
    return byMetric.includes(name) ? [name] : [];
  });
}

/** Ages of what can be restored. */
export function backupFacts(taken: Date[], restorable: Date | undefined, now: Date) {
  const ages = taken.map((at) => now.getTime() - at.getTime()).sort((a, b) => a - b);
  const [newest, oldest] = [ages[0], ages.at(-1)];
  return {
    snapshots: ages.length,
    newest_snapshot_h: newest === undefined ? null : tenth(newest / 3_600_000),
    oldest_snapshot_days: oldest === undefined ? null : tenth(oldest / dayMs),
    restorable_age_min: restorable ? tenth((now.getTime() - restorable.getTime()) / 60_000) : null,
  };
}
