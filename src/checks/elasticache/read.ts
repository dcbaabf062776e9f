import type { CacheCluster, ElastiCache, ReplicationGroup, UpdateAction } from '@aws-sdk/client-elasticache';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { elastiCachePage } from '../aws/elasticache.ts';
import { listed } from '../aws/listed.ts';
import { part } from '../aws/part.ts';
import { groupStatuses, isDown } from './state.ts';

/** Clusters are listed up to here to find those of a group; a group has 90 shards of up to 6 nodes at most. */
const mostClusters = 2_000;
const mostUpdates = 500;
const availableUpdates = ['available'] as const;
const waiting = [
  'not-applied',
  'scheduling',
  'scheduled',
  'waiting-to-start',
  'in-progress',
  'stopping',
  'stopped',
] as const;

/** A replication group (Valkey, Redis) with its nodes, each a cluster of its own; or a cluster that stands alone. */
export interface Cache {
  name: string;
  group: ReplicationGroup | undefined;
  /** None of a group = they were not read. */
  clusters: CacheCluster[];
}

/** A cache as one probe reads it. All functions throw Unmeasured only. */
export interface CacheReader {
  elastiCache: AwsConnection<ElastiCache>;
  kind: 'replication group' | 'cluster';
  name: string;
  signal: AbortSignal;
}

function ask<Answer>(
  { elastiCache, kind, name, signal }: CacheReader,
  action: string,
  send: (client: ElastiCache, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(elastiCache, { action: `elasticache:${action}`, resource: `${kind} ${name}` }, signal, send);
}

/** One page of records, for everyPage. */
function page<Record>(
  { elastiCache, kind, name }: CacheReader,
  action: string,
  records: Record[] | undefined,
  next: string | undefined,
) {
  const question = { action: `elasticache:${action}`, resource: `${kind} ${name}`, region: elastiCache.region };
  return { items: listed(records, question), next };
}

/** Nodes of a group that is down by its own word may stay unread, read by `beside`: then there are none of them. */
export async function readCache(reader: CacheReader, beside: CacheReader, unread: string[]): Promise<Cache> {
  if (reader.kind === 'cluster') return readCluster(reader);
  const group = await readGroup(reader);
  const clusters = groupStatuses(reader.name, group).some(isDown)
    ? await part(unread, reader.signal, () => clustersOf(beside, group))
    : await clustersOf(reader, group);
  return { name: reader.name, group, clusters: clusters ?? [] };
}

async function readCluster(reader: CacheReader): Promise<Cache> {
  const { name } = reader;
  const answer = await ask(reader, 'DescribeCacheClusters', (client, options) =>
    client.describeCacheClusters({ CacheClusterId: name, ShowCacheNodeInfo: true }, options),
  );
  const [cluster] = answer.CacheClusters ?? [];
  if (!cluster?.CacheClusterStatus) throw partial(reader, 'DescribeCacheClusters', name);
  if (cluster.ReplicationGroupId)
    throw new Unmeasured('misconfigured', `cluster ${name} is a node of ${cluster.ReplicationGroupId}`, {
      next: `write replication_group: ${cluster.ReplicationGroupId} instead of cluster`,
    });
  return { name, group: undefined, clusters: [cluster] };
}

async function readGroup(reader: CacheReader): Promise<ReplicationGroup> {
  const { name } = reader;
  const answer = await ask(reader, 'DescribeReplicationGroups', (client, options) =>
    client.describeReplicationGroups({ ReplicationGroupId: name }, options),
  );
  const [group] = answer.ReplicationGroups ?? [];
  if (!group?.Status) throw partial(reader, 'DescribeReplicationGroups', name);
  return group;
}

async function clustersOf(
  reader: CacheReader,
  { MemberClusters: members = [] }: ReplicationGroup,
): Promise<CacheCluster[]> {
  const { name } = reader;
  if (members.length === 0)
    throw new Unmeasured('empty', `replication group ${name} in ${reader.elastiCache.region} has no nodes`, {
      next: 'see in ElastiCache whether it is still being made',
    });
  const { items } = await everyPage(async (Marker) => {
    const answer = await ask(reader, 'DescribeCacheClusters', (client, options) =>
      client.describeCacheClusters({ ShowCacheNodeInfo: true, MaxRecords: elastiCachePage, Marker }, options),
    );
    return page(reader, 'DescribeCacheClusters', answer.CacheClusters, answer.Marker);
  }, mostClusters);
  const clusters = items.filter(({ CacheClusterId = '' }) => members.includes(CacheClusterId));
  const told = new Set(clusters.map((cluster) => cluster.CacheClusterStatus && cluster.CacheClusterId));
  const silent = members.find((member) => !told.has(member));
  if (silent !== undefined) throw partial(reader, 'DescribeCacheClusters', silent);
  return clusters;
}

function partial({ elastiCache, kind, name }: CacheReader, action: string, missing: string): Unmeasured {
  const where = `${kind} ${name} in ${elastiCache.region}`;
  return new Unmeasured(
    'invalid_answer',
    `elasticache:${action} on ${where} answered in part: nothing about ${missing}`,
  );
}

/** Service updates that wait for this cache; those of a group's nodes are the group's. */
export async function waitingUpdates(
  reader: CacheReader,
  { name, group }: Cache,
): Promise<{ items: UpdateAction[]; complete: boolean }> {
  const of = group ? { ReplicationGroupIds: [name] } : { CacheClusterIds: [name] };
  return everyPage(async (Marker) => {
    const request = { ...of, ServiceUpdateStatus: [...availableUpdates], UpdateActionStatus: [...waiting], Marker };
    const answer = await ask(reader, 'DescribeUpdateActions', (client, options) =>
      client.describeUpdateActions(request, options),
    );
    return page(reader, 'DescribeUpdateActions', answer.UpdateActions, answer.Marker);
  }, mostUpdates);
}
