import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import s3Objects from '../../../../src/checks/s3-objects.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { type S3Bucket, type S3State, s3StandIn } from '../../../support/aws/s3.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { saidByDefault } from '../../../support/said.ts';

const state: S3State = { buckets: {} };
const cloudWatch: CloudWatchState = { metrics: [] };
const aws = new AwsServer([s3StandIn(state), cloudWatchStandIn(cloudWatch)]);
const backups = { bucket: 'backups', key: 'YYYY/MM/DD/backup-*.dump.enc', at: '02:00' };
const dayMs = 86_400_000;

/** The day so many days before that of the tests: `2026-11-23`. */
const dayBefore = (days: number) => new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10);
const keyOn = (days: number, time = '020000') => {
  const day = dayBefore(days);
  return `${day.replaceAll('-', '/')}/backup-${day.replaceAll('-', '')}-${time}.dump.enc`;
};
const dump = (days: number, bytes = 1_000) => ({
  ...{ key: keyOn(days), bytes, at: new Date(`${dayBefore(days)}T02:05:30Z`) },
});
const on = (days: number) => state.buckets.backups!.objects.find(({ key }) => key === keyOn(days))!;
const gone = (...days: number[]) => {
  const bucket = state.buckets.backups!;
  bucket.objects = bucket.objects.filter(({ key }) => !days.some((day) => key === keyOn(day)));
};

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  const objects = Array.from({ length: 90 }, (_, days) => dump(days));
  state.buckets = { backups: { objects, encryption: 'aws:kms', versioning: 'Enabled' } };
  state.pageSize = undefined;
  const size = (StorageType: string, bytes: number) => ({
    ...{ namespace: 'AWS/S3', metric: 'BucketSizeBytes', dimensions: { BucketName: 'backups', StorageType } },
    at: (at: number) => (at * 1000 < now.getTime() - dayMs ? bytes : undefined),
  });
  cloudWatch.metrics = [size('StandardStorage', 90_000), size('GlacierStorage', 500_000)];
});

const look = async (params: object = {}) => (await measure(s3Objects, { ...backups, ...params })).facts;
const verdict = (params: object = {}) => awsVerdict(s3Objects, { ...backups, ...params });

