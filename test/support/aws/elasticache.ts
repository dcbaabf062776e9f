import type { CacheCluster, ReplicationGroup, UpdateAction } from '@aws-sdk/client-elasticache';
import { recordsPage, strings, unknownName } from './records.ts';
import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';

/** What the stand-in knows, by identifier; change it between two looks. */
export interface ElastiCacheState {
  groups: Record<string, ReplicationGroup>;
  clusters: Record<string, CacheCluster>;
  updates: UpdateAction[];
  updatesPerPage?: number;
}

/** Amazon ElastiCache (Query), as far as the checks ask: page sizes, markers and errors as documented. */
export function elastiCacheStandIn(state: ElastiCacheState): QueryService {
  return {
    ...{ protocol: 'query', signingName: 'elasticache', iamPrefix: 'elasticache', version: '2015-02-02' },
    operations: {
      DescribeReplicationGroups(input) {
        const name = input.ReplicationGroupId;
        if (name !== undefined && !state.groups[String(name)])
          throw unknownName('ReplicationGroupNotFoundFault', `ReplicationGroup ${name} not found.`);
        const found = Object.entries(state.groups).filter(([each]) => name === undefined || each === name);
        const { items, Marker } = recordsPage(found, input);
        const ReplicationGroup = items.map(([each, { MemberClusters, NodeGroups, ...rest }]) => ({
          ...{ ReplicationGroupId: each, ...rest },
          ...{ MemberClusters: { ClusterId: MemberClusters }, NodeGroups: { NodeGroup: NodeGroups } },
        }));
        return { ReplicationGroups: { ReplicationGroup }, Marker };
      },
      DescribeCacheClusters(input) {
        const name = input.CacheClusterId;
        if (name !== undefined && !state.clusters[String(name)])
          throw unknownName('CacheClusterNotFound', `CacheCluster ${name} not found.`);
        const alone = input.ShowCacheClustersNotInReplicationGroups === 'true';
        const found = Object.entries(state.clusters).filter(
          ([each, { ReplicationGroupId }]) => (name === undefined || each === name) && !(alone && ReplicationGroupId),
        );
        const { items, Marker } = recordsPage(found, input);
        const CacheCluster = items.map(([each, { CacheNodes, ...rest }]) => ({
          CacheClusterId: each,
          ...rest,
          CacheNodes: input.ShowCacheNodeInfo === 'true' ? { CacheNode: CacheNodes } : undefined,
        }));
        return { CacheClusters: { CacheCluster }, Marker };
      },
      DescribeUpdateActions(input) {
        const [groups, clusters] = [strings(input.ReplicationGroupIds), strings(input.CacheClusterIds)];
        if (groups.length > 0 && clusters.length > 0)
          throw new AwsRefusal('InvalidParameterCombination', 'Either cache clusters or replication groups.');
        const statuses = strings(input.UpdateActionStatus);
        const found = state.updates.filter(
          (update) =>
            (groups.includes(update.ReplicationGroupId ?? '') || clusters.includes(update.CacheClusterId ?? '')) &&
            statuses.includes(update.UpdateActionStatus ?? 'not-applied'),
        );
        const { items, Marker } = recordsPage(found, input, {
          least: 1,
          most: 50,
          byDefault: state.updatesPerPage ?? 50,
        });
        return { UpdateActions: { UpdateAction: items }, Marker };
      },
    },
  };
}
