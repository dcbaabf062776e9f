import type { ReplicationGroup, UpdateAction } from '@aws-sdk/client-elasticache';
import { few } from '../facts/few.ts';
import type { Cache } from './read.ts';

/** It serves as always while these go on. */
const serving = /^(available|snapshotting)$/;
const down = /^(.+-failed|deleted|deleting|incompatible-.+)$/;

/** One machine of a cache; a node of a replication group is a cluster of one. */
export interface Node {
  name: string;
  dimensions: { CacheClusterId: string; CacheNodeId: string };
  status: string;
}

/** The nodes; one that is still being made has the status of its cluster. */
export function nodesOf({ clusters }: Cache): Node[] {
  return clusters.flatMap(({ CacheClusterId = 'unnamed', CacheClusterStatus = '', CacheNodes = [] }) => {
    if (CacheNodes.length > 1)
      return CacheNodes.map(({ CacheNodeId = '', CacheNodeStatus = '' }) => ({
        name: `${CacheClusterId}/${CacheNodeId}`,
        dimensions: { CacheClusterId, CacheNodeId },
        status: CacheNodeStatus,
      }));
    const dimensions = { CacheClusterId, CacheNodeId: CacheNodes[0]?.CacheNodeId ?? '0001' };
    return [{ name: CacheClusterId, dimensions, status: CacheClusterStatus }];
  });
}

export const isDown = ({ status }: Pick<Node, 'status'>) => down.test(status);

/** The replication group and its shards. */
export function groupStatuses(name: string, { Status = '', NodeGroups = [] }: ReplicationGroup) {
  const shards = NodeGroups.map((shard) => ({
    name: `${name} shard ${shard.NodeGroupId}`,
    status: shard.Status ?? '',
  }));
  return [{ name, status: Status }, ...shards];
}

/** What nobody knows of a group whose nodes were not read. */
export const noNodeFacts = { nodes: null, connections: null, evictions_5m: null };

/** What the cache and its nodes say of themselves. */
export function stateFacts(cache: Cache, nodes: Node[]) {
  const { group, clusters } = cache;
  const [first] = clusters;
  const head = group ?? first;
  const status = group?.Status ?? first?.CacheClusterStatus ?? '';
  const statuses = [
    ...(group ? groupStatuses(cache.name, group) : nodes.length > 1 ? [{ name: cache.name, status }] : []),
    ...nodes,
  ];
  const told = (those: { name: string; status: string }[]) => those.map((one) => `${one.name} ${one.status}`);
  return {
    status,
    engine: first?.Engine ?? null,
    engine_version: first?.EngineVersion ?? null,
    nodes: nodes.length,
    shards: group?.NodeGroups?.length ?? null,
    down: few(told(statuses.filter(isDown))),
    changing: few(told(statuses.filter((one) => !serving.test(one.status) && !isDown(one)))),
    automatic_failover: group ? group.AutomaticFailover === 'enabled' : null,
    multi_az: group ? group.MultiAZ === 'enabled' : null,
    encrypted_at_rest: head?.AtRestEncryptionEnabled ?? null,
    encrypted_in_transit: head?.TransitEncryptionEnabled ?? null,
    snapshot_retention_days: head?.SnapshotRetentionLimit ?? null,
  };
}

/** `elasticache-20261101 (critical, apply by 2026-12-01)`, most urgent day first. */
export function updatesFact(updates: UpdateAction[]): string[] {
  const dayOf = (update: UpdateAction) => update.ServiceUpdateRecommendedApplyByDate;
  return few(
    [...updates]
      .sort((a, b) => (dayOf(a)?.getTime() ?? Infinity) - (dayOf(b)?.getTime() ?? Infinity))
      .map((update) => {
        const by = dayOf(update)?.toISOString().slice(0, 10);
        const how = [update.ServiceUpdateSeverity, by && `apply by ${by}`].filter(Boolean).join(', ');
        return `${update.ServiceUpdateName ?? 'an update'}${how ? ` (${how})` : ''}`;
      }),
  );
}
