import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import encryption from '../../../../src/checks/encryption.ts';
import { type EbsState, ebsStandIn } from '../../../support/aws/ebs.ts';
import { type ElastiCacheState, elastiCacheStandIn } from '../../../support/aws/elasticache.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, refusal } from '../../../support/aws/probe.ts';
import { type RdsState, rdsStandIn } from '../../../support/aws/rds.ts';
import { type S3State, s3StandIn } from '../../../support/aws/s3.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { okReasonOf } from '../../../support/probes.ts';
import { saidByDefault } from '../../../support/said.ts';

const rds: RdsState = { instances: {}, clusters: {}, snapshots: [], maintenance: {}, parameters: {} };
const ebs: EbsState = { volumes: {}, byDefault: true };
const s3: S3State = { buckets: {} };
const cache: ElastiCacheState = { groups: {}, clusters: {}, updates: [] };
const aws = new AwsServer([rdsStandIn(rds), ebsStandIn(ebs), s3StandIn(s3), elastiCacheStandIn(cache)]);

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  rds.instances = {
    main: { StorageEncrypted: true },
    'shop-1': { StorageEncrypted: true, DBClusterIdentifier: 'shop' },
  };
  rds.clusters = { shop: { StorageEncrypted: true } };
  ebs.volumes = { 'vol-01': true, 'vol-02': true };
  ebs.byDefault = true;
  s3.buckets = {
    papers: { objects: [], encryption: 'aws:kms' },
    assets: { objects: [], encryption: 'AES256' },
    abroad: { objects: [], encryption: undefined, region: 'us-east-2' },
  };
  s3.pageSize = undefined;
  cache.groups = { sessions: { AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true } };
  cache.clusters = {
    'sessions-001': { ReplicationGroupId: 'sessions', AtRestEncryptionEnabled: false, TransitEncryptionEnabled: false },
    pages: { Engine: 'memcached', AtRestEncryptionEnabled: false, TransitEncryptionEnabled: true },
  };
});

const look = async (params: object = {}) => (await measure(encryption, params)).facts;
const verdict = (params: object = {}) => awsVerdict(encryption, params);

describe('what it measures', () => {
  test('healthy: all four kinds, of this region', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ databases: 2, databases_unencrypted: [] },
      ...{ volumes: 2, volumes_unencrypted: [], volumes_by_default: true },
      ...{ buckets: 2, buckets_unencrypted: [], buckets_without_kms: ['assets'] },
      ...{ caches: 2, caches_unencrypted: [], caches_in_plain: [], unread: [] },
    });
    expect(fired(encryption, {}, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(encryption.facts({} as never)).sort());
  });

  test('degraded: new volumes would not be encrypted', async () => {
    ebs.byDefault = false;
    expect(fired(encryption, {}, await look())).toEqual(['warn !volumes_by_default']);
  });

  test('failed: each is named', async () => {
    rds.instances.old = { StorageEncrypted: false };
    rds.clusters.shop!.StorageEncrypted = false;
    ebs.volumes['vol-02'] = false;
    cache.groups.sessions!.AtRestEncryptionEnabled = false;
    const facts = await look();
    expect(facts).toMatchObject({
      databases_unencrypted: ['instance old', 'cluster shop'],
      volumes_unencrypted: ['volume vol-02'],
      caches_unencrypted: ['replication group sessions'],
    });
    expect(saidByDefault(encryption, {}, facts)).toBe(
      'not encrypted: instance old, cluster shop; restore an encrypted copy of a snapshot',
    );
  });

  test('exceptions are not judged, and not counted', async () => {
    ebs.volumes['vol-02'] = false;
    s3.buckets.assets!.encryption = undefined;
    const facts = await look({ except: ['vol-02', 'assets'] });
    expect(facts).toMatchObject({ volumes: 1, volumes_unencrypted: [], buckets: 1, buckets_unencrypted: [] });
  });

  test('only what is asked for', async () => {
    const facts = await look({ of: ['ebs'] });
    expect(facts).toMatchObject({ volumes: 2, databases: null, buckets: null, caches: null });
    expect(fired(encryption, { of: ['ebs'] }, facts)).toEqual([]);
    expect(Object.keys(aws.counts()).sort()).toEqual(['ec2:DescribeVolumes', 'ec2:GetEbsEncryptionByDefault']);
  });

  test.each([
    [undefined, '2 databases, 2 volumes, 2 buckets, 2 caches: all encrypted'],
    [['rds'], '2 databases: all encrypted'],
    [['ebs'], '2 volumes: all encrypted'],
    [['s3'], '2 buckets: all encrypted'],
    [['elasticache'], '2 caches: all encrypted'],
    [['elasticache', 'rds', 'rds'], '2 databases, 2 caches: all encrypted'],
  ])('it vouches only for what it looked at: %j', async (of, says) => {
    expect(okReasonOf(encryption, { of }, await look({ of }))).toBe(says);
  });

  test('several pages of everything', async () => {
    rds.instances = Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [`db-${i}`, { StorageEncrypted: i !== 149 }]),
    );
    ebs.volumes = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`vol-${i}`, i !== 1_000]));
    s3.pageSize = 1;
    expect(await look()).toMatchObject({
      ...{ databases: 151, databases_unencrypted: ['instance db-149'] },
      ...{ volumes: 1_001, volumes_unencrypted: ['volume vol-1000'], buckets: 2 },
    });
  });

  test('past 10,000 volumes nobody says that the rest is encrypted', async () => {
    ebs.volumes = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`vol-${i}`, true]));
    const facts = await look({ of: ['ebs'] });
    expect(facts).toMatchObject({
      volumes: null,
      volumes_unencrypted: null,
      unread: ['what comes after the first 10000 (volumes)'],
    });
    expect(await verdict({ of: ['ebs'] })).toBe('unknown');
  });
});

