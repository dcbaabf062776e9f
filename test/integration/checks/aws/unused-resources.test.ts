import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import unusedResources from '../../../../src/checks/unused-resources.ts';
import { type Ec2State, type Ec2Volume, ec2StandIn } from '../../../support/aws/ec2.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { type RdsState, rdsStandIn } from '../../../support/aws/rds.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { okReasonOf } from '../../../support/probes.ts';

const ec2: Ec2State = { volumes: {}, addresses: [], groups: {}, instances: {} };
const rds: RdsState = { instances: {}, clusters: {}, snapshots: [], maintenance: {}, parameters: {} };
const aws = new AwsServer([ec2StandIn(ec2), rdsStandIn(rds)]);

const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const volume = (gib: number, days: number, more: Partial<Ec2Volume> = {}): Ec2Volume => ({
  ...{ gib, createdAt: daysAgo(days), ...more },
});
const volumes = (count: number, gib = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`vol-${i}`, volume(gib, 30)]));
const snapshots = (count: number, gib = 1) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ of: 'main', name: `before-${i}`, type: 'manual' as const, gib, takenAt: daysAgo(100) },
  }));
const addresses = (count: number) => Array.from({ length: count }, (_, i) => ({ publicIp: `192.0.2.${i}` }));

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  ec2.volumes = { 'vol-used': volume(100, 400, { state: 'in-use' }) };
  ec2.addresses = [{ publicIp: '192.0.2.200', associationId: 'eipassoc-1' }];
  rds.snapshots = [{ of: 'main', name: 'nightly', type: 'automated', gib: 100, takenAt: daysAgo(200) }];
});

const look = async (more: object = {}) => (await measure(unusedResources, more)).facts;

describe('what it measures', () => {
  test('healthy: what is in use, automated or young is not listed', async () => {
    ec2.volumes['vol-new'] = volume(8, 0.9);
    rds.snapshots.push({ of: 'main', name: 'release-12', type: 'manual', gib: 100, takenAt: daysAgo(89) });
    const facts = await look();
    expect(facts).toEqual({
      ...{ volumes: 0, volumes_list: [], volumes_gib: 0, volumes_limit: 10, volumes_gib_limit: 500 },
      ...{ snapshots: 0, snapshots_list: [], snapshots_gib: 0, snapshots_limit: 20, snapshots_gib_limit: 2000 },
      ...{ addresses: 0, addresses_list: [], addresses_limit: 3, unread: [] },
    });
    expect(fired(unusedResources, {}, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(unusedResources.facts({} as never)).sort());
  });

  test('up to the limits it is information: listed with size and age, the largest first', async () => {
    ec2.volumes = { 'vol-1': volume(8, 40), 'vol-2': volume(200, 3, { name: 'old data' }) };
    ec2.addresses = [{ publicIp: '192.0.2.7', name: 'spare' }];
    rds.snapshots = [
      { of: 'main', name: 'before-upgrade', type: 'manual', gib: 20, takenAt: daysAgo(400) },
      { of: 'shop', name: 'before-move', type: 'manual', gib: 50, takenAt: daysAgo(90), cluster: true },
      { of: 'main', name: 'now', type: 'manual', gib: 50, takenAt: daysAgo(400), status: 'creating' },
    ];
    const facts = await look();
    expect(facts).toMatchObject({
      ...{ volumes: 2, volumes_gib: 208, snapshots: 2, snapshots_gib: 70, addresses: 1 },
      volumes_list: ['vol-2 (old data), 200 GiB, 3 d old', 'vol-1, 8 GiB, 40 d old'],
      snapshots_list: ['before-move, 50 GiB, 90 d old', 'before-upgrade, 20 GiB, 400 d old'],
      addresses_list: ['192.0.2.7 (spare)'],
    });
    expect(fired(unusedResources, {}, facts)).toEqual([]);
  });

  test('only what is looked for is asked', async () => {
    const facts = await look({ look_for: ['addresses'] });
    expect(facts).toMatchObject({ addresses: 0, volumes: null, volumes_list: null, snapshots: null, unread: [] });
    expect(aws.counts()).toEqual({ 'ec2:DescribeAddresses': 1 });
    expect(await awsVerdict(unusedResources, { look_for: ['addresses'] })).toBe('ok');
  });

  it.each<[string, string]>([
    ['volumes', '0 unattached EBS volumes (limit 10)'],
    ['snapshots', '0 old manual RDS snapshots (limit 20)'],
    ['addresses', '0 unassociated Elastic IPs (limit 3)'],
  ])('%s alone: it asks for what it names and vouches for that alone', async (kind, says) => {
    const only = { look_for: [kind as 'volumes'] };
    expect(okReasonOf(unusedResources, only, await look(only))).toBe(says);
    const needed = unusedResources.iamFor?.(unusedResources.params.parse(only)) ?? [];
    expect(Object.keys(aws.counts()).sort()).toEqual(needed.toSorted());
  });

  test('pages are read, lists are bounded', async () => {
    ec2.volumes = volumes(501);
    rds.snapshots = snapshots(101);
    const facts = await look();
    expect(facts).toMatchObject({ volumes: 501, snapshots: 101 });
    expect((facts.volumes_list as string[]).slice(-1)).toEqual(['and 481 more']);
    expect(aws.counts()).toMatchObject({ 'ec2:DescribeVolumes': 2, 'rds:DescribeDBSnapshots': 2 });
  });

  test('past 5000 nobody says how many there are', async () => {
    ec2.volumes = volumes(5_001);
    const facts = await look();
    expect(facts).toMatchObject({ volumes: null, volumes_gib: null });
    expect(facts.unread).toEqual(['unattached EBS volumes past the first 5000']);
    expect(await awsVerdict(unusedResources, {})).toBe('unknown');
  });
});

test('a part that is not permitted does not hide the rest', async () => {
  ec2.volumes = volumes(11);
  aws.break('denied', { action: 'rds:DescribeDBClusterSnapshots' });
  const facts = await look();
  expect(facts).toMatchObject({ volumes: 11, snapshots: null, snapshots_list: null });
  expect(facts.unread).toEqual([
    'rds:DescribeDBClusterSnapshots on manual cluster snapshots in eu-west-1: AccessDenied → grant rds:DescribeDBClusterSnapshots',
  ]);
});

test.for(['ec2:DescribeVolumes', 'ec2:DescribeAddresses', 'rds:DescribeDBSnapshots'])(
  'a hang of %s hides nothing of the rest: unknown, and named',
  async (action) => {
    ec2.addresses = addresses(4);
    ec2.volumes = volumes(11);
    const { verdict, unread, facts } = await verdictWithSlowPart(aws, action, unusedResources, {});
    expect({ verdict, unread }).toEqual({ verdict: 'unknown', unread: [expect.stringContaining(action)] });
    const { volumes: found, addresses: idle } = facts;
    expect([found, idle]).toEqual([action.endsWith('Volumes') ? null : 11, action.endsWith('Addresses') ? null : 4]);
  },
);

test('it asks for nothing that it does not name, and for all that it names', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...unusedResources.iam].sort());
});

