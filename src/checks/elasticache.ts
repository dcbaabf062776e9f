import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectElastiCache } from './aws/elasticache.ts';
import { account, region } from './aws/params.ts';
import { asPart, part } from './aws/part.ts';
import { withUnread } from './aws/unread.ts';
import { loadFacts } from './elasticache/load.ts';
import { type CacheReader, readCache, waitingUpdates } from './elasticache/read.ts';
import { isDown, nodesOf, noNodeFacts, stateFacts, updatesFact } from './elasticache/state.ts';

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'an identifier such as shop-sessions');

const params = z
  .strictObject({
    replication_group: identifier
      .optional()
      .describe(
        'identifier of a replication group (Valkey, Redis); give this or `cluster`. Serverless caches are neither',
      ),
    cluster: identifier.optional().describe('identifier of a cluster that stands alone (Memcached, a single node)'),
    nodes: z.int().min(1).optional().describe('how many nodes it ought to have; default: not judged'),
    account,
    region,
  })
  .refine(({ replication_group, cluster }) => (replication_group === undefined) !== (cluster === undefined), {
    error: 'give replication_group or cluster, one of them',
    path: ['replication_group'],
  });
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  status: { type: 'string', help: 'of the replication group or the cluster: `available`, `modifying`' },
  engine: { type: 'string', help: '`valkey`, `redis`, `memcached`' },
  engine_version: { type: 'string', help: 'version of the engine' },
  nodes: { type: 'number', help: 'nodes, primaries and replicas; null if not read' },
  shards: { type: 'number', help: 'shards of a replication group; null for a cluster' },
  down: { type: 'list', help: 'group, shards and nodes that do not serve: `sessions-002 incompatible-network`' },
  changing: {
    type: 'list',
    help: 'group, shards and nodes in another state than available, such as modifying; snapshotting is none',
  },
  automatic_failover: { type: 'bool', help: 'whether a replica takes over by itself; null for a cluster' },
  multi_az: { type: 'bool', help: 'whether it spans several availability zones; null for a cluster' },
  encrypted_at_rest: { type: 'bool', help: 'whether what it stores is encrypted' },
  encrypted_in_transit: { type: 'bool', help: 'whether connections are encrypted' },
  snapshot_retention_days: {
    type: 'number',
    unit: 'd',
    help: 'how long automatic snapshots are kept; 0 = there are none',
  },
  memory_pct: { type: 'number', unit: '%', help: 'memory in use of what it may take; of several nodes the highest' },
  memory_on: { type: 'string', help: 'the node with the highest `memory_pct`' },
  cpu_5m_pct: { type: 'number', unit: '%', help: 'lowest CPU of the last 5 min, the fullest node’s' },
  cpu_on: { type: 'string', help: 'the node with the highest `cpu_5m_pct`' },
  engine_cpu_5m_pct: {
    type: 'number',
    unit: '%',
    help: 'the same of the engine’s own thread, which is what limits Valkey and Redis; null for Memcached',
  },
  engine_cpu_on: { type: 'string', help: 'the node with the highest `engine_cpu_5m_pct`' },
  evictions_5m: {
    type: 'number',
    help: 'items put out in the last 5 min because memory was full, all nodes; a cache that is meant to: `override: {evictions_5m: off, memory_pct: off}`',
  },
  connections: { type: 'number', help: 'connections of clients, all nodes' },
  updates_read: { type: 'bool', help: 'whether updates that wait were read' },
  service_updates: { type: 'list', help: 'updates of AWS that wait to be applied, with their day; null if not read' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'elasticache',
  summary: 'An ElastiCache replication group or cluster: status, nodes, memory, evictions, CPU, service updates',
  catalogue: ['H7', 'H4'],
  params,
  facts: () => withUnread(facts),
  rules: ({ nodes, cluster }) => ({
    fail: [{ when: 'size(down) > 0', say: '{down}' }],
    warn: [
      { when: 'size(changing) > 0', say: '{changing}' },
      ...(nodes === undefined ? [] : [{ when: `nodes != ${nodes}` }]),
      { when: 'memory_pct > 80', say: 'memory of {memory_on} {memory_pct} used (limit 80 %)' },
      { when: 'evictions_5m > 0', say: '{evictions_5m} items evicted in 5 min: its memory is too small' },
      {
        when: `${notMemcached(cluster)}engine_cpu_5m_pct > 80`,
        say: 'engine CPU of {engine_cpu_on} {engine_cpu_5m_pct} or more for 5 min (limit 80 %)',
      },
      { when: 'cpu_5m_pct > 80', say: 'CPU of {cpu_on} {cpu_5m_pct} or more for 5 min (limit 80 %)' },
      {
        when: `${notMemcached(cluster)}!encrypted_at_rest`,
        say: 'what it stores is not encrypted: restore a snapshot of it with encryption',
      },
      { when: 'size(service_updates) > 0', say: 'service updates to apply: {service_updates}' },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: '{status}, {nodes} nodes, memory {memory_pct}, CPU {cpu_5m_pct}',
  iam: [
    'elasticache:DescribeReplicationGroups',
    'elasticache:DescribeCacheClusters',
    'elasticache:DescribeUpdateActions',
    'cloudwatch:GetMetricData',
  ],
  describe: ({ replication_group, cluster }) => `ElastiCache ${replication_group ?? cluster}`,
  lane: (target) => awsLane('elasticache', target),
  example: `- id: sessions-cache
  group: data
  elasticache:
    replication_group: shop-sessions
    nodes: 2
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal } = probe;
    const reader: CacheReader = {
      elastiCache: await connectElastiCache(whereOf(probe), signal),
      ...(target.replication_group === undefined
        ? { kind: 'cluster', name: target.cluster ?? '' }
        : { kind: 'replication group', name: target.replication_group }),
      signal,
    };
    const unread: string[] = [];
    const beside: CacheReader = { ...reader, signal: partsSignal };
    const cache = await readCache(reader, beside, unread);
    const nodes = nodesOf(cache);
    const state = stateFacts(cache, nodes);
    const running = nodes.filter((node) => !isDown(node));
    const [updates, load] = await Promise.all([
      part(unread, signal, () => waitingUpdates(beside, cache)),
      loadFacts(asPart(probe), running, state.engine, { unread, signal }),
    ]);
    if (updates?.complete === false) unread.push(`service updates past the first ${updates.items.length}`);
    const waiting = { updates_read: updates !== null, service_updates: updates && updatesFact(updates.items) };
    return { facts: { ...state, ...load, ...(nodes.length === 0 && noNodeFacts), ...waiting, unread } };
  },
});

/** A cluster may be one of Memcached, which has neither; a replication group is none. */
function notMemcached(cluster: string | undefined): string {
  return cluster === undefined ? '' : 'engine != "memcached" && ';
}
