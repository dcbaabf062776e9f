import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { defineDiscovery, type Found, onlyFirst } from '../model.ts';

const connect = awsService<ElastiCache>({
  load: async () => (await import('@aws-sdk/client-elasticache')).ElastiCache,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 500;

export default defineDiscovery({
  service: 'ElastiCache',
  group: 'data',
  iam: ['elasticache:DescribeCacheClusters', 'elasticache:DescribeReplicationGroups'],
  async find({ where, signal }) {
    const cache = await connect(where, signal);
    const groups = await everyPage(async (Marker) => {
      const question = { action: 'elasticache:DescribeReplicationGroups', resource: 'all replication groups' };
      const page = await askAws(cache, question, signal, (client, options) =>
        client.describeReplicationGroups({ MaxRecords: 100, Marker }, options),
      );
      return { items: page.ReplicationGroups, next: page.Marker };
    }, most);
    const clusters = await everyPage(async (Marker) => {
      const question = { action: 'elasticache:DescribeCacheClusters', resource: 'all clusters' };
      const page = await askAws(cache, question, signal, (client, options) =>
        client.describeCacheClusters(
          { MaxRecords: 100, Marker, ShowCacheClustersNotInReplicationGroups: true },
          options,
        ),
      );
      return { items: page.CacheClusters, next: page.Marker };
    }, most);
    return {
      found: [
        ...groups.items.flatMap(({ ReplicationGroupId: id, MemberClusters = [] }) =>
          id ? [checkOf(id, { replication_group: id }, `replication group ${id}, ${MemberClusters.length} nodes`)] : [],
        ),
        ...clusters.items.flatMap(({ CacheClusterId: id, Engine = 'cache', NumCacheNodes = 1 }) =>
          id ? [checkOf(id, { cluster: id }, `${Engine} cluster ${id}, ${NumCacheNodes} nodes`)] : [],
        ),
      ],
      remarks: [...onlyFirst(groups, 'replication groups'), ...onlyFirst(clusters, 'clusters')],
    };
  },
});

function checkOf(id: string, params: Record<string, unknown>, what: string): Found {
  return { name: id, type: 'elasticache', params, comment: [`Cache: ${what}`] };
}
