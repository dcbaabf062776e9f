import type { ACM } from '@aws-sdk/client-acm';
import { awsService } from './client.ts';

export const connectAcm = awsService<ACM>({
  load: async () => (await import('@aws-sdk/client-acm')).ACM,
  pace: { perSecond: 8, concurrent: 4 },
});

/** ACM answers at most this many certificates a page. */
export const acmPage = 1_000;
