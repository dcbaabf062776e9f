import type { ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import ecsCapacity from '../../../../src/checks/ecs-capacity.ts';
import { type CapacityState, ecsCapacityStandIn } from '../../../support/aws/ecs-capacity.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { type ScalingState, scalingStandIn } from '../../../support/aws/scaling.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';

const state: CapacityState = { clusters: {}, details: {}, instances: {}, providers: [] };
const scaling: ScalingState = { targets: [], policies: [], activities: [] };
const aws = new AwsServer([ecsCapacityStandIn(state), scalingStandIn(scaling)]);
const prod = { cluster: 'prod' };

const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const instance = (change: ContainerInstance = {}): ContainerInstance => ({
  ...{ status: 'ACTIVE', agentConnected: true },
  registeredResources: [
    { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 16_000 },
  ],
  remainingResources: [
    { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 4_000 },
  ],
  ...change,
});
const full = () =>
  instance({
    remainingResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: 0 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 4_000 },
    ],
  });
const scalable = (ResourceId: string, MinCapacity: number, MaxCapacity: number) => ({
  ...{ ResourceId, MinCapacity, MaxCapacity },
});
const service = (count: number) => ({ desiredCount: count, runningCount: count });
function activity(minutes: number, change: Partial<ScalingActivity> = {}) {
  const StartTime = minutesAgo(minutes);
  scaling.activities.push({ ResourceId: 'service/prod/web', StatusCode: 'Successful', StartTime, ...change });
}
/** Tasks that wait, for instances and for Fargate. */
const pending = (ec2: number, fargate: number) => ({
  pendingTasksCount: ec2 + fargate,
  statistics: [
    { name: 'pendingEC2TasksCount', value: String(ec2) },
    { name: 'pendingFargateTasksCount', value: String(fargate) },
  ],
});
const atMost = { NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10, CurrentCapacity: 10 }] };

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.clusters = { prod: { services: { web: service(4), worker: service(2), cron: service(1) } } };
  state.details = { prod: { status: 'ACTIVE', capacityProviders: ['FARGATE', 'ec2'], ...pending(0, 0) } };
  state.instances = { 'i-1': instance({ ec2InstanceId: 'i-1' }), 'i-2': instance({ ec2InstanceId: 'i-2' }) };
  state.providers = [{ name: 'ec2', status: 'ACTIVE', updateStatus: 'UPDATE_COMPLETE' }];
  state.undescribedInstances = {};
  scaling.targets = [
    scalable('service/prod/web', 2, 10),
    scalable('service/prod/worker', 1, 4),
    scalable('service/staging/web', 1, 1),
  ];
  scaling.policies = scaling.targets.map(({ ResourceId }) => ({ ResourceId, PolicyType: 'TargetTrackingScaling' }));
  scaling.activities = [];
});

const look = async (params: object = prod) => (await measure(ecsCapacity, params as typeof prod)).facts;
const rules = async (params: object = prod) => fired(ecsCapacity, params as typeof prod, await look(params));

