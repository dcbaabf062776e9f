import type { S3 } from '@aws-sdk/client-s3';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from './client.ts';

/**
 * How a bucket encrypts what is written: `aws:kms`, `aws:kms:dsse`, `AES256`; `none` where S3 says that nothing is
 * configured. Throws Unmeasured. Needs `s3:GetEncryptionConfiguration`.
 */
export async function bucketEncryption(s3: AwsConnection<S3>, Bucket: string, signal: AbortSignal): Promise<string> {
  const question = { action: 's3:GetEncryptionConfiguration', resource: `bucket ${Bucket}` };
  const answer = await askAws(s3, question, signal, (client, options) =>
    client.getBucketEncryption({ Bucket }, options).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ServerSideEncryptionConfigurationNotFoundError') return undefined;
      throw error;
    }),
  );
  if (answer === undefined) return 'none';
  const rules = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
  const [algorithm] = rules.flatMap((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? []);
  if (algorithm) return algorithm;
  const what = `${question.action} on ${question.resource} in ${s3.region} names no algorithm`;
  throw new Unmeasured('invalid_answer', what, { next: 'set the default encryption of the bucket' });
}
