import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { awsService } from './client.ts';

export const connectElastiCache = awsService<ElastiCache>({
  load: async () => (await import('@aws-sdk/client-elasticache')).ElastiCache,
  pace: { perSecond: 10, concurrent: 3 },
});

/** ElastiCache answers between 20 and 100 records a page. */
export const elastiCachePage = 100;
