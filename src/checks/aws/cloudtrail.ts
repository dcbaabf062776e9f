import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { awsService } from './client.ts';

export const connectCloudTrail = awsService<CloudTrail>({
  load: async () => (await import('@aws-sdk/client-cloudtrail')).CloudTrail,
  pace: { perSecond: 10, concurrent: 3 },
  // Two a second for the account and region, whoever asks.
  paces: { LookupEvents: { perSecond: 2, concurrent: 1 } },
});
