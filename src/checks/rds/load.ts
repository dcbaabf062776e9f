import type { DBInstance } from '@aws-sdk/client-rds';
import type { MetricSource } from '../aws/metric-queries.ts';
import { type AwsProbe, lastMinutes, newestMinute, seriesOf } from '../aws/minutes.ts';
import { part } from '../aws/part.ts';
import { highest, lowest, type Measured, sumOf, tenth } from '../aws/worst.ts';
import type { Limits } from './limits.ts';
import type { Database } from './read.ts';
import { isDown, isReplica } from './state.ts';

const gib = 2 ** 30;
const isAurora = (instance: DBInstance) => /^aurora/.test(instance.Engine ?? '');

/**
 * What CloudWatch says of the instances that run; of several the worst, with its name. A metric that could not be read is
 * null and a remark in `unread`.
 */
export async function loadFacts(
  probe: AwsProbe,
  database: Database,
  limiting: Promise<Limits>,
  { unread, signal }: { unread: string[]; signal: AbortSignal },
) {
  const { instances } = database;
  const asked = <Read>(
    read: (probe: AwsProbe, source: MetricSource) => Promise<Read>,
    metric: string,
    those: (instance: DBInstance) => boolean,
  ) =>
    Promise.all(
      instances.map((instance) => {
        if (!those(instance) || isDown(instance.DBInstanceStatus)) return null;
        const { DBInstanceIdentifier = '' } = instance;
        const source = seriesOf('AWS/RDS', metric, { DBInstanceIdentifier });
        return part(unread, signal, () => read(probe, source));
      }),
    );
  const [cpu, connections, free, lag, auroraLag, load, limits] = await Promise.all([
    asked(lastMinutes, 'CPUUtilization', () => true),
    asked(newestMinute, 'DatabaseConnections', () => true),
    asked(newestMinute, 'FreeStorageSpace', (instance) => !isAurora(instance)),
    asked(lastMinutes, 'ReplicaLag', (instance) => !isAurora(instance) && copies(database, instance)),
    asked(lastMinutes, 'AuroraReplicaLag', (instance) => isAurora(instance) && copies(database, instance)),
    asked(newestMinute, 'DBLoad', (instance) => instance.PerformanceInsightsEnabled === true),
    limiting,
  ]);
  const each = (value: (index: number, instance: DBInstance) => number | null | undefined): Measured[] =>
    instances.map((instance, i) => ({
      name: instance.DBInstanceIdentifier ?? 'unnamed',
      value: value(i, instance) ?? null,
    }));
  const held = highest(each((i) => cpu[i]?.lowest));
  // Without the limit of one, the share of the others is not the highest.
  const share = highest(each((i) => (limits.smallest === null ? null : ratio(connections[i], limits.each[i]))));
  const space = lowest(each((i, { AllocatedStorage = 0 }) => ratio(free[i], AllocatedStorage * gib)));
  const lags = each((i) => lag[i]?.lowest ?? (auroraLag[i] ? auroraLag[i].lowest / 1000 : null));
  // RDS reports -1 while replication does not run.
  const stopped = each((i) => lag[i]?.newest).filter(({ value }) => value !== null && value < 0);
  const behind = highest(lags);
  const replicates = instances.some((instance) => copies(database, instance));
  return {
    facts: {
      cpu_pct: tenth(highest(each((i) => cpu[i]?.newest)).value),
      cpu_5m_pct: tenth(held.value),
      cpu_on: held.name,
      connections: sumOf(connections.map((one) => one ?? undefined)),
      connections_pct: tenth(share.value),
      connections_on: share.name,
      storage_free_pct: tenth(space.value),
      storage_on: space.name,
      fixed_storage: instances.some((instance) => !isAurora(instance)),
      replicates,
      replica_lag_5m_s: replicates ? tenth(behind.value) : 0,
      replica_lag_on: behind.name,
      db_load: tenth(highest(each((i) => load[i])).value),
    },
    notReplicating: stopped.map(({ name }) => name),
  };
}

/** A read replica, or a cluster's instance that is not the writer. */
function copies(database: Database, instance: DBInstance): boolean {
  if (database.kind === 'instance') return isReplica(instance);
  const member = database.cluster.DBClusterMembers?.find(
    ({ DBInstanceIdentifier }) => DBInstanceIdentifier === instance.DBInstanceIdentifier,
  );
  return member?.IsClusterWriter === false;
}

/** Percent; null where a part is not known. */
function ratio(value: number | null | undefined, of: number | null | undefined): number | null {
  return value === undefined || value === null || !of ? null : (value / of) * 100;
}
