import type { RDS } from '@aws-sdk/client-rds';
import { awsService } from './client.ts';

export const connectRds = awsService<RDS>({
  load: async () => (await import('@aws-sdk/client-rds')).RDS,
  pace: { perSecond: 10, concurrent: 3 },
});

/** RDS answers between 20 and 100 records a page. */
export const rdsPage = 100;
