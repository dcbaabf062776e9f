import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { account, region } from './aws/params.ts';
import { asPart, part } from './aws/part.ts';
import { connectRds } from './aws/rds.ts';
import { withUnread } from './aws/unread.ts';
import { facts, rulesOf } from './rds/facts.ts';
import { limitsOf } from './rds/limits.ts';
import { loadFacts } from './rds/load.ts';
import {
  automatedSnapshots,
  type Database,
  type DatabaseReader,
  pendingMaintenance,
  readDatabase,
} from './rds/read.ts';
import { backupFacts, maintenanceFacts, noInstanceFacts, replicationStopped, stateFacts } from './rds/state.ts';

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
  facts: () => withUnread(facts),
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
  iamFor: ({ cluster, backups, max_connections }) => [
    'rds:DescribeDBInstances',
    ...(cluster === undefined ? [] : ['rds:DescribeDBClusters']),
    'rds:DescribePendingMaintenanceActions',
    ...(backups ? [cluster === undefined ? 'rds:DescribeDBSnapshots' : 'rds:DescribeDBClusterSnapshots'] : []),
    ...(max_connections === undefined ? ['rds:DescribeDBParameters'] : []),
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
    const { target, signal, partsSignal, clock } = probe;
    const { instance, cluster = '' } = target;
    const reader: DatabaseReader = {
      rds: await connectRds(whereOf(probe), signal),
      ...(instance === undefined ? { kind: 'cluster', name: cluster } : { kind: 'instance', name: instance }),
      signal,
    };
    const unread: string[] = [];
    const beside: DatabaseReader = { ...reader, signal: partsSignal };
    const database = await readDatabase(reader, beside, unread);
    const limiting = limitsOf(beside, database, target.max_connections, { unread, signal });
    const [maintenance, limits, backups, load] = await Promise.all([
      part(unread, signal, () => pendingMaintenance(beside, database)),
      limiting,
      readBackups(beside, database, target, { now: clock.now(), unread, signal }),
      loadFacts(asPart(probe), database, limiting, { unread, signal }),
    ]);
    return {
      facts: {
        ...stateFacts(database),
        ...load.facts,
        max_connections: limits.smallest,
        replication_stopped: replicationStopped(database.instances, load.notReplicating),
        maintenance_read: maintenance !== null,
        ...(maintenance
          ? maintenanceFacts(maintenance, clock.now())
          : { pending_maintenance: null, maintenance_in_days: null }),
        ...backups,
        ...(database.instances.length === 0 && noInstanceFacts),
        unread,
      },
    };
  },
});

async function readBackups(
  reader: DatabaseReader,
  database: Database,
  { backups }: Target,
  { now, unread, signal }: { now: Date; unread: string[]; signal: AbortSignal },
) {
  const restorable = (database.kind === 'cluster' ? database.cluster : database.instances[0]).LatestRestorableTime;
  const notRead = { ...backupFacts([], restorable, now), snapshots: null };
  const found = backups ? await part(unread, signal, () => automatedSnapshots(reader)) : null;
  if (found?.complete === false) unread.push(`snapshots of ${database.name} past the first ${found.taken.length}`);
  return found?.complete ? backupFacts(found.taken, restorable, now) : notRead;
}
