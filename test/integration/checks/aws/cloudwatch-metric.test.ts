import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import cloudwatchMetric from '../../../../src/checks/cloudwatch-metric.ts';
import { createBatch } from '../../../../src/health/batch.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';

const state: CloudWatchState = { metrics: [] };
const aws = new AwsServer([cloudWatchStandIn(state)]);
const nowS = now.getTime() / 1000;
const cpu = {
  namespace: 'AWS/ECS',
  metric: 'CPUUtilization',
  dimensions: { ClusterName: 'prod', ServiceName: 'backend' },
};
/** Values of the minutes before the test's moment: index 0 ended at 12:15:00. */
const minutes =
  (...values: (number | undefined)[]) =>
  (epochS: number) =>
    values[(nowS - 30 - epochS) / 60 - 1];

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.metrics = [{ ...cpu, at: minutes(41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52) }];
  state.pointsPerPage = undefined;
  state.evaluate = undefined;
});

const calls = () => aws.counts()['cloudwatch:GetMetricData'] ?? 0;
const look = () => measure(cloudwatchMetric, cpu);

describe('the value', () => {
  test('is the newest complete datapoint; the minute that still runs is not asked for', async () => {
    state.metrics = [{ ...cpu, at: () => 40 }];
    const { facts } = await look();
    expect(facts).toEqual({ value: 40, age_s: 30, datapoints: 5 });
    expect(aws.calls[0]?.input).toMatchObject({ StartTime: nowS - 330, EndTime: nowS - 30 });
  });

  test('comes with its age when data is late', async () => {
    state.metrics = [{ ...cpu, at: minutes(undefined, undefined, 43, 44) }];
    expect((await look()).facts).toEqual({ value: 43, age_s: 150, datapoints: 2 });
  });

  test('held_for: the earlier datapoints reach back behind the hold, oldest first', async () => {
    const { facts, earlier = [] } = await measure(cloudwatchMetric, cpu, { heldForMs: 300_000 });
    expect(facts).toMatchObject({ value: 41, datapoints: 10 });
    expect(earlier.map((sample) => sample.facts.value)).toEqual([50, 49, 48, 47, 46, 45, 44, 43, 42]);
    expect(earlier.at(-1)?.at).toEqual(new Date('2026-11-23T12:14:00Z'));
    expect(earlier[0]!.at.getTime()).toBeLessThan(now.getTime() - 300_000);
  });

  test('statistic and dimensions choose the metric', async () => {
    state.metrics.push({ ...cpu, statistic: 'p95', at: () => 95 });
    expect((await measure(cloudwatchMetric, { ...cpu, statistic: 'p95' })).facts.value).toBe(95);
    expect(await refusal(measure(cloudwatchMetric, { ...cpu, dimensions: {} }))).toMatchObject({ reason: 'empty' });
  });

  test('a period of five minutes is aligned to five minutes', async () => {
    state.metrics = [{ ...cpu, at: () => 7 }];
    const { facts } = await measure(cloudwatchMetric, { ...cpu, period: '5m' });
    expect(facts).toMatchObject({ value: 7, age_s: 30 });
    expect(aws.calls[0]?.input.EndTime).toBe(Date.parse('2026-11-23T12:15:00Z') / 1000);
  });
});