describe('capacity', () => {
  test('healthy: what it measures, nothing fires', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ targets_read: true, placed_read: true, policies_read: true, activities_read: true, providers_read: true },
      ...{
        status: 'ACTIVE',
        pending_tasks: 0,
        pending_ec2_tasks: 0,
        capacity_providers: ['FARGATE', 'ec2'],
        providers_broken: [],
      },
      ...{ instances: 2, instances_connected: 2, instances_draining: 0, disconnected: [], instances_failed: [] },
      ...{ cpu_reserved_pct: 75, memory_reserved_pct: 75, targets: 2, not_as_expected: [], without_policy: [] },
      ...{ suspended: [], at_max: [], out_of_range: [], capped: [], activities: 0, failed_activities: [] },
      unread: [],
    });
    expect(fired(ecsCapacity, prod, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(ecsCapacity.facts({} as never)).sort());
    expect(Object.keys(aws.counts()).sort()).toEqual([...ecsCapacity.iam].sort());
  });

  test('on Fargate there are no instances to ask for, and no provider', async () => {
    state.instances = {};
    state.details.prod!.capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    expect(await look()).toMatchObject({ instances: 0, cpu_reserved_pct: null, providers_broken: [], unread: [] });
    expect(await rules()).toEqual([]);
    expect(aws.counts()).not.toHaveProperty('ecs:ListContainerInstances');
    expect(aws.counts()).not.toHaveProperty('ecs:DescribeCapacityProviders');
  });

  test('250 instances: 3 pages, 3 descriptions; a draining one gives no room', async () => {
    state.instances = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`i-${i}`, instance()]));
    state.instances['i-7'] = instance({ status: 'DRAINING' });
    expect(await look()).toMatchObject({ instances: 250, instances_connected: 249, instances_draining: 1 });
    expect(aws.counts()).toMatchObject({ 'ecs:ListContainerInstances': 3, 'ecs:DescribeContainerInstances': 3 });
  });

  test('one that was deregistered since the listing is no fault', async () => {
    state.undescribedInstances = { 'i-2': 'MISSING' };
    expect(await look()).toMatchObject({ instances: 1, disconnected: [], unread: [] });
  });

  test('more instances than it reads: no counts, and it says so', async () => {
    state.instances = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`i-${i}`, instance()]));
    expect(await look()).toMatchObject({
      ...{ instances: null, disconnected: null, targets: 2 },
      unread: ['container instances past the first 2000'],
    });
    expect(await awsVerdict(ecsCapacity, prod)).toBe('unknown');
  });

  test('tasks that start on Fargate are none that wait for instances', async () => {
    state.instances = {};
    Object.assign(state.details.prod!, pending(0, 12));
    expect(await look()).toMatchObject({ instances: 0, pending_tasks: 12, pending_ec2_tasks: 0 });
    expect(await rules()).toEqual([]);
  });

  test.each([
    [['ec2'], 12],
    [['FARGATE'], 0],
    [['FARGATE', 'ec2'], null],
    [[], null],
  ])('where AWS does not count them apart, providers %j leave %j waiting for instances', async (providers, waiting) => {
    state.instances = {};
    const undivided = { capacityProviders: providers, pendingTasksCount: 12, statistics: undefined };
    Object.assign(state.details.prod!, undivided);
    expect(await look()).toMatchObject({ pending_ec2_tasks: waiting });
    const verdicts = new Map([
      [12, 'fail'],
      [0, 'ok'],
    ]);
    expect(await awsVerdict(ecsCapacity, prod)).toBe(verdicts.get(waiting ?? -1) ?? 'unknown');
  });

  test('full instances are no fault while nothing waits', async () => {
    state.instances = { 'i-1': full(), 'i-2': full() };
    expect(await look()).toMatchObject({ cpu_reserved_pct: 100, memory_reserved_pct: 75 });
    expect(await rules()).toEqual([]);
  });
});

describe('scaling', () => {
  test('not judged where it is switched off', async () => {
    const params = { ...prod, scaling: false };
    expect(await look(params)).toMatchObject({ instances: 2, targets: null, unread: [] });
    expect(await rules(params)).toEqual([]);
    expect(Object.keys(aws.counts()).sort()).toEqual(ecsCapacity.iamFor?.(ecsCapacity.params.parse(params)).toSorted());
    expect(ecsCapacity.iamFor?.(ecsCapacity.params.parse(prod))).toEqual(ecsCapacity.iam);
  });

  test('both limits the same: it can’t scale, so it is not pinned', async () => {
    scaling.targets[0] = scalable('service/prod/web', 4, 4);
    expect(await look()).toMatchObject({ at_max: [], out_of_range: [] });
  });

  test('named services and other targets, with their limits', async () => {
    const database = scalable('cluster:main', 1, 5);
    scaling.targets.push({ ...database, ServiceNamespace: 'rds' });
    scaling.policies.push({ ResourceId: 'cluster:main', ServiceNamespace: 'rds' });
    const params = {
      ...{ ...prod, services: ['web', 'cron', 'nope'] },
      targets: [
        { namespace: 'rds', resource: 'cluster:main', min: 1, max: 3 },
        { namespace: 'rds', resource: 'cluster:other' },
        { namespace: 'ecs', resource: 'service/prod/worker', max: 4 },
      ],
    };
    expect(await look(params)).toMatchObject({
      targets: 3,
      not_as_expected: [
        'cron does not scale by itself',
        'nope does not scale by itself',
        'cluster:main 1 to 5 (want 1 to 3)',
        'cluster:other does not scale by itself',
      ],
      without_policy: [],
      unread: [],
    });
    expect(await rules(params)).toEqual(['warn size(not_as_expected) > 0']);
  });

  test('a service of another cluster is refused: its tasks would be looked up in this one', () => {
    const parse = (cluster: string, resource: string) =>
      ecsCapacity.params.safeParse({ cluster, targets: [{ namespace: 'ecs', resource }] });
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod';
    for (const cluster of ['prod', arn]) expect(parse(cluster, 'service/prod/web').success).toBe(true);
    for (const resource of ['service/staging/web', 'service/prod2/web', 'web'])
      expect(parse(arn, resource).error?.issues).toMatchObject([
        { path: ['targets', 0, 'resource'], message: expect.stringContaining('service/prod/NAME') },
      ]);
  });

  test('activities of this cluster in the window, over several pages', async () => {
    for (let i = 0; i < 60; i += 1) activity(i % 50);
    activity(61);
    activity(5, { ResourceId: 'service/staging/web', StatusCode: 'Failed' });
    activity(3, atMost);
    expect(await look()).toMatchObject({ activities: 60, failed_activities: [], capped: ['web'] });
    expect(aws.counts()['application-autoscaling:DescribeScalingActivities']).toBe(2);
  });

  test('a scalable target whose service is gone', async () => {
    delete state.clusters.prod!.services.worker;
    expect(await look()).toMatchObject({ targets: 2, at_max: [], out_of_range: [], unread: [] });
  });

  test('its policies refused: named with what to grant, the rest holds', async () => {
    aws.break('denied', { action: 'application-autoscaling:DescribeScalingPolicies' });
    expect(await look()).toMatchObject({
      ...{ targets: 2, without_policy: null, at_max: [] },
      unread: [
        'application-autoscaling:DescribeScalingPolicies on targets of ecs in eu-west-1: AccessDenied → grant application-autoscaling:DescribeScalingPolicies',
      ],
    });
  });
});

