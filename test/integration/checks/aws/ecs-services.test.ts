import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import ecsServices from '../../../../src/checks/ecs-services.ts';
import { type EcsService, type EcsState, ecsStandIn } from '../../../support/aws/ecs.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { judgedByDefault } from '../../../support/probes.ts';

const state: EcsState = { clusters: {} };
const aws = new AwsServer([ecsStandIn(state)]);
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const full = (count: number, taskDefinition = 'web:12'): EcsService => ({
  desiredCount: count,
  runningCount: count,
  taskDefinition,
});
const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`svc-${i}`, full(1, `family-${i}:1`)]));

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.clusters = { prod: { services: { backend: full(3), frontend: full(2) } } };
  state.revisions = { web: 12 };
});

const look = () => measure(ecsServices, { cluster: 'prod' });
const rules = async () => fired(ecsServices, { cluster: 'prod' }, (await look()).facts);

describe('what it measures', () => {
  test('healthy: counts, nothing fires', async () => {
    const { facts } = await look();
    expect(facts).toMatchObject({
      services: 2,
      running: 5,
      desired: 5,
      pending: 0,
      down: [],
      degraded: [],
      missing: [],
      rollouts_in_progress: 0,
      rollouts_failed: [],
      stopped_read: true,
      stopped_tasks: 0,
      failed_tasks: 0,
      behind: [],
      unread: [],
    });
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(ecsServices.facts({ cluster: 'prod' } as never)).sort());
  });

  test('degraded: fewer running than desired warns, with the newest event', async () => {
    state.clusters.prod!.services.backend = {
      ...full(3),
      runningCount: 1,
      pendingCount: 1,
      events: ['(service backend) was unable to place a task because no container instance met its requirements.'],
    };
    const { facts } = await look();
    expect(facts).toMatchObject({ degraded: ['backend 1/3'], down: [], running: 3, pending: 1 });
    expect(facts.events).toEqual([
      'backend was unable to place a task because no container instance met its requirements.',
    ]);
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual(['warn size(degraded) > 0']);
  });

  test('failed: 0 running of 3 fails and is not merely degraded', async () => {
    state.clusters.prod!.services.backend = { ...full(3), runningCount: 0 };
    const { facts } = await look();
    expect(facts).toMatchObject({ down: ['backend 0/3'], degraded: [] });
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual(['fail size(down) > 0']);
  });

  test('scaled to zero is neither down nor degraded; a whole cluster at 0 warns', async () => {
    state.clusters.prod!.services.frontend = full(0);
    expect((await look()).facts).toMatchObject({ scaled_to_zero: ['frontend'], down: [], degraded: [] });
    expect(await rules()).toEqual([]);
    state.clusters.prod!.services.backend = full(0);
    expect(await rules()).toEqual(['warn desired == 0']);
  });

  test('rollouts: in progress, failed, and rolled back by the circuit breaker', async () => {
    const services = state.clusters.prod!.services;
    services.backend = { ...full(3), deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] };
    expect((await look()).facts).toMatchObject({ rollouts_in_progress: 1, rollouts_failed: [] });
    services.backend.deployments = [
      {
        status: 'PRIMARY',
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
    ];
    services.frontend!.deployments = [
      {
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/123.',
      },
    ];
    const { facts } = await look();
    expect(facts.rollouts_failed).toEqual([
      'backend (circuit breaker: tasks failed to start)',
      'frontend (circuit breaker: rolling back to deploymentId ecs-svc/123)',
    ]);
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual(['fail size(rollouts_failed) > 0']);
  });

  test('named services: one missing, one being deleted', async () => {
    state.clusters.prod!.services.old = { ...full(0), status: 'INACTIVE' };
    const params = { cluster: 'prod', services: ['backend', 'old', 'nope', 'backend'] };
    const { facts } = await measure(ecsServices, params);
    expect(facts).toMatchObject({ services: 1, missing: ['nope', 'old (INACTIVE)'] });
    expect(fired(ecsServices, params, facts)).toEqual(['fail size(missing) > 0']);
    expect(aws.counts()).not.toHaveProperty('ecs:ListServices');
  });

  test('behind the newest revision, one call for each family', async () => {
    state.revisions = { web: 14 };
    expect((await look()).facts.behind).toEqual(['backend 12 (newest 14)', 'frontend 12 (newest 14)']);
    expect(aws.counts()['ecs:ListTaskDefinitions']).toBe(1);
    aws.forget();
    expect((await measure(ecsServices, { cluster: 'prod', revisions: false })).facts.behind).toBeNull();
    expect(aws.counts()).not.toHaveProperty('ecs:ListTaskDefinitions');
  });
});

