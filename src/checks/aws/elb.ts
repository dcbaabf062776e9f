import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsService } from './client.ts';

export const connectElb = awsService<ElasticLoadBalancingV2>({
  load: async () => (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2,
  pace: { perSecond: 10, concurrent: 5 },
});