describe('planted faults', () => {
  type Plant = () => void;
  const first =
    (change: ContainerInstance): Plant =>
    () => {
      state.instances['i-1'] = instance({ ec2InstanceId: 'i-1', ...change });
    };
  const desired =
    (count: number): Plant =>
    () => {
      state.clusters.prod!.services.web = service(count);
    };
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const scales = (operation: string) => ({ action: `application-autoscaling:${operation}` });
  const noneConnected = () => {
    for (const one of Object.values(state.instances)) one.agentConnected = false;
  };
  const only =
    (change: ContainerInstance, waiting = 0): Plant =>
    () => {
      state.instances = { 'i-1': instance(change) };
      Object.assign(state.details.prod!, pending(waiting, 0));
    };
  const lost = () => {
    state.instances = {};
    Object.assign(state.details.prod!, pending(12, 0));
  };
  const noRoom = () => {
    state.instances = { 'i-1': full(), 'i-2': full() };
    Object.assign(state.details.prod!, pending(2, 0));
  };

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant]>([
    ['cluster deprovisioning', 'fail', () => (state.details.prod!.status = 'DEPROVISIONING')],
    ['no instance connected', 'fail', noneConnected],
    ['every instance lost, tasks wait', 'fail', lost],
    ['the only instance not connected, tasks wait', 'fail', only({ agentConnected: false }, 1)],
    ['the only instance reconnects', 'warn', only({ agentConnected: false })],
    ['the only instance drains', 'warn', only({ status: 'DRAINING' })],
    ['no room for what waits', 'warn', noRoom],
    ['an agent disconnected', 'warn', first({ agentConnected: false })],
    ['an instance not registered', 'warn', first({ status: 'REGISTRATION_FAILED' })],
    ['a provider inactive', 'warn', () => (state.providers[0]!.status = 'INACTIVE')],
    ['a provider’s update failed', 'warn', () => (state.providers[0]!.updateStatus = 'UPDATE_FAILED')],
    ['a provider gone', 'warn', () => (state.providers = [])],
    ['nothing scales', 'warn', () => (scaling.targets = [])],
    ['a service lost its target', 'warn', () => scaling.targets.shift()],
    ['a target without a policy', 'warn', () => scaling.policies.shift()],
    ['scaling suspended', 'warn', () => (scaling.targets[0]!.SuspendedState = { DynamicScalingOutSuspended: true })],
    ['at the most tasks', 'warn', desired(10)],
    ['fewer tasks than the least', 'warn', desired(1)],
    ['more tasks than the most', 'warn', desired(11)],
    ['was to grow and could not', 'warn', () => activity(4, atMost)],
    ['scaling failed', 'warn', () => activity(4, { StatusCode: 'Failed', StatusMessage: 'Access denied' })],
    ['scaling unfulfilled', 'warn', () => activity(59, { StatusCode: 'Unfulfilled' })],
    ['instances not permitted', 'unknown', broken('denied', { action: 'ecs:ListContainerInstances' })],
    ['instances answered in part', 'unknown', () => (state.undescribedInstances = { 'i-2': 'INTERNAL' })],
    ['an instance without a state', 'unknown', first({ agentConnected: undefined })],
    ['providers not permitted', 'unknown', broken('denied', { action: 'ecs:DescribeCapacityProviders' })],
    ['services not permitted', 'unknown', broken('denied', { action: 'ecs:DescribeServices' })],
    ['targets not permitted', 'unknown', broken('denied', scales('DescribeScalableTargets'))],
    ['activities throttled', 'unknown', broken('throttled', scales('DescribeScalingActivities'))],
    ['policies not permitted', 'unknown', broken('denied', scales('DescribeScalingPolicies'))],
    ['instances are empty', 'unknown', broken('empty', { action: 'ecs:ListContainerInstances' })],
    ['instances are described by nothing', 'unknown', broken('empty', { action: 'ecs:DescribeContainerInstances' })],
    ['providers are empty', 'unknown', broken('empty', { action: 'ecs:DescribeCapacityProviders' })],
    ['services are empty', 'unknown', broken('empty', { action: 'ecs:DescribeServices' })],
    ['targets are empty', 'unknown', broken('empty', scales('DescribeScalableTargets'))],
    ['policies are empty', 'unknown', broken('empty', scales('DescribeScalingPolicies'))],
    ['activities are empty', 'unknown', broken('empty', scales('DescribeScalingActivities'))],
    ['empty', 'unknown', broken('empty')],
    ['no such cluster', 'unknown', () => (state.details = {})],
    ['a cluster without a status', 'unknown', () => (state.details.prod!.status = undefined)],
    ['cluster not permitted', 'unknown', broken('denied', { action: 'ecs:DescribeClusters' })],
    ['cluster throttled', 'unknown', broken('throttled', { action: 'ecs:DescribeClusters' })],
    ['unknown key', 'unknown', broken('unknown key')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, verdict, plant) => {
    plant();
    expect(await awsVerdict(ecsCapacity, { ...prod, services: ['web', 'worker'] })).toBe(verdict);
  });
});

