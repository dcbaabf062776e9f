import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import loadBalancer from '../../../../src/checks/load-balancer.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { type ElbState, elbStandIn, pathOf, type Target } from '../../../support/aws/elb.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';

const state: ElbState = { balancers: {}, groups: {} };
const cloudWatch: CloudWatchState = { metrics: [] };
const aws = new AwsServer([elbStandIn(state), cloudWatchStandIn(cloudWatch)]);
const shop = { load_balancer: 'shop' };

const healthy: Target = { state: 'healthy' };
const unhealthy: Target = { state: 'unhealthy', reason: 'Target.Timeout' };
const as = (state: string, reason?: string): Target => ({ state, ...(reason && { reason }) });
/** So many a minute. */
function count(metric: string, value: number, name = 'shop') {
  const dimensions = { LoadBalancer: pathOf(state, name) };
  cloudWatch.metrics.push({ namespace: 'AWS/ApplicationELB', metric, dimensions, statistic: 'Sum', at: () => value });
}

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  Object.assign(state, { balancers: { shop: {} }, groupsPerPage: undefined, hidden: [] });
  state.groups = {
    web: { behind: ['shop'], targets: [healthy, healthy] },
    api: { behind: ['shop'], targets: [healthy] },
  };
  cloudWatch.metrics = [];
  count('RequestCount', 200);
});

const look = async (params: object = shop) => (await measure(loadBalancer, params as typeof shop)).facts;
const rules = async () => fired(loadBalancer, shop, await look());

describe('what it measures', () => {
  test('healthy: all groups of the load balancer, no 5xx, nothing fires', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{
        balancers_read: true,
        traffic_read: true,
        balancers: 1,
        balancers_failed: [],
        balancers_not_active: [],
        target_groups: 2,
        targets: 3,
        healthy: 3,
      },
      ...{ unhealthy: 0, initial: 0, draining: 0, unused: 0, gone: 0, down: [], degraded: [], unchecked: [] },
      ...{ without_targets: [], http: true, requests_5m: 1000, errors_5m: 0, error_pct: 0, unread: [] },
    });
    expect(fired(loadBalancer, shop, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(loadBalancer.facts({} as never)).sort());
  });

  test('a deployment: old targets drain, new ones are being checked, an idle group is empty', async () => {
    state.groups.web!.targets = [healthy, healthy, as('draining', 'Target.DeregistrationInProgress')];
    state.groups.green = { behind: ['shop'], targets: [] };
    state.groups.blue = { behind: ['shop'], targets: [as('unused', 'Target.NotInUse')] };
    expect(await look()).toMatchObject({ draining: 1, unused: 1, down: [], without_targets: ['green', 'blue'] });
    expect(await rules()).toEqual(['warn size(without_targets) > 0']);
    const idle = { ...shop, idle: ['green', 'blue'] };
    const facts = await look(idle);
    expect(facts).toMatchObject({ unused: 1, without_targets: [] });
    expect(fired(loadBalancer, idle, facts)).toEqual([]);
    state.groups.web!.targets.push(as('initial', 'Elb.RegistrationInProgress'));
    expect(await look()).toMatchObject({ initial: 1, degraded: ['web 2/3 (Elb.RegistrationInProgress ×1)'] });
  });

  test('some unhealthy: degraded, with the reasons, the most frequent first', async () => {
    state.groups.web!.targets = [healthy, as('unhealthy', 'Target.ResponseCodeMismatch'), unhealthy, unhealthy];
    expect((await look()).degraded).toEqual(['web 1/4 (Target.Timeout ×2, Target.ResponseCodeMismatch ×1)']);
    expect(await rules()).toEqual(['warn size(degraded) > 0']);
  });

  test.for(['Target.InvalidState', 'Target.IpUnusable'])('unused for %s: not healthy', async (reason) => {
    const stopped = as('unused', reason);
    state.groups.web!.targets = [healthy, stopped, stopped, as('unused', 'Target.NotRegistered')];
    expect(await look()).toMatchObject({ unused: 1, gone: 2, degraded: [`web 1/3 (${reason} ×2)`], down: [] });
    state.groups.api!.targets = [stopped, stopped];
    expect((await look()).down).toEqual([`api 0/2 (${reason} ×2)`]);
    expect(await rules()).toContain('fail size(down) > 0');
  });

  test('none healthy in one group: down, although the others serve', async () => {
    state.groups.api!.targets = [unhealthy, as('initial', 'Elb.InitialHealthChecking')];
    expect((await look()).down).toEqual(['api 0/2 (Target.Timeout ×1, Elb.InitialHealthChecking ×1)']);
    expect(await rules()).toEqual(['fail size(down) > 0']);
  });

  test('5xx of the targets and of the load balancer itself, of all requests', async () => {
    count('HTTPCode_Target_5XX_Count', 6);
    count('HTTPCode_ELB_5XX_Count', 4);
    expect(await look()).toMatchObject({ errors_5m: 50, error_pct: 5 });
    expect(await rules()).toEqual([]);
  });

  test('answers of its own without any request passed on are 100 %', async () => {
    cloudWatch.metrics = [];
    count('HTTPCode_ELB_5XX_Count', 1);
    expect(await look()).toMatchObject({ requests_5m: 0, errors_5m: 5, error_pct: 100 });
  });

  test('nobody comes: 0 %, not unknown', async () => {
    cloudWatch.metrics = [];
    expect(await look()).toMatchObject({ requests_5m: 0, error_pct: 0, unread: [] });
  });

  test('a network load balancer counts no requests', async () => {
    state.balancers.shop = { type: 'network' };
    expect(await look()).toMatchObject({ http: false, requests_5m: 0, error_pct: 0, unread: [] });
    expect(await rules()).toEqual([]);
    expect(aws.counts()).not.toHaveProperty('cloudwatch:GetMetricData');
  });

  test('30 groups on several pages', async () => {
    state.groupsPerPage = 20;
    const groups = Array.from({ length: 30 }, (_, i) => [`g${i}`, { behind: ['shop'], targets: [healthy] }]);
    state.groups = Object.fromEntries(groups);
    expect(await look()).toMatchObject({ target_groups: 30, healthy: 30 });
    expect(aws.counts()).toMatchObject({
      'elasticloadbalancing:DescribeTargetGroups': 2,
      'elasticloadbalancing:DescribeTargetHealth': 30,
    });
  });

  test('named target groups, with the load balancers that send to them', async () => {
    state.balancers.back = { type: 'network' };
    state.groups.queue = { behind: ['back'], targets: [healthy] };
    const facts = await look({ target_groups: ['web', 'queue', 'web'] });
    expect(facts).toMatchObject({ balancers: 2, target_groups: 2, targets: 3, requests_5m: 1000 });
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...loadBalancer.iam].sort());
});

