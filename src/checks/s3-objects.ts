import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { partitionOf } from './aws/params.ts';
import { asPart, part } from './aws/part.ts';
import { connectS3 } from './aws/s3.ts';
import { bucketEncryption } from './aws/s3-encryption.ts';
import { periodsDue } from './s3-objects/days.ts';
import { objectFacts, s3Facts, s3Rules } from './s3-objects/facts.ts';
import { dayMs, type S3ObjectsTarget, s3ObjectsParams } from './s3-objects/params.ts';
import { keyPattern } from './s3-objects/pattern.ts';
import { type BucketReader, type Found, objectsAt, standardObjects, versioningOf } from './s3-objects/read.ts';
import { bucketBytes } from './s3-objects/size.ts';

export default defineCheck({
  type: 's3-objects',
  summary:
    'Objects that a job writes to an S3 bucket each day: present, not empty, not shrunk; the bucket’s encryption',
  catalogue: ['H12', 'H40'],
  params: s3ObjectsParams,
  facts: () => s3Facts,
  rules: s3Rules,
  okSays: '{present} there, the newest {newest_age_h} old, {newest_bytes}',
  // Not s3:GetObject, for the encryption of one object: with it the bot could read the backups.
  iam: ['s3:ListBucket', 's3:GetEncryptionConfiguration', 's3:GetBucketVersioning', 'cloudwatch:GetMetricData'],
  iamFor: ({ bucket, bucket_size, region }) => [
    ...['s3:ListBucket', 's3:GetEncryptionConfiguration', 's3:GetBucketVersioning'].map((action) => ({
      ...{ action, resources: [`arn:${partitionOf(region)}:s3:::${bucket}`] },
    })),
    ...(bucket_size ? ['cloudwatch:GetMetricData'] : []),
  ],
  describe: ({ bucket, key }) => `s3://${bucket}/${key}`,
  lane: (target) => awsLane('s3', target),
  example: `- id: nightly-dump
  group: data
  every: 30m
  timeout: 30s
  s3-objects:
    bucket: shop-backups
    key: YYYY/MM/DD/backup-*.dump.enc
    at: "02:00"
    standard_objects: {least: 85, most: 95}
    region: eu-west-1
`,
  async run(probe: Probe<S3ObjectsTarget>) {
    const { target, signal, partsSignal, clock } = probe;
    const { at, grace, every, periods, zone } = target;
    const now = clock.now();
    const reader: BucketReader = { s3: await connectS3(whereOf(probe), signal), bucket: target.bucket, signal };
    const { due, early } = periodsDue({ zone, atMs: at, graceMs: grace, everyDays: every / dayMs, periods }, now);
    const byDay = await objectsByDay(reader, target.key, [...early, ...due.flatMap(({ days }) => days)]);
    const unread: string[] = [];
    const beside: BucketReader = { ...reader, signal: partsSignal };
    const [encryption, versioning, standard_objects, bucket_bytes] = await Promise.all([
      part(unread, signal, () => bucketEncryption(reader.s3, target.bucket, partsSignal)),
      part(unread, signal, () => versioningOf(beside)),
      target.standard_objects ? part(unread, signal, () => countStandard(beside, target.key, unread)) : null,
      target.bucket_size ? part(unread, signal, () => bucketBytes(asPart(probe))) : null,
    ]);
    return {
      facts: {
        ...objectFacts(due, early, byDay, now),
        ...{ encryption, versioning, standard_objects, bucket_bytes, unread },
      },
    };
  },
});

/** A day's objects are asked for by the beginning of their keys: a bucket of millions costs as little as a small one. */
async function objectsByDay(reader: BucketReader, key: string, days: string[]): Promise<Map<string, Found[]>> {
  const pattern = keyPattern(key);
  const read = days.map(async (day): Promise<[string, Found[]]> => {
    const objects = await objectsAt(reader, pattern.prefixOf(day));
    return [day, objects.filter((object) => pattern.isKeyOf(day, object.key))];
  });
  return new Map(await Promise.all(read));
}

async function countStandard(reader: BucketReader, key: string, unread: string[]): Promise<number | null> {
  const { folder } = keyPattern(key);
  const count = await standardObjects(reader, folder);
  if (count === undefined) unread.push(`objects by class: there are more than 10000 below /${folder}`);
  return count ?? null;
}
