import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { awsService } from './client.ts';

export const connectLogs = awsService<CloudWatchLogs>({
  load: async () => (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs,
  // FilterLogEvents: 5 a second in many regions, and no increase is granted.
  pace: { perSecond: 5, concurrent: 3 },
});
