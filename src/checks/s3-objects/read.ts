import type { _Object, S3 } from '@aws-sdk/client-s3';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { s3Page } from '../aws/s3.ts';

/** Objects of one day; more than these are another pattern's. */
const mostOfDay = 3_000;
/** Objects that are counted by class, ten calls. */
const mostCounted = 10_000;

/** One bucket as one probe reads it. All functions throw Unmeasured only. */
export interface BucketReader {
  s3: AwsConnection<S3>;
  bucket: string;
  signal: AbortSignal;
}

export interface Found {
  key: string;
  bytes: number;
  at: Date;
  storageClass: string;
}

function ask<Answer>(
  { s3, bucket, signal }: BucketReader,
  action: string,
  send: (client: S3, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(s3, { action: `s3:${action}`, resource: `bucket ${bucket}` }, signal, send);
}

function list(reader: BucketReader, Prefix: string, most: number) {
  const request = { Bucket: reader.bucket, Prefix, MaxKeys: s3Page };
  return everyPage(async (ContinuationToken) => {
    const page = await ask(reader, 'ListBucket', (s3, options) =>
      s3.listObjectsV2({ ...request, ContinuationToken }, options),
    );
    // Whatever isn't S3's XML reads as a list without objects; S3 always says whether there are more.
    if (page.IsTruncated === undefined) throw invalid(reader, 'ListBucket', 'is not what S3 documents');
    return { items: page.Contents?.map((object) => found(reader, object)), next: page.NextContinuationToken };
  }, most);
}

function found(reader: BucketReader, { Key, Size, LastModified, StorageClass }: _Object): Found {
  if (Key === undefined || Size === undefined || LastModified === undefined)
    throw invalid(reader, 'ListBucket', 'lists an object without key, size or date');
  return { key: Key, bytes: Size, at: LastModified, storageClass: StorageClass ?? 'STANDARD' };
}

function invalid({ bucket, s3 }: BucketReader, action: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `s3:${action} on bucket ${bucket} in ${s3.region} ${what}`);
}

/** All objects whose keys begin like this. */
export async function objectsAt(reader: BucketReader, prefix: string): Promise<Found[]> {
  const { items, complete } = await list(reader, prefix, mostOfDay);
  if (complete) return items;
  throw new Unmeasured('too_large', `bucket ${reader.bucket} has more than ${mostOfDay} objects at ${prefix}`, {
    next: 'write more of the key before its first *',
  });
}

/** How many objects below `folder` are of class STANDARD; undefined when there are too many to look at. */
export async function standardObjects(reader: BucketReader, folder: string): Promise<number | undefined> {
  const { items, complete } = await list(reader, folder, mostCounted);
  return complete ? items.filter(({ storageClass }) => storageClass === 'STANDARD').length : undefined;
}

/** `Enabled`, `Suspended`, or `off` where it never was on. */
export async function versioningOf(reader: BucketReader): Promise<string> {
  const Bucket = reader.bucket;
  const { Status } = await ask(reader, 'GetBucketVersioning', (s3, options) =>
    s3.getBucketVersioning({ Bucket }, options),
  );
  return Status ?? 'off';
}