describe('stopped tasks', () => {
  const oom = {
    group: 'service:backend',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'web', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  };

  test('are counted inside the window, with reasons; deployments and people are no failures', async () => {
    state.clusters.prod!.stopped = [
      { ...oom, stoppedAt: minutesAgo(5) },
      { ...oom, stoppedAt: minutesAgo(59) },
      { ...oom, stoppedAt: minutesAgo(61) },
      {
        group: 'service:frontend',
        stoppedAt: minutesAgo(1),
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1234567890)',
      },
      {
        group: 'service:frontend',
        stoppedAt: minutesAgo(1),
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x:1:tg/a/b)',
      },
      { group: 'service:frontend', stoppedAt: minutesAgo(1), stopCode: 'UserInitiated', stoppedReason: 'restart' },
      { ...oom, group: 'family:nightly', stoppedAt: minutesAgo(1) },
    ];
    const { facts } = await look();
    expect(facts).toMatchObject({ stopped_tasks: 5, failed_tasks: 3, crashing: [] });
    expect(facts.stopped_reasons).toEqual([
      'backend: Essential container in task exited (web exit 137, OutOfMemoryError: Container killed due to memory usage) ×2',
      'frontend: Task failed ELB health checks ×1',
      'frontend: Scaling activity initiated ×1',
      'frontend: restart ×1',
    ]);
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual([]);
  });

  test('a crash loop warns although every task runs at this moment', async () => {
    state.clusters.prod!.stopped = [1, 2, 3].map((minute) => ({ ...oom, stoppedAt: minutesAgo(minute) }));
    const { facts } = await look();
    expect(facts).toMatchObject({ degraded: [], crashing: ['backend 3'] });
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual(['warn size(crashing) > 0']);
  });

  test('of named services only', async () => {
    state.clusters.prod!.stopped = [
      { ...oom, stoppedAt: minutesAgo(1) },
      { ...oom, group: 'service:frontend', stoppedAt: minutesAgo(1) },
    ];
    const { facts } = await measure(ecsServices, { cluster: 'prod', services: ['frontend'], stopped_window: '10m' });
    expect(facts).toMatchObject({ stopped_tasks: 1 });
    expect(aws.calls.find((call) => call.action === 'ecs:ListTasks')?.input.serviceName).toBe('frontend');
  });

  test('several pages are read, up to 500, and the rest is owned up to', async () => {
    const stopped = (count: number) => Array.from({ length: count }, () => ({ ...oom, stoppedAt: minutesAgo(1) }));
    state.clusters.prod!.stopped = stopped(150);
    expect((await look()).facts).toMatchObject({ stopped_tasks: 150, unread: [] });
    state.clusters.prod!.stopped = stopped(501);
    const { facts } = await look();
    expect(facts).toMatchObject({
      stopped_tasks: null,
      failed_tasks: null,
      crashing: ['backend 500'],
      unread: ['stopped tasks past the first 500'],
    });
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual([
      'warn size(crashing) > 0',
      'warn size(unread) > 0',
    ]);
  });

  test('a crash loop may hide behind others’ stopped tasks: nobody says that there is none', async () => {
    const job = { ...oom, group: 'family:nightly', stoppedAt: minutesAgo(1) };
    state.clusters.prod!.stopped = [
      ...Array.from({ length: 600 }, () => job),
      ...Array.from({ length: 9 }, () => ({ ...oom, stoppedAt: minutesAgo(1) })),
    ];
    const { facts } = await look();
    expect(facts).toMatchObject({ crashing: null, stopped_tasks: null, stopped_reasons: null });
    expect(judgedByDefault(ecsServices, { cluster: 'prod' }, facts)).toBe('unknown');
    const named = await measure(ecsServices, { cluster: 'prod', services: ['backend'] });
    expect(named.facts).toMatchObject({ crashing: ['backend 9'] });
  });

  test('not permitted: the services are still measured, what was not read is null and unknown', async () => {
    state.clusters.prod!.services.backend = { ...full(3), runningCount: 1 };
    aws.break('denied', { action: 'ecs:ListTasks' });
    const { facts } = await look();
    expect(facts).toMatchObject({
      degraded: ['backend 1/3'],
      stopped_read: false,
      stopped_tasks: null,
      failed_tasks: null,
      stopped_reasons: null,
      crashing: null,
      unread: ['ecs:ListTasks on cluster prod in eu-west-1: AccessDenied → grant ecs:ListTasks'],
    });
    expect(judgedByDefault(ecsServices, { cluster: 'prod' }, facts)).toBe('unknown');
  });

  test('off: not asked for, nothing warns', async () => {
    const params = { cluster: 'prod', stopped_window: 'off' as const };
    const { facts } = await measure(ecsServices, params);
    expect(facts).toMatchObject({ stopped_tasks: null, crashing: null, unread: [] });
    expect(fired(ecsServices, params, facts)).toEqual([]);
    expect(aws.counts()).not.toHaveProperty('ecs:ListTasks');
  });

  test('revisions not permitted: `behind` is null, which no rule judges, and warns', async () => {
    aws.break('denied', { action: 'ecs:ListTaskDefinitions' });
    const { facts } = await look();
    expect(facts).toMatchObject({ behind: null, unread: [expect.stringContaining('grant ecs:ListTaskDefinitions')] });
    expect(fired(ecsServices, { cluster: 'prod' }, facts)).toEqual(['warn size(unread) > 0']);
  });
});

