import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { account, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { connectRds } from './aws/rds.ts';
import { facts, rulesOf } from './rds/facts.ts';
import { loadFacts } from './rds/load.ts';
import {
  automatedSnapshots,
  connectionsOf,
  type Database,
  type DatabaseReader,
  pendingMaintenance,
  readDatabase,
} from './rds/read.ts';
import { backupFacts, maintenanceFacts, replicationStopped, stateFacts } from './rds/state.ts';

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'an identifier such as shop-main');

const params = z
  .strictObject({
    instance: identifier.optional().describe('identifier of an instance; give this or `cluster`'),
    cluster: identifier.optional().describe('identifier of a cluster (Aurora, or Multi-AZ), with all its instances'),
    max_connections: z
      .int()
      .min(1)
      .optional()
      .describe(
        'the most connections that an instance takes; default: from its parameter group, where that has a number and not a formula',
      ),
    backups: z
      .boolean()
      .default(true)
      .describe('whether automated backups are expected; false for a replica, whose data are backed up elsewhere'),
    account,
    region,
  })
  .refine(({ instance, cluster }) => (instance === undefined) !== (cluster === undefined), {
    error: 'give instance or cluster, one of them',
    path: ['instance'],
  });
type Target = z.output<typeof params>;

export default defineCheck({
  type: 'rds',
  summary: 'An RDS instance or cluster: status, load, storage, replication, maintenance, automated backups',
  catalogue: ['H5', 'H6', 'H40'],
  params,
  facts: () => facts,
  rules: rulesOf,
  okSays: '{status}, CPU {cpu_pct}, {connections} connections',
  iam: [
    'rds:DescribeDBInstances',
    'rds:DescribeDBClusters',
    'rds:DescribePendingMaintenanceActions',
    'rds:DescribeDBSnapshots',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBParameters',
    'cloudwatch:GetMetricData',
  ],
  describe: ({ instance, cluster }) => (instance === undefined ? `RDS cluster ${cluster}` : `RDS instance ${instance}`),
  lane: (target) => awsLane('rds', target),
  example: `- id: main-database
  group: data
  rds:
    instance: shop-main
    max_connections: 400
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const { instance, cluster = '' } = target;
    const reader: DatabaseReader = {
      rds: await connectRds(whereOf(probe), signal),
      ...(instance === undefined ? { kind: 'cluster', name: cluster } : { kind: 'instance', name: instance }),
      signal,
    };
    const database = await readDatabase(reader);
    const unread: string[] = [];
    const [maintenance, limits, backups] = await Promise.all([
      part(unread, signal, () => pendingMaintenance(reader, database)),
      limitsOf(reader, database, target, unread),
      readBackups(reader, database, target, { now: clock.now(), unread }),
    ]);
    const load = await loadFacts(probe, database, limits, unread);
    const known = limits.filter((limit) => limit !== null);
    return {
      facts: {
        ...stateFacts(database),
        ...load.facts,
        max_connections: known.length === 0 ? null : Math.min(...known),
        replication_stopped: replicationStopped(database.instances, load.notReplicating),
        ...(maintenance
          ? maintenanceFacts(maintenance, clock.now())
          : { pending_maintenance: null, maintenance_in_days: null }),
        ...backups,
        unread,
      },
    };
  },
});

/** The limit of connections of each instance; instances mostly share one parameter group. */
async function limitsOf(
  reader: DatabaseReader,
  { instances }: Database,
  { max_connections }: Target,
  unread: string[],
): Promise<(number | null)[]> {
  if (max_connections !== undefined) return instances.map(() => max_connections);
  const groups = instances.map((instance) => instance.DBParameterGroups?.[0]?.DBParameterGroupName);
  const limits = new Map<string | undefined, number | null>();
  for (const group of new Set(groups))
    limits.set(
      group,
      group === undefined ? null : await part(unread, reader.signal, () => connectionsOf(reader, group)),
    );
  return groups.map((group) => limits.get(group) ?? null);
}

async function readBackups(
  reader: DatabaseReader,
  database: Database,
  { backups }: Target,
  { now, unread }: { now: Date; unread: string[] },
) {
  const restorable = (database.kind === 'cluster' ? database.cluster : database.instances[0]).LatestRestorableTime;
  const notRead = { ...backupFacts([], restorable, now), snapshots: null };
  const found = backups ? await part(unread, reader.signal, () => automatedSnapshots(reader)) : null;
  if (found?.complete === false) unread.push(`snapshots of ${database.name} past the first ${found.taken.length}`);
  return found?.complete ? backupFacts(found.taken, restorable, now) : notRead;
}