describe('planted faults', () => {
  type Plant = () => void;
  const web =
    (...targets: Target[]): Plant =>
    () => {
      state.groups.web!.targets = targets;
    };
  const all =
    (...targets: Target[]): Plant =>
    () => {
      for (const group of Object.values(state.groups)) group.targets = targets;
    };
  const balancer =
    (code: string | undefined): Plant =>
    () => {
      state.balancers.shop = { state: code };
    };
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const unattached = () => {
    state.groups.web = { behind: [], targets: [as('unused', 'Target.NotInUse')] };
  };
  const stopped = as('unused', 'Target.InvalidState');
  const onlyUnchecked = () => {
    web(as('unavailable', 'Target.HealthCheckDisabled'))();
    state.groups.api!.targets = [];
  };
  const elb = (operation: string) => ({ action: `elasticloadbalancing:${operation}` });

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['no target answers in time', 'fail', web(unhealthy, unhealthy)],
    ['every target answers 500', 'fail', web(as('unhealthy', 'Target.ResponseCodeMismatch'))],
    ['all targets drain, unhealthy', 'fail', all(as('unhealthy.draining', 'Target.DeregistrationInProgress'))],
    ['all are only being checked', 'fail', web(as('initial', 'Elb.InitialHealthChecking'))],
    ['no targets at all', 'fail', all()],
    ['none in use', 'fail', all(as('unused', 'Target.NotInUse'))],
    ['all stopped in one of two groups', 'fail', web(stopped, stopped)],
    ['three of four terminated', 'warn', web(healthy, stopped, stopped, stopped)],
    ['one with an address that can’t be used', 'warn', web(healthy, as('unused', 'Target.IpUnusable'))],
    ['unused without a reason', 'warn', web(healthy, as('unused'))],
    ['one of two groups without targets', 'warn', web()],
    ['one of two groups in no zone in use', 'warn', web(as('unused', 'Target.NotInUse'))],
    ['some unhealthy', 'warn', web(healthy, unhealthy)],
    ['health checks off in one group', 'warn', web(as('unavailable', 'Target.HealthCheckDisabled'))],
    ['load balancer failed', 'fail', balancer('failed')],
    ['load balancer impaired', 'warn', balancer('active_impaired')],
    ['load balancer being set up', 'warn', balancer('provisioning')],
    ['6 % answered 5xx', 'warn', () => count('HTTPCode_Target_5XX_Count', 12)],
    ['the load balancer answers 503 itself', 'warn', () => count('HTTPCode_ELB_5XX_Count', 40)],
    ['metrics not permitted', 'unknown', broken('denied', { action: 'cloudwatch:GetMetricData' })],
    ['metrics throttled', 'unknown', broken('throttled', { action: 'cloudwatch:GetMetricData' })],
    ['metrics are empty', 'unknown', broken('empty', { action: 'cloudwatch:GetMetricData' })],
    ['groups are empty', 'unknown', broken('empty', elb('DescribeTargetGroups'))],
    ['health is empty', 'unknown', broken('empty', elb('DescribeTargetHealth'))],
    ['load balancers are empty', 'unknown', broken('empty', elb('DescribeLoadBalancers'))],
    ['empty', 'unknown', broken('empty')],
    ['health checks off everywhere', 'unknown', all(as('unavailable', 'Target.HealthCheckDisabled'))],
    ['health checks off in the only group in use', 'unknown', onlyUnchecked],
    ['no such load balancer', 'unknown', () => (state.balancers = {})],
    ['no target groups', 'unknown', () => (state.groups = {})],
    ['a load balancer without a state', 'unknown', balancer(undefined)],
    ['a target without a state', 'unknown', web(healthy, {})],
    ['health not permitted', 'unknown', broken('denied', elb('DescribeTargetHealth'))],
    ['groups not permitted', 'unknown', broken('explicitly denied', elb('DescribeTargetGroups'))],
    ['load balancers throttled', 'unknown', broken('throttled', elb('DescribeLoadBalancers'))],
    ['groups are garbage', 'unknown', broken('garbage', elb('DescribeTargetGroups'))],
    ['health is garbage', 'unknown', broken('garbage', elb('DescribeTargetHealth'))],
    ['expired keys', 'unknown', broken('expired')],
    ['garbage', 'unknown', broken('garbage')],
    ['unavailable', 'unknown', broken('unavailable')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, verdict, plant) => {
    plant();
    expect(await awsVerdict(loadBalancer, shop)).toBe(verdict);
  });

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['none healthy', 'fail', web(unhealthy)],
    ['behind no load balancer', 'fail', unattached],
    ['without targets', 'fail', web()],
    ['no such group', 'unknown', () => delete state.groups.web],
    ['a group is not answered', 'unknown', () => (state.hidden = ['web'])],
    ['load balancers not permitted', 'unknown', broken('denied', elb('DescribeLoadBalancers'))],
    ['load balancers are empty', 'unknown', broken('empty', elb('DescribeLoadBalancers'))],
    ['groups are empty', 'unknown', broken('empty', elb('DescribeTargetGroups'))],
    ['all stopped', 'fail', web(stopped)],
  ])('named groups: %s → %s', async (_, verdict, plant) => {
    plant();
    expect(await awsVerdict(loadBalancer, { target_groups: ['web', 'api'] })).toBe(verdict);
  });
});

