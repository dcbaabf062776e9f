import type { CloudFront } from '@aws-sdk/client-cloudfront';
import { awsService } from './client.ts';

export const connectCloudFront = awsService<CloudFront>({
  load: async () => (await import('@aws-sdk/client-cloudfront')).CloudFront,
  pace: { perSecond: 5, concurrent: 2 },
});

/** CloudFront is one for the world: its API and its metrics are here, but for China's. */
export const cloudFrontRegion = 'us-east-1';
