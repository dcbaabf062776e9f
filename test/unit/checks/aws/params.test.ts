import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import cloudwatchMetric from '../../../../src/checks/cloudwatch-metric.ts';
import ecsServices from '../../../../src/checks/ecs-services.ts';

const metric = { namespace: 'AWS/ECS', metric: 'CPUUtilization' };
const math = { expression: 'a / b', metrics: { a: metric, b: metric } };
const problems = (params: object) =>
  cloudwatchMetric.params.safeParse(params).error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('cloudwatch-metric', () => {
  test('defaults', () => {
    expect(cloudwatchMetric.params.parse(metric)).toMatchObject({
      statistic: 'Average',
      period: 60_000,
      missing: 'unknown',
      dimensions: {},
    });
  });

  test.for(['1s', '5s', '10s', '20s', '30s', '60s', '1m', '5m', '1h', '1d'])('period %s', (period) => {
    expect(problems({ ...metric, period })).toEqual([]);
  });

  test.for(['0s', '0m', '15s', '90s', '2d', '5', 'm'])('no period: %s', (period) => {
    expect(new Set(problems({ ...metric, period }))).toEqual(new Set(['period']));
  });

  test.for(['Sum', 'SampleCount', 'p95', 'p99.9', 'p100', 'tm90'])('statistic %s', (statistic) => {
    expect(problems({ ...metric, statistic })).toEqual([]);
  });

  test.for(['average', 'p', 'p101', 'avg'])('no statistic: %s', (statistic) => {
    expect(problems({ ...metric, statistic })).toEqual(['statistic']);
  });

  test('a metric, or an expression over named metrics, and nothing between', () => {
    expect(problems({})).toEqual(['namespace', 'metric']);
    expect(problems({ namespace: 'App' })).toEqual(['metric']);
    expect(problems({ ...metric, metrics: math.metrics })).toEqual(['metrics']);
    expect(problems(math)).toEqual([]);
    expect(problems({ expression: 'a' })).toEqual(['metrics']);
    expect(problems({ ...math, ...metric })).toEqual(['expression']);
    expect(problems({ ...math, expression: 'a / c' })).toEqual(['expression']);
    expect(problems({ expression: 'A', metrics: { A: metric } })).toEqual(['metrics.A']);
    expect(problems({ ...metric, region: 'Frankfurt' })).toEqual(['region']);
  });

  test('the unit is the value’s, for messages; there are no default rules', () => {
    const target = cloudwatchMetric.params.parse({ ...metric, unit: '%' });
    expect(cloudwatchMetric.facts(target).value).toMatchObject({ unit: '%' });
    expect(cloudwatchMetric.rules(target)).toEqual({});
  });
});

describe('ecs-services', () => {
  test('defaults, and a window that is off', () => {
    expect(ecsServices.params.parse({ cluster: 'prod' })).toMatchObject({ stopped_window: 3_600_000, revisions: true });
    expect(ecsServices.params.parse({ cluster: 'prod', stopped_window: 'off' }).stopped_window).toBe('off');
    expect(ecsServices.params.safeParse({ cluster: 'prod', services: [] }).success).toBe(false);
  });
});

test.for([ecsServices, cloudwatchMetric])('the example of $type is one check', (check) => {
  const [example] = parse(check.example) as Record<string, unknown>[];
  expect(example).toHaveProperty('id');
  expect(check.params.safeParse(example?.[check.type]).success).toBe(true);
});
