import type { IAM } from '@aws-sdk/client-iam';
import { awsService } from './client.ts';

export const connectIam = awsService<IAM>({
  load: async () => (await import('@aws-sdk/client-iam')).IAM,
  pace: { perSecond: 5, concurrent: 2 },
});