test('which groups may be idle is said of a load balancer, not of groups that are named', () => {
  expect(loadBalancer.params.safeParse({ target_groups: ['web'], idle: ['green'] }).error?.issues).toMatchObject([
    { path: ['idle'] },
  ]);
});

describe('a part that hangs', () => {
  const health = 'elasticloadbalancing:DescribeTargetHealth';
  const slow = (action: string, params: object = shop, times?: number) =>
    verdictWithSlowPart(aws, action, loadBalancer, params as typeof shop, times);
  const named = (action: string) => expect.arrayContaining([expect.stringContaining(action)]);

  test('5xx answers: unknown, and named; a group that is down is told', async () => {
    const action = 'cloudwatch:GetMetricData';
    expect(await slow(action)).toMatchObject({ verdict: 'unknown', unread: [expect.stringContaining(action)] });
    aws.mend();
    state.groups.web!.targets = [unhealthy];
    expect(await slow(action)).toMatchObject({ verdict: 'fail', facts: { down: ['web 0/1 (Target.Timeout ×1)'] } });
  });

  test('the load balancers of named groups', async () => {
    const [action, groups] = ['elasticloadbalancing:DescribeLoadBalancers', { target_groups: ['web', 'api'] }];
    expect(await slow(action, groups)).toMatchObject({ verdict: 'unknown', unread: named(action) });
    aws.mend();
    state.groups.web!.targets = [unhealthy];
    expect((await slow(action, groups)).verdict).toBe('fail');
  });

  test('the targets of one group of two: that the other has healthy ones is no proof', async () => {
    expect(await slow(health, shop, 1)).toMatchObject({
      ...{ verdict: 'unknown', facts: { target_groups: 1, healthy: null, down: null, without_targets: null } },
      unread: named(health),
    });
    for (const group of Object.values(state.groups)) group.targets = [unhealthy];
    expect((await slow(health, shop, 1)).verdict).toBe('fail');
  });

  test('all targets: a load balancer that failed is told', async () => {
    state.balancers.shop = { state: 'failed' };
    expect(await slow(health)).toMatchObject({ verdict: 'fail', unread: named(health) });
  });
});

