import type { CostExplorer } from '@aws-sdk/client-cost-explorer';
import { awsService } from './client.ts';

export const connectCostExplorer = awsService<CostExplorer>({
  load: async () => (await import('@aws-sdk/client-cost-explorer')).CostExplorer,
  pace: { perSecond: 2, concurrent: 1 },
});