test.each([
  ['ecs:DescribeCapacityProviders', { providers_read: false, providers_broken: null }],
  ['application-autoscaling:DescribeScalableTargets', { targets_read: false, targets: null, not_as_expected: null }],
  ['application-autoscaling:DescribeScalingPolicies', { policies_read: false, without_policy: null }],
  ['application-autoscaling:DescribeScalingActivities', { activities_read: false, capped: null }],
])('an empty answer of %s is not read, and not "there are none"', async (action, facts) => {
  aws.break('empty', { action });
  expect(await look({ ...prod, services: ['web'] })).toMatchObject({
    ...facts,
    unread: [expect.stringMatching(new RegExp(`^${action} on .*not what AWS documents`))],
  });
});

test.for([
  'ecs:ListContainerInstances',
  'ecs:DescribeCapacityProviders',
  'ecs:DescribeServices',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScalingActivities',
])('a hang of %s: unknown, and named', async (action) => {
  expect(await verdictWithSlowPart(aws, action, ecsCapacity, prod)).toMatchObject({
    verdict: 'unknown',
    unread: [expect.stringContaining(action)],
  });
});

test('a hang of the policies hides neither a cluster that is not active nor a service at its most tasks', async () => {
  state.details.prod!.status = 'DEPROVISIONING';
  state.clusters.prod!.services.web = service(10);
  const slow = await verdictWithSlowPart(
    ...([aws, 'application-autoscaling:DescribeScalingPolicies', ecsCapacity, prod] as const),
  );
  expect(slow).toMatchObject({ verdict: 'fail', facts: { at_max: ['web 10'], without_policy: null } });
});

test('no such cluster: what to do', async () => {
  expect(await refusal(measure(ecsCapacity, { cluster: 'nope' }))).toMatchObject({
    reason: 'misconfigured',
    message: 'ecs:DescribeClusters on cluster nope in eu-west-1: no such cluster',
    next: "check the cluster's name and region",
  });
});

test('a hang ends with the probe, and the request with it', async () => {
  aws.break('hang', { action: 'application-autoscaling:DescribeScalingPolicies' });
  const call = aws.nextCall('application-autoscaling:DescribeScalingPolicies');
  const stop = new AbortController();
  const measured = refusal(measure(ecsCapacity, { ...prod, region: 'eu-north-1' }, { signal: stop.signal }));
  const { abandoned } = await call;
  stop.abort();
  expect(await measured).toMatchObject({ reason: 'timeout' });
  await abandoned;
});