describe('size', () => {
  test('25 services: one list page, 3 DescribeServices of at most 10', async () => {
    state.clusters.prod!.services = numbered(25);
    expect((await look()).facts).toMatchObject({ services: 25, running: 25 });
    expect(aws.counts()).toMatchObject({ 'ecs:ListServices': 1, 'ecs:DescribeServices': 3 });
  });

  test('250 services: 3 list pages, 25 DescribeServices, no call for each of 250 families', async () => {
    state.clusters.prod!.services = numbered(250);
    const { facts } = await look();
    expect(facts).toMatchObject({ services: 250, running: 250, behind: null });
    expect(aws.counts()).toEqual({
      'ecs:ListServices': 3,
      'ecs:DescribeServices': 25,
      'ecs:ListTasks': 1,
    });
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied', { action: 'ecs:DescribeServices' });
    expect(await refusal(look())).toEqual({
      reason: 'denied',
      message: 'ecs:DescribeServices on cluster prod in eu-west-1: AccessDenied',
      next: 'grant ecs:DescribeServices',
      retryable: false,
    });
    expect(aws.counts()['ecs:DescribeServices']).toBe(1);
  });

  test('a part of the services is no answer', async () => {
    state.clusters.prod!.undescribed = { backend: 'ACCESS_DENIED' };
    expect(await refusal(look())).toMatchObject({
      reason: 'denied',
      message: 'ecs:DescribeServices on cluster prod in eu-west-1 answered in part: backend: ACCESS_DENIED',
      next: 'grant ecs:DescribeServices on every service of the cluster',
    });
    state.clusters.prod!.undescribed = { backend: 'INTERNAL' };
    expect(await refusal(look())).toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('INTERNAL'),
    });
    state.clusters.prod = { services: { 'access-log': full(1) }, undescribed: { 'access-log': null } };
    expect(await refusal(look())).toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('nothing about access-log'),
    });
  });

  test.for(['desiredCount', 'runningCount'])('a service without %s is no answer', async (member) => {
    state.clusters.prod!.services.backend = { ...full(3), [member]: undefined };
    expect(await refusal(look())).toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('backend without its counts'),
    });
  });

  test('throttled once: the SDK asks again; throttled twice: unknown', async () => {
    aws.break('throttled', { action: 'ecs:ListServices', times: 1 });
    expect((await look()).facts).toMatchObject({ services: 2 });
    aws.break('throttled', { action: 'ecs:ListServices' });
    expect(await refusal(look())).toMatchObject({ reason: 'throttled', retryable: false });
    expect(aws.counts()['ecs:ListServices']).toBe(4);
  });

  test('no such cluster, and a cluster without services', async () => {
    expect(await refusal(measure(ecsServices, { cluster: 'nope' }))).toMatchObject({
      reason: 'misconfigured',
      message: 'ecs:ListServices on cluster nope in eu-west-1: no such cluster',
    });
    state.clusters.prod = { services: {} };
    expect(await refusal(look())).toMatchObject({
      reason: 'empty',
      message: 'cluster prod in eu-west-1 has no services',
    });
    state.clusters.prod = { services: { old: { ...full(0), status: 'INACTIVE' } } };
    expect(await refusal(look())).toMatchObject({ reason: 'empty' });
  });

  test('a dropped connection is unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look())).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('an answer that hangs ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 'ecs:DescribeServices' });
    const asked = aws.nextCall('ecs:DescribeServices');
    const stop = new AbortController();
    const measured = refusal(measure(ecsServices, { cluster: 'prod' }, { signal: stop.signal }));
    const call = await asked;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });

  test('an answer without its tasks is none about tasks', async () => {
    aws.break('empty', { action: 'ecs:ListTasks' });
    const { facts } = await look();
    expect(facts).toMatchObject({ stopped_read: false, stopped_tasks: null });
    expect(facts.unread).toEqual([expect.stringContaining('ecs:ListTasks on cluster prod in eu-west-1')]);
  });

  test.for([
    ['ecs:ListTasks', 'unknown'],
    // No default rule asks for the newest revisions.
    ['ecs:ListTaskDefinitions', 'warn'],
  ] as const)('a hang of %s hides no service that is down; else it is named: %s', async ([action, verdict]) => {
    const slow = () => verdictWithSlowPart(aws, action, ecsServices, { cluster: 'prod' });
    expect(await slow()).toMatchObject({ verdict, unread: [expect.stringContaining(action)] });
    aws.mend();
    state.clusters.prod!.services.backend = { ...full(3), runningCount: 0 };
    expect(await slow()).toMatchObject({ verdict: 'fail', facts: { down: ['backend 0/3'] } });
  });

  test('a hang in the stopped tasks is the end of the check, not a remark', async () => {
    aws.break('hang', { action: 'ecs:ListTasks' });
    const asked = aws.nextCall('ecs:ListTasks');
    const stop = new AbortController();
    const measured = refusal(measure(ecsServices, { cluster: 'prod' }, { signal: stop.signal }));
    await asked;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
  });

  test.for([
    ['expired', 'denied', 'renew the credentials'],
    ['unknown key', 'denied', 'renew the credentials'],
    ['explicitly denied', 'denied', 'allow ecs:ListServices in the service control policy'],
    ['not subscribed', 'not_entitled', 'enable the service in eu-west-1'],
    ['internal', 'error', undefined],
    ['unavailable', 'error', undefined],
    ['garbage', 'invalid_answer', undefined],
    ['empty', 'invalid_answer', undefined],
  ] as const)('%s → %s', async ([fault, reason, next]) => {
    aws.break(fault);
    expect(await refusal(look())).toMatchObject({ reason, next });
  });
});

test('regions have clients of their own', async () => {
  await measure(ecsServices, { cluster: 'prod', region: 'us-east-2', stopped_window: 'off', revisions: false });
  expect(new Set(aws.calls.map((call) => call.region))).toEqual(new Set(['us-east-2']));
});