test('health checks that are off hide no load balancer that failed, and no named group without targets', async () => {
  for (const group of Object.values(state.groups)) group.targets = [as('unavailable', 'Target.HealthCheckDisabled')];
  state.balancers.shop = { state: 'failed' };
  expect(await awsVerdict(loadBalancer, shop)).toBe('fail');
  state.balancers.shop = {};
  state.groups.web!.targets = [];
  expect(await awsVerdict(loadBalancer, { target_groups: ['web', 'api'] })).toBe('fail');
});

describe('what it says', () => {
  test('of named groups the targets are measured, although the load balancers are refused', async () => {
    state.groups.web!.targets = [unhealthy];
    aws.break('denied', { action: 'elasticloadbalancing:DescribeLoadBalancers' });
    expect(await look({ target_groups: ['web'] })).toMatchObject({
      ...{ down: ['web 0/1 (Target.Timeout ×1)'], balancers: null, error_pct: null },
      unread: [expect.stringContaining('grant elasticloadbalancing:DescribeLoadBalancers')],
    });
  });

  test('a refusal names the group and what to grant', async () => {
    aws.break('denied', { action: 'elasticloadbalancing:DescribeTargetHealth' });
    expect(await refusal(measure(loadBalancer, { target_groups: ['web'] }))).toMatchObject({
      reason: 'denied',
      message: 'elasticloadbalancing:DescribeTargetHealth on target group web in eu-west-1: AccessDenied',
      next: 'grant elasticloadbalancing:DescribeTargetHealth',
    });
  });

  test('garbage in place of the groups is not "has none"', async () => {
    aws.break('garbage', { action: 'elasticloadbalancing:DescribeTargetGroups' });
    expect(await refusal(measure(loadBalancer, shop))).toMatchObject({ reason: 'invalid_answer' });
  });

  test('more groups than it reads: unknown, with the way out', async () => {
    const groups = Array.from({ length: 201 }, (_, i) => [`g${i}`, { behind: ['shop'], targets: [healthy] }]);
    state.groups = Object.fromEntries(groups);
    expect(await refusal(measure(loadBalancer, shop))).toMatchObject({
      reason: 'too_large',
      next: 'name those to check in target_groups',
    });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 'elasticloadbalancing:DescribeTargetHealth' });
    const call = aws.nextCall('elasticloadbalancing:DescribeTargetHealth');
    const stop = new AbortController();
    const measured = refusal(measure(loadBalancer, { ...shop, region: 'eu-north-1' }, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});
