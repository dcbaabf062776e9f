import type { FactSpecs, Facts, Rules } from '../../kernel/check.ts';

export const facts: FactSpecs = {
  status: { type: 'string', help: 'of the instance or the cluster: `available`, `backing-up`, `storage-full`' },
  instances: { type: 'number', help: 'instances: 1, or those of the cluster; null if not read' },
  down: { type: 'list', help: 'cluster and instances that do not serve: `main storage-full`, stopped, failed' },
  changing: {
    type: 'list',
    help: 'cluster and instances in another state than available, such as modifying or rebooting; a running backup or storage optimization is none',
  },
  engine: { type: 'string', help: '`mysql`, `postgres`, `aurora-mysql`' },
  engine_version: { type: 'string', help: 'version of the engine' },
  encrypted: { type: 'bool', help: 'whether the storage is encrypted' },
  multi_az: { type: 'bool', help: 'whether it spans several availability zones' },
  cpu_pct: { type: 'number', unit: '%', help: 'CPU in the newest minute; of several instances the highest' },
  cpu_5m_pct: { type: 'number', unit: '%', help: 'lowest CPU of the last 5 min: above a limit = so for 5 min' },
  cpu_on: { type: 'string', help: 'the instance with the highest `cpu_5m_pct`' },
  connections: { type: 'number', help: 'connections, all instances' },
  max_connections: {
    type: 'number',
    help: 'the most that an instance takes, from the parameter or the parameter group; the smallest of several; null if that of one is not known',
  },
  connections_pct: {
    type: 'number',
    unit: '%',
    help: 'connections of that; of several instances the highest',
    whyAbsent: whyNoShare,
  },
  connections_on: { type: 'string', help: 'the instance with the highest `connections_pct`' },
  fixed_storage: { type: 'bool', help: 'whether its storage has a size; that of Aurora grows by itself' },
  storage_free_pct: { type: 'number', unit: '%', help: 'free of the allocated storage; of several the lowest' },
  storage_on: { type: 'string', help: 'the instance with the lowest `storage_free_pct`' },
  replicates: { type: 'bool', help: 'whether it is a read replica, or a cluster with readers' },
  replica_lag_5m_s: {
    type: 'number',
    unit: 's',
    help: 'how far the replica, or the slowest reader, was behind all of the last 5 min; 0 where nothing replicates. An idle PostgreSQL replica is up to 5 min behind for a moment',
  },
  replica_lag_on: { type: 'string', help: 'the instance that is' },
  replication_stopped: { type: 'list', help: 'replicas and readers whose replication does not run' },
  db_load: { type: 'number', help: 'average active sessions (Performance Insights); null where that is off' },
  parameters_pending: {
    type: 'list',
    help: 'instances that run with other parameters than their group says: `main pending-reboot`',
  },
  pending_changes: { type: 'list', help: 'settings that a restart or the maintenance window will change' },
  maintenance_read: { type: 'bool', help: 'whether pending maintenance was read' },
  pending_maintenance: { type: 'list', help: 'maintenance with its day, soonest first; null if not read' },
  maintenance_in_days: { type: 'number', unit: 'd', help: 'until the soonest; below 0 = overdue' },
  backup_retention_days: { type: 'number', unit: 'd', help: 'how long automated backups are kept; 0 = they are off' },
  snapshots: { type: 'number', help: 'automated snapshots that can be restored; null if not read' },
  newest_snapshot_h: { type: 'number', unit: 'h', help: 'age of the newest; null if there is none' },
  oldest_snapshot_days: { type: 'number', unit: 'd', help: 'age of the oldest' },
  restorable_age_min: {
    type: 'number',
    unit: 'min',
    help: 'age of the latest moment that can be restored',
    whyAbsent: () => 'RDS names no moment that can be restored yet',
  },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

function whyNoShare({ max_connections, parameters_pending, unread }: Facts): string | undefined {
  if (max_connections !== null) return undefined;
  const remedy = 'set max_connections on the check, or override: {connections_pct: off}';
  const refused = listOf(unread).find((part) => part.startsWith('rds:DescribeDBParameters'));
  if (refused) return refused;
  const pending = listOf(parameters_pending);
  if (pending.length > 0) return `max_connections of the parameter group is not in force (${pending[0]}): ${remedy}`;
  return `the parameter group does not give max_connections as a number: ${remedy}`;
}

const listOf = (fact: unknown): string[] => (Array.isArray(fact) ? fact.map(String) : []);

export function rulesOf({ backups }: { backups: boolean }): Partial<Rules> {
  return {
    fail: [
      { when: 'size(down) > 0', say: '{down}' },
      { when: 'size(replication_stopped) > 0', say: 'replication does not run: {replication_stopped}' },
      ...(backups
        ? [
            {
              when: 'backup_retention_days < 1',
              say: 'automated backups are off: keep them for 7 days, or set backups: false on the check of a replica',
            },
            { when: 'snapshots < 1', say: 'no automated snapshot, kept for {backup_retention_days}' },
            {
              when: 'newest_snapshot_h > 26',
              say: 'newest automated snapshot is {newest_snapshot_h} old (limit 26 h)',
            },
          ]
        : []),
    ],
    warn: [
      { when: 'size(changing) > 0', say: '{changing}' },
      { when: '!encrypted', say: 'storage is not encrypted: restore a snapshot of it with encryption' },
      { when: 'size(pending_maintenance) > 0', say: 'maintenance pending: {pending_maintenance}' },
      { when: 'cpu_5m_pct > 80', say: 'CPU of {cpu_on} {cpu_5m_pct} or more for 5 min (limit 80 %)' },
      { when: 'connections_pct > 80', say: 'connections to {connections_on} {connections_pct} of max (limit 80 %)' },
      {
        when: 'fixed_storage && storage_free_pct < 20',
        say: 'free storage of {storage_on} {storage_free_pct} of allocated (limit 20 %)',
      },
      {
        when: 'replica_lag_5m_s > 60',
        say: '{replica_lag_on} is {replica_lag_5m_s} or more behind for 5 min (limit 60 s)',
      },
      ...(backups
        ? [
            { when: 'snapshots < 7', say: '{snapshots} automated snapshots (want 7)' },
            {
              when: 'restorable_age_min > 15',
              say: 'latest moment that can be restored is {restorable_age_min} ago (limit 15 min)',
            },
          ]
        : []),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}