describe('no data', () => {
  test('is unknown, with the name of what was asked', async () => {
    state.metrics = [];
    expect(await refusal(look())).toEqual({
      reason: 'empty',
      message:
        'no data for AWS/ECS CPUUtilization Average (ClusterName=prod, ServiceName=backend) in eu-west-1 in the last 5 min',
      next: 'check name, dimensions and region, or take a longer period (basic monitoring reports every 5m)',
      retryable: false,
    });
  });

  test('for longer than three periods and two minutes is unknown, not the last value', async () => {
    state.metrics = [{ ...cpu, at: (epochS) => (epochS < nowS - 600 ? 99 : undefined) }];
    const stale = measure(cloudwatchMetric, cpu, { heldForMs: 1_800_000 });
    expect(await refusal(stale)).toMatchObject({
      reason: 'empty',
      message: expect.stringContaining('newest datapoint is 10 min old'),
    });
  });

  test('is 0 where the check says so, but not for a minute whose data may be on its way', async () => {
    const errors = { namespace: 'App', metric: 'Errors', statistic: 'Sum', missing: 'zero' as const };
    const { facts, earlier = [] } = await measure(cloudwatchMetric, errors);
    expect(facts).toEqual({ value: 0, age_s: null, datapoints: 0 });
    expect(earlier.length).toBeGreaterThan(0);
    state.metrics = [{ namespace: 'App', metric: 'Errors', statistic: 'Sum', at: minutes(undefined, 6) }];
    expect((await measure(cloudwatchMetric, errors)).facts).toMatchObject({ value: 6, age_s: 90 });
    state.metrics = [
      { namespace: 'App', metric: 'Errors', statistic: 'Sum', at: minutes(undefined, undefined, undefined, 6) },
    ];
    expect((await measure(cloudwatchMetric, errors)).facts).toMatchObject({ value: 0, datapoints: 1 });
  });
});

describe('batching', () => {
  const metric = (i: number) => ({ namespace: 'App', metric: `m${i}` });

  test('1,200 metrics of one sweep are 3 calls, and each check gets its own value', async () => {
    state.metrics = Array.from({ length: 1200 }, (_, i) => ({ ...metric(i), at: () => i }));
    const batch = createBatch();
    const measured = await Promise.all(
      Array.from({ length: 1200 }, (_, i) => measure(cloudwatchMetric, metric(i), { batch })),
    );
    expect(measured.map(({ facts }) => facts.value)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    expect(calls()).toBe(3);
    expect(aws.calls.every(({ input }) => (input.MetricDataQueries as unknown[]).length <= 500)).toBe(true);
  });

  test('expressions count with their inputs: 300 of two metrics each are 2 calls', async () => {
    state.evaluate = (expression) => [{ label: 'sum', value: Number(/q\d+_a/.exec(expression)?.[0].slice(1, -2)) }];
    const batch = createBatch();
    const params = { expression: 'a + b', metrics: { a: metric(1), b: metric(2) } };
    const measured = Promise.all(Array.from({ length: 300 }, () => measure(cloudwatchMetric, params, { batch })));
    expect(await measured).toHaveLength(300);
    expect(calls()).toBe(2);
  });

  test('one mistaken expression is unknown alone; the others of its call are measured', async () => {
    state.evaluate = () => [{ label: 'x', value: 1 }];
    state.metrics = [0, 1, 2].map((i) => ({ ...metric(i), at: () => i }));
    const batch = createBatch();
    const good = [0, 1, 2].map((i) => measure(cloudwatchMetric, metric(i), { batch }));
    const bad = measure(cloudwatchMetric, { expression: 'SUM(a) /', metrics: { a: metric(1) } }, { batch });
    expect(await refusal(bad)).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('Syntax error'),
      next: 'correct the check of SUM(a) /',
    });
    expect((await Promise.all(good)).map(({ facts }) => facts.value)).toEqual([0, 1, 2]);
  });

  test('periods and regions have calls of their own', async () => {
    const batch = createBatch();
    state.metrics = [{ ...cpu, at: () => 1 }];
    await Promise.all([
      measure(cloudwatchMetric, cpu, { batch }),
      measure(cloudwatchMetric, { ...cpu, period: '5m' }, { batch }),
      measure(cloudwatchMetric, { ...cpu, region: 'us-east-1' }, { batch }),
      measure(cloudwatchMetric, cpu, { batch, heldForMs: 300_000 }),
    ]);
    expect(calls()).toBe(3);
    expect(aws.calls.map(({ region }) => region).sort()).toEqual(['eu-west-1', 'eu-west-1', 'us-east-1']);
  });

  test('a long hold does not make the other metrics fetch as much', async () => {
    const batch = createBatch();
    await Promise.all([
      measure(cloudwatchMetric, cpu, { batch }),
      measure(cloudwatchMetric, { ...cpu, missing: 'zero' }, { batch, heldForMs: 7 * 3_600_000 }),
    ]);
    expect(aws.calls.map(({ input }) => (nowS - 30 - Number(input.StartTime)) / 60).sort((a, b) => a - b)).toEqual([
      5, 425,
    ]);
  });

  test('all pages are read', async () => {
    state.pointsPerPage = 2;
    const { facts, earlier } = await measure(cloudwatchMetric, cpu, { heldForMs: 300_000 });
    expect(facts).toMatchObject({ value: 41, datapoints: 10 });
    expect(earlier).toHaveLength(9);
    expect(calls()).toBe(5);
  });
});