describe('what it measures', () => {
  test('healthy: seven days there, the newest of today, its age and size, the bucket', async () => {
    const params = { ...backups, standard_objects: { least: 85, most: 95 } };
    const facts = await look(params);
    expect(facts).toEqual({
      ...{ present: 7, missing: [], empty: [], newest_key: keyOn(0), newest_age_h: 10.2, newest_bytes: 1_000 },
      ...{ newest_class: 'STANDARD', before_bytes: 1_000, of_before_pct: 100, of_largest_pct: 100 },
      ...{ encryption: 'aws:kms', versioning: 'Enabled', standard_objects: 90, bucket_bytes: 590_000, unread: [] },
    });
    expect(fired(s3Objects, params, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(s3Objects.facts({} as never)).sort());
  });

  test('a bucket of many other objects costs a call a day, not a thousand', async () => {
    const others = Array.from({ length: 20_000 }, (_, i) => ({ key: `logs/${i}`, bytes: 1, at: now }));
    state.buckets.backups!.objects.push(...others);
    expect(await look()).toMatchObject({ present: 7, standard_objects: null });
    expect(aws.counts()['s3:ListBucket']).toBe(7);
  });

  test('failed: a day is missing; the others are not hidden by it', async () => {
    gone(2);
    const facts = await look();
    expect(facts).toMatchObject({ present: 6, missing: ['2026-11-21'], newest_key: keyOn(0) });
    expect(saidByDefault(s3Objects, backups, facts)).toBe(
      'no object YYYY/MM/DD/backup-*.dump.enc in backups for 2026-11-21 (6 of 7 there, one a day expected): see the job that writes it',
    );
  });

  test('today’s is missed once its time and the grace are over, and counts before that', async () => {
    gone(0);
    // It is 12:15:30 in the tests.
    expect(await look({ at: '10:15', grace: '2h' })).toMatchObject({ missing: ['2026-11-23'] });
    expect(await look({ at: '10:16', grace: '2h' })).toMatchObject({ missing: [], newest_key: keyOn(1) });
    state.buckets.backups!.objects.push(dump(0, 400));
    expect(await look({ at: '10:16', grace: '2h' })).toMatchObject({ newest_key: keyOn(0), of_before_pct: 40 });
  });

  test('the date is that of the zone', async () => {
    gone(0);
    // In Auckland it is 01:15 of the 24th: the day that is due last is the 23rd.
    expect(await look({ zone: 'Pacific/Auckland' })).toMatchObject({ missing: ['2026-11-23'] });
    // In Honolulu it is 02:15 of the 23rd, before the grace is over.
    expect(await look({ zone: 'Pacific/Honolulu' })).toMatchObject({ missing: [] });
  });

  test('one a week: each week needs one, whichever day', async () => {
    state.buckets.backups!.objects = [dump(3), dump(10), dump(17, 900)];
    expect(await look({ every: '7d', periods: 3 })).toMatchObject({ present: 3, missing: [], of_largest_pct: 100 });
    expect(await look({ every: '7d', periods: 4 })).toMatchObject({ missing: ['2026-10-27 to 2026-11-02'] });
  });

  test('of two on one day the later one is the newest', async () => {
    const second = { key: keyOn(0, '093000'), bytes: 700, at: new Date('2026-11-23T09:30:00Z') };
    state.buckets.backups!.objects.push(second);
    expect(await look()).toMatchObject({ newest_key: second.key, before_bytes: 1_000, of_before_pct: 70 });
  });

  test('what only begins like a backup is none', async () => {
    on(0).key += '.part';
    expect((await look()).missing).toEqual(['2026-11-23']);
  });

  test('several pages', async () => {
    state.pageSize = 20;
    expect(await look({ standard_objects: {} })).toMatchObject({ standard_objects: 90 });
    expect(aws.counts()['s3:ListBucket']).toBe(7 + 5);
  });

  test('STANDARD objects alone are counted, and nobody guesses past 10,000', async () => {
    on(80).storageClass = 'GLACIER';
    expect(await look({ standard_objects: {} })).toMatchObject({ standard_objects: 89, unread: [] });
    const others = Array.from({ length: 10_001 }, (_, i) => ({ key: `logs/${i}`, bytes: 1, at: now }));
    state.buckets.backups!.objects.push(...others);
    expect(await look({ standard_objects: {} })).toMatchObject({
      standard_objects: null,
      unread: ['objects by class: there are more than 10000 below /'],
    });
  });

  test('versioning: on, stopped, never on', async () => {
    state.buckets.backups!.versioning = 'Suspended';
    expect(await look()).toMatchObject({ versioning: 'Suspended' });
    state.buckets.backups!.versioning = undefined;
    expect(await look()).toMatchObject({ versioning: 'off' });
  });

  test('CloudWatch has no size yet: no figure, no complaint', async () => {
    cloudWatch.metrics = [];
    expect(await look()).toMatchObject({ bucket_bytes: null, unread: [] });
  });
});

describe('what it can not measure is never a verdict', () => {
  const refused = (params: object = {}) => refusal(measure(s3Objects, { ...backups, ...params }));

  test('not permitted', async () => {
    aws.break('denied', { action: 's3:ListBucket' });
    expect(await refused()).toMatchObject({
      reason: 'denied',
      message: 's3:ListBucket on bucket backups in eu-west-1: AccessDenied',
      next: 'grant s3:ListBucket',
    });
  });

  test('no such bucket; one in another region', async () => {
    expect(await refused({ bucket: 'backup' })).toMatchObject({
      reason: 'misconfigured',
      message: 's3:ListBucket on bucket backup in eu-west-1: no such bucket',
    });
    state.buckets.backups!.region = 'eu-central-1';
    expect(await refused()).toMatchObject({
      reason: 'misconfigured',
      message: 's3:ListBucket on bucket backups in eu-west-1: it is in another region',
      next: 'set region to the one that it is in',
    });
  });

  test('a pattern that is not narrow enough', async () => {
    const others = Array.from({ length: 3_001 }, (_, i) => ({ key: `2026/11/23/x-${i}`, bytes: 1, at: now }));
    state.buckets.backups!.objects.push(...others);
    expect(await refused({ key: 'YYYY/MM/DD/*' })).toMatchObject({
      reason: 'too_large',
      message: 'bucket backups has more than 3000 objects at 2026/11/23/',
      next: 'write more of the key before its first *',
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refused()).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 's3:GetBucketVersioning' });
    const call = aws.nextCall('s3:GetBucketVersioning');
    const stop = new AbortController();
    const measured = refusal(measure(s3Objects, { ...backups, region: 'eu-north-1' }, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look({ standard_objects: {} });
  expect(Object.keys(aws.counts()).sort()).toEqual([...s3Objects.iam].sort());
});

test('it takes reading of its bucket alone, and no metrics without bucket_size', () => {
  const iamFor = (params: object) =>
    s3Objects.iamFor?.(s3Objects.params.parse({ bucket: 'shop-backups', key: 'YYYY/MM/DD/x-*', ...params }));
  const ofBucket = (arn: string) =>
    ['s3:ListBucket', 's3:GetEncryptionConfiguration', 's3:GetBucketVersioning'].map((action) => ({
      ...{ action, resources: [arn] },
    }));
  expect(iamFor({})).toEqual([...ofBucket('arn:aws:s3:::shop-backups'), 'cloudwatch:GetMetricData']);
  expect(iamFor({ bucket_size: false })).toEqual(ofBucket('arn:aws:s3:::shop-backups'));
  expect(iamFor({ bucket_size: false, region: 'cn-north-1' })).toEqual(ofBucket('arn:aws-cn:s3:::shop-backups'));
});

describe('parameters', () => {
  const problems = (params: object) =>
    s3Objects.params.safeParse({ ...backups, ...params }).error?.issues.map(({ path }) => path.join('.')) ?? [];

  test.for(['YYYY/MM/DD/*', 'db/YYYYMMDD-*.dump', 'COMMON/ADD/YYYY-MM-DD.gz', 'x-YYYYMMDDT*Z'])('a key: %s', (key) =>
    expect(problems({ key })).toEqual([]),
  );

  test.for(['backup.dump', '*/YYYY/MM/DD', 'YYYY/MM/*', 'COMMON/YYYY/DDT'])('no key: %s', (key) =>
    expect(problems({ key })).toEqual(['key']),
  );

  test('words that hold MM or DD stay as they are', async () => {
    state.buckets.backups!.objects = [0, 1].map((days) => ({ ...dump(days), key: `COMMON/${dayBefore(days)}` }));
    expect(await look({ key: 'COMMON/YYYY-MM-DD', periods: 2 })).toMatchObject({ present: 2 });
  });

  test('whole days, a zone that exists, a bounded number of calls', () => {
    expect(problems({ every: '12h' })).toEqual(['every']);
    expect(problems({ zone: 'Mars/Olympus' })).toEqual(['zone']);
    expect(problems({ every: '7d', periods: 9 })).toEqual(['periods']);
    expect(problems({ at: '25:00' })).toEqual(['at']);
    expect(problems({ bucket: 's3://backups' })).toEqual(['bucket']);
  });
});

test.each([
  ['s3:GetEncryptionConfiguration', { encryption: null, versioning: 'Enabled', bucket_bytes: 590_000 }],
  ['s3:GetBucketVersioning', { encryption: 'aws:kms', versioning: null, bucket_bytes: 590_000 }],
  ['cloudwatch:GetMetricData', { encryption: 'aws:kms', versioning: 'Enabled', bucket_bytes: null }],
])('%s is slow: a day without an object is told all the same', async (action, told) => {
  state.buckets.backups!.objects.splice(3, 1);
  const facts = await withSlowPart(aws, action, s3Objects, backups);
  expect(facts).toMatchObject({ present: 6, ...told });
  expect(facts.unread).toHaveLength(1);
});

describe('planted faults', () => {
  const bucket = (change: Partial<S3Bucket>) => () => Object.assign(state.buckets.backups!, change);
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);
  const counted = { standard_objects: { least: 85, most: 95 } };

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => unknown]>([
    ['nothing', 'ok', () => {}],
    ['today’s is missing', 'fail', () => gone(0)],
    ['the oldest of the seven is missing', 'fail', () => gone(6)],
    ['the eighth is missing', 'ok', () => gone(7)],
    ['nothing for a week', 'fail', () => gone(0, 1, 2, 3, 4, 5, 6)],
    ['an empty bucket', 'fail', bucket({ objects: [] })],
    ['another name', 'fail', () => (on(0).key = keyOn(0).replace('backup-', 'dump-'))],
    ['only its unencrypted form', 'fail', () => (on(0).key = keyOn(0).replace('.enc', ''))],
    ['today’s is empty', 'fail', () => (on(0).bytes = 0)],
    ['one of last week is empty', 'fail', () => (on(5).bytes = 0)],
    ['shrunk by more than half', 'fail', () => (on(0).bytes = 499)],
    ['shrunk by half', 'ok', () => (on(0).bytes = 500)],
    ['small for the second day', 'warn', () => [0, 1].map((days) => (on(days).bytes = 400))],
    ['no encryption', 'fail', bucket({ encryption: undefined })],
    ['fewer STANDARD objects', 'warn', () => gone(...Array.from({ length: 6 }, (_, i) => 84 + i))],
    [
      'more STANDARD objects',
      'warn',
      () => state.buckets.backups!.objects.push(...[90, 91, 92, 93, 94, 95].map((d) => dump(d))),
    ],
    ['encryption not permitted', 'unknown', broken('denied', { action: 's3:GetEncryptionConfiguration' })],
    ['encryption answered with garbage', 'unknown', broken('garbage', { action: 's3:GetEncryptionConfiguration' })],
    ['versioning not permitted', 'warn', broken('denied', { action: 's3:GetBucketVersioning' })],
    ['metrics not permitted', 'warn', broken('denied', { action: 'cloudwatch:GetMetricData' })],
    ['an object without a size', 'unknown', () => (on(3).bytes = undefined)],
    ['no such bucket', 'unknown', () => (state.buckets = {})],
    ['in another region', 'unknown', bucket({ region: 'us-east-2' })],
    ['list not permitted', 'unknown', broken('denied', { action: 's3:ListBucket' })],
    ['denied by the organisation', 'unknown', broken('explicitly denied')],
    ['throttled', 'unknown', broken('throttled')],
    ['unknown key', 'unknown', broken('unknown key')],
    ['expired credentials', 'unknown', broken('expired')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict(counted)).toBe(expected);
  });
});
