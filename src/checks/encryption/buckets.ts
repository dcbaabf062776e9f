import { askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';
import { part } from '../aws/part.ts';
import { connectS3, s3Page } from '../aws/s3.ts';
import { bucketEncryption } from '../aws/s3-encryption.ts';
import type { Reader } from './read.ts';

/** A call for each. */
const mostBuckets = 500;

export interface Bucket {
  name: string;
  /** `aws:kms`, `AES256`, `none`; null = not read. */
  algorithm: string | null;
}

/** The region's buckets; one that refuses alone goes to `unread`. Throws Unmeasured. */
export async function buckets(
  { where, signal: partsSignal }: Reader,
  { except, unread, signal }: { except: string[]; unread: string[]; signal: AbortSignal },
): Promise<{ items: Bucket[]; complete: boolean }> {
  const s3 = await connectS3(where, partsSignal);
  const question = { action: 's3:ListAllMyBuckets', resource: 'all buckets', region: s3.region };
  const { items, complete } = await everyPage(async (ContinuationToken) => {
    const request = { BucketRegion: s3.region, MaxBuckets: s3Page, ContinuationToken };
    const page = await askAws(s3, question, partsSignal, (client, options) => client.listBuckets(request, options));
    return { items: listed(page.Buckets, question), next: page.ContinuationToken };
  }, mostBuckets);
  const names = items.flatMap(({ Name }) => (Name && !except.includes(Name) ? [Name] : []));
  const read = names.map(async (name) => ({
    name,
    algorithm: await part(unread, signal, () => bucketEncryption(s3, name, partsSignal)),
  }));
  return { items: await Promise.all(read), complete };
}
