import type { EC2 } from '@aws-sdk/client-ec2';
import { awsService } from './client.ts';

/** The largest of the SDK's clients: 180 ms and 97 MB at its first use. */
export const connectEc2 = awsService<EC2>({
  load: async () => (await import('@aws-sdk/client-ec2')).EC2,
  pace: { perSecond: 10, concurrent: 3 },
});