test('past 500 buckets nobody says that the rest encrypts', async () => {
  const bucket = { objects: [], encryption: 'AES256' };
  s3.buckets = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`bucket-${i}`, bucket]));
  expect(await look({ of: ['s3'] })).toMatchObject({
    ...{ buckets: null, buckets_unencrypted: null, unread: ['buckets past the first 500'] },
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted: one kind; the others are still judged', async () => {
    aws.break('denied', { action: 'ec2:DescribeVolumes' });
    const facts = await look();
    expect(facts).toMatchObject({ volumes: null, volumes_unencrypted: null, databases: 2, buckets: 2, caches: 2 });
    expect(facts.unread).toEqual([
      'ec2:DescribeVolumes on all volumes in eu-west-1: AccessDenied → grant ec2:DescribeVolumes',
    ]);
  });

  test('not permitted: all', async () => {
    aws.break('denied');
    expect(await refusal(measure(encryption, {}))).toMatchObject({ reason: 'denied' });
  });

  test('nothing there', async () => {
    rds.instances = {};
    rds.clusters = {};
    expect(await refusal(measure(encryption, { of: ['rds'], region: 'eu-west-1' }))).toMatchObject({
      reason: 'empty',
      message: 'nothing of rds stores data in eu-west-1',
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(measure(encryption, {}))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 'elasticache:DescribeCacheClusters' });
    // A second try of the test before may still be on its way, in its region.
    const call = aws.nextCall('elasticache:DescribeCacheClusters', 'eu-north-1');
    const stop = new AbortController();
    const measured = refusal(measure(encryption, { region: 'eu-north-1' }, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...encryption.iam].sort());
});

test.each(['rds', 'ebs', 's3', 'elasticache'] as const)('%s alone takes what it asks for', async (kind) => {
  const params = { of: [kind] };
  await look(params);
  expect(encryption.iamFor?.(encryption.params.parse(params))).toEqual(
    encryption.iam.filter((action) => action in aws.counts()),
  );
  expect(encryption.iamFor?.(encryption.params.parse({}))).toEqual(encryption.iam);
});

