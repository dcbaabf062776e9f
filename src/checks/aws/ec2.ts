import type { EC2 } from '@aws-sdk/client-ec2';
import { awsService } from './client.ts';

export const connectEc2 = awsService<EC2>({
  load: async () => (await import('@aws-sdk/client-ec2')).EC2,
  pace: { perSecond: 10, concurrent: 3 },
});

/** EC2 answers at most this many of most things a page. */
export const ec2Page = 1_000;
