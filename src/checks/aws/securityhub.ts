import type { SecurityHub } from '@aws-sdk/client-securityhub';
import { awsService } from './client.ts';

export const connectSecurityHub = awsService<SecurityHub>({
  load: async () => (await import('@aws-sdk/client-securityhub')).SecurityHub,
  pace: { perSecond: 10, concurrent: 3 },
  paces: { GetFindings: { perSecond: 3, concurrent: 2 } },
});