describe('metric math', () => {
  const params = {
    expression: "100 * errors / FILL(requests, 0) + SUM(SEARCH('{App} errors', 'Sum'))",
    metrics: {
      errors: { namespace: 'App', metric: 'Errors', statistic: 'Sum' },
      requests: { namespace: 'App', metric: 'Requests', statistic: 'Sum' },
    },
  };

  test('names its inputs apart from those of other checks; only the result comes back', async () => {
    state.evaluate = () => [{ label: 'rate', value: 4.5 }];
    expect((await measure(cloudwatchMetric, params)).facts).toMatchObject({ value: 4.5 });
    expect(aws.calls[0]?.input.MetricDataQueries).toMatchObject([
      { Id: 'q0_errors', ReturnData: false, MetricStat: { Period: 60, Stat: 'Sum' } },
      { Id: 'q0_requests', ReturnData: false },
      { Id: 'q0', Expression: "100 * q0_errors / FILL(q0_requests, 0) + SUM(SEARCH('{App} errors', 'Sum'))" },
    ]);
  });

  test('that yields several series is refused with the way out', async () => {
    state.evaluate = () => [
      { label: 'a', value: 1 },
      { label: 'b', value: 2 },
    ];
    expect(await refusal(measure(cloudwatchMetric, params))).toMatchObject({
      reason: 'misconfigured',
      next: 'reduce them to one: SUM(…), MAX(…) or AVG(…)',
    });
  });
});

describe('what it can not measure is never a value', () => {
  test.for([
    ['Forbidden', 'denied', false],
    ['PartialData', 'error', true],
    ['InternalError', 'error', true],
  ] as const)('a result that is %s → %s', async ([status, reason, retryable]) => {
    state.metrics[0]!.status = status;
    state.metrics[0]!.message = 'said CloudWatch';
    const seen = await refusal(look());
    expect(seen).toMatchObject({ reason, retryable });
    expect(seen.message).toContain('said CloudWatch');
  });

  test('not permitted: all checks of the call', async () => {
    aws.break('denied');
    const batch = createBatch();
    const both = [cpu, { ...cpu, metric: 'MemoryUtilization' }].map((one) =>
      refusal(measure(cloudwatchMetric, one, { batch })),
    );
    for (const one of await Promise.all(both))
      expect(one).toMatchObject({ reason: 'denied', next: 'grant cloudwatch:GetMetricData' });
    expect(calls()).toBe(1);
  });

  test('throttled twice', async () => {
    aws.break('throttled');
    expect(await refusal(look())).toMatchObject({ reason: 'throttled' });
    expect(calls()).toBe(2);
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look())).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a call that hangs is abandoned when nobody waits for it, and the next one is not held up', async () => {
    aws.break('hang', { times: 1 });
    const asked = aws.nextCall('cloudwatch:GetMetricData');
    const stop = new AbortController();
    const gone = expect(measure(cloudwatchMetric, cpu, { signal: stop.signal })).rejects.toThrow();
    const call = await asked;
    const next = look();
    // One call at a time in a region; another region does not wait.
    for (const region of ['us-east-1', 'us-east-1']) await measure(cloudwatchMetric, { ...cpu, region });
    expect(aws.calls.filter(({ region }) => region === 'eu-west-1')).toHaveLength(1);
    stop.abort();
    await gone;
    await call.abandoned;
    expect((await next).facts.value).toBe(41);
  });
});