test('an answer that hangs ends with the probe', async () => {
  aws.break('hang', { action: 'ec2:DescribeVolumes' });
  const asked = aws.nextCall('ec2:DescribeVolumes');
  const stop = new AbortController();
  const measured = refusal(measure(unusedResources, {}, { signal: stop.signal }));
  const call = await asked;
  stop.abort();
  expect(await measured).toMatchObject({ reason: 'timeout' });
  await call.abandoned;
});

test('nothing permitted: why, and what to grant', async () => {
  aws.break('denied');
  expect(await refusal(measure(unusedResources, { look_for: ['volumes'] }))).toEqual({
    reason: 'denied',
    message: 'ec2:DescribeVolumes on volumes in eu-west-1: AccessDenied',
    next: 'grant ec2:DescribeVolumes',
    retryable: false,
  });
});

describe('planted faults', () => {
  type Plant = () => void;
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);

  it.each<[string, 'warn' | 'unknown', Plant, object?]>([
    ['eleven unattached volumes', 'warn', () => (ec2.volumes = volumes(11))],
    ['one volume of 501 GiB', 'warn', () => (ec2.volumes = volumes(1, 501))],
    ['a volume, where none may be', 'warn', () => (ec2.volumes = volumes(1)), { limits: { volumes: 0 } }],
    ['21 old manual snapshots', 'warn', () => (rds.snapshots = snapshots(21))],
    ['2001 GiB of them', 'warn', () => (rds.snapshots = snapshots(1, 2_001))],
    [
      '21 of a cluster',
      'warn',
      () => (rds.snapshots = snapshots(21).map((each) => ({ ...each, cluster: true as const }))),
    ],
    [
      'snapshots of instance and cluster together',
      'warn',
      () => (rds.snapshots = snapshots(30).map((each, i) => (i % 2 ? { ...each, cluster: true as const } : each))),
    ],
    [
      'a snapshot of eight days, where a week is old',
      'warn',
      () => (rds.snapshots = [{ of: 'main', name: 'x', type: 'manual', gib: 1, takenAt: daysAgo(8) }]),
      { snapshots_older_than: '7d', limits: { snapshots: 0 } },
    ],
    ['four idle addresses', 'warn', () => (ec2.addresses = addresses(4))],
    ['an idle address, where none may be', 'warn', () => (ec2.addresses = addresses(1)), { limits: { addresses: 0 } }],
    ['volumes not permitted', 'unknown', broken('denied', { action: 'ec2:DescribeVolumes' })],
    ['addresses throttled', 'unknown', broken('throttled', { action: 'ec2:DescribeAddresses' })],
    ['snapshots not permitted', 'unknown', broken('explicitly denied', { action: 'rds:DescribeDBSnapshots' })],
    [
      'a volume without its size',
      'unknown',
      () => (ec2.volumes = { 'vol-1': { gib: undefined, createdAt: daysAgo(30) } }),
    ],
    ['nothing permitted', 'unknown', broken('denied')],
    ['all throttled', 'unknown', broken('throttled')],
    ['a proxy answers', 'unknown', broken('garbage')],
    ['the network is gone', 'unknown', broken('drop')],
    ['credentials expired', 'unknown', broken('expired')],
    ['AWS is down', 'unknown', broken('unavailable')],
  ])('%s → %s', async (_, verdict, plant, more = {}) => {
    plant();
    expect(await awsVerdict(unusedResources, more)).toBe(verdict);
  });
});
