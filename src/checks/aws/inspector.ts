import type { Inspector2 } from '@aws-sdk/client-inspector2';
import { awsService } from './client.ts';

export const connectInspector = awsService<Inspector2>({
  load: async () => (await import('@aws-sdk/client-inspector2')).Inspector2,
  pace: { perSecond: 5, concurrent: 2 },
});
