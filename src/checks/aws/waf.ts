import type { WAFV2 } from '@aws-sdk/client-wafv2';
import { awsService } from './client.ts';

export const connectWaf = awsService<WAFV2>({
  load: async () => (await import('@aws-sdk/client-wafv2')).WAFV2,
  pace: { perSecond: 5, concurrent: 1 },
});
