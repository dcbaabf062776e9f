import type { S3 } from '@aws-sdk/client-s3';
import { awsService } from './client.ts';

export const connectS3 = awsService<S3>({
  load: async () => (await import('@aws-sdk/client-s3')).S3,
  pace: { perSecond: 50, concurrent: 8 },
});

/** S3 answers at most this many objects or buckets a page. */
export const s3Page = 1_000;