test.each([
  ['rds:DescribeDBClusters', { databases: null, volumes: 2, volumes_by_default: true, buckets: 2, caches: 2 }],
  ['ec2:GetEbsEncryptionByDefault', { databases: 2, volumes: 2, volumes_by_default: null, buckets: 2, caches: 2 }],
  ['s3:GetEncryptionConfiguration', { databases: 2, volumes: 2, buckets: 2, buckets_unencrypted: null, caches: 2 }],
])('%s is slow: the rest is told', async (action, told) => {
  const facts = await withSlowPart(aws, action, encryption, { region: `eu-test-${action.length}` });
  expect(facts).toMatchObject(told);
  expect(facts.unread).toContainEqual(expect.stringContaining(`${action} on`));
});

describe('planted faults', () => {
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => unknown]>([
    ['nothing', 'ok', () => {}],
    ['an instance', 'fail', () => (rds.instances.main!.StorageEncrypted = false)],
    ['a cluster', 'fail', () => (rds.clusters.shop!.StorageEncrypted = false)],
    ['a volume', 'fail', () => (ebs.volumes['vol-01'] = false)],
    ['a bucket', 'fail', () => (s3.buckets.papers!.encryption = undefined)],
    ['a replication group', 'fail', () => (cache.groups.sessions!.AtRestEncryptionEnabled = false)],
    ['a Redis that stands alone', 'fail', () => (cache.clusters.pages!.Engine = 'redis')],
    ['volumes by default', 'warn', () => (ebs.byDefault = false)],
    ['a replication group in plain', 'warn', () => (cache.groups.sessions!.TransitEncryptionEnabled = false)],
    ['a group that takes both', 'warn', () => (cache.groups.sessions!.TransitEncryptionMode = 'preferred')],
    ['a cluster that takes both', 'warn', () => (cache.clusters.pages!.TransitEncryptionMode = 'preferred')],
    ['a group that takes TLS alone', 'ok', () => (cache.groups.sessions!.TransitEncryptionMode = 'required')],
    ['Memcached in plain', 'warn', () => (cache.clusters.pages!.TransitEncryptionEnabled = undefined)],
    ['the default of volumes not answered', 'unknown', () => (ebs.byDefault = undefined)],
    ['an instance that does not say', 'unknown', () => (rds.instances.main!.StorageEncrypted = undefined)],
    ['a volume that does not say', 'unknown', () => (ebs.volumes['vol-01'] = undefined)],
    ['a group that does not say', 'unknown', () => (cache.groups.sessions!.AtRestEncryptionEnabled = undefined)],
    ['instances not permitted', 'unknown', broken('denied', { action: 'rds:DescribeDBInstances' })],
    ['clusters not permitted', 'unknown', broken('denied', { action: 'rds:DescribeDBClusters' })],
    ['volumes throttled', 'unknown', broken('throttled', { action: 'ec2:DescribeVolumes' })],
    ['one bucket not permitted', 'unknown', broken('denied', { action: 's3:GetEncryptionConfiguration', times: 1 })],
    ['buckets not permitted', 'unknown', broken('denied', { action: 's3:ListAllMyBuckets' })],
    ['caches not permitted', 'unknown', broken('denied', { action: 'elasticache:DescribeReplicationGroups' })],
    ['volumes answered with garbage', 'unknown', broken('garbage', { action: 'ec2:DescribeVolumes' })],
    ['buckets answered with garbage', 'unknown', broken('garbage', { action: 's3:ListAllMyBuckets' })],
    ['instances answered with garbage', 'unknown', broken('garbage', { action: 'rds:DescribeDBInstances' })],
    ['caches answered with garbage', 'unknown', broken('garbage', { action: 'elasticache:DescribeCacheClusters' })],
    ['all not permitted', 'unknown', broken('denied')],
    ['denied by the organisation', 'unknown', broken('explicitly denied')],
    ['throttled', 'unknown', broken('throttled')],
    ['unknown key', 'unknown', broken('unknown key')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict()).toBe(expected);
  });

  test('a bucket without a key of KMS warns where one is wanted', async () => {
    expect(await verdict({ kms: true })).toBe('warn');
    expect(await verdict({ kms: true, except: ['assets'] })).toBe('ok');
  });
});
