import { z } from 'zod';
import { defineCheck, type Probe, Unmeasured } from '../kernel/check.ts';
import { whereOf } from './aws/account.ts';
import { askMetric } from './aws/metric-ask.ts';
import { metricsPerCall } from './aws/metric-data.ts';
import { describeSource, type MetricSource, namesIn } from './aws/metric-queries.ts';
import { lateMs, type MetricWindow, readWindow, windowFor } from './aws/metric-window.ts';
import { account, duration, region } from './aws/params.ts';

const namespace = z.string().min(1).max(255).regex(/^[^:]/, 'a namespace such as AWS/ECS');
const metric = z.string().min(1).max(255);
const statistics = 'Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p95';
const dimensions = z.record(z.string().min(1), z.string().min(1)).default({});
const statistic = z
  .string()
  .regex(/^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)\d{1,2}(\.\d{1,10})?|p100)$/, statistics)
  .default('Average');
const series = z.strictObject({
  namespace: namespace.describe('as above'),
  metric: metric.describe('as above'),
  dimensions: dimensions.describe('as above'),
  statistic: statistic.describe('as above'),
});

const params = z
  .strictObject({
    namespace: namespace
      .optional()
      .describe('`AWS/ECS` for example; give this and `metric`, or `expression` and `metrics`'),
    metric: metric.optional().describe('name of the metric'),
    dimensions: dimensions.describe(
      'all of the metric’s dimensions: `{ClusterName: prod}`; a metric with others is another metric',
    ),
    statistic: statistic.describe(statistics),
    expression: z.string().min(1).max(2048).optional().describe('metric math over the names in `metrics`'),
    metrics: z
      .record(z.string().regex(/^[a-z]\w{0,100}$/, 'a name that starts with a lower-case letter'), series)
      .optional()
      .describe('what the expression names: `{errors: {namespace: …, metric: …}}`'),
    period: duration
      .refine((ms) => ms % 60_000 === 0 || [1000, 5000, 10_000, 20_000, 30_000].includes(ms), {
        error: 'a multiple of 60s, or 1s, 5s, 10s, 20s, 30s',
      })
      .refine((ms) => ms > 0 && ms <= 86_400_000, { error: 'at most 1d' })
      .prefault('1m')
      .describe('length of a datapoint’s period: 1s, 5s, 10s, 20s, 30s, or a multiple of 1m up to 1d'),
    missing: z
      .enum(['unknown', 'zero'])
      .default('unknown')
      .describe('what no data means; zero is for counts that are only reported when something happens'),
    unit: z.string().optional().describe('shown behind the value: %, ms, bytes'),
    account,
    region,
  })
  .superRefine((target, ctx) => {
    for (const [path, message] of mistakesIn(target)) ctx.addIssue({ code: 'custom', path: [path], message });
  });
type Target = z.output<typeof params>;

function mistakesIn(target: Omit<Target, never>): [string, string][] {
  if (target.expression === undefined) {
    const mistakes: [string, string][] = [];
    if (target.namespace === undefined)
      mistakes.push(['namespace', 'needed, with metric (or expression with metrics)']);
    if (target.metric === undefined) mistakes.push(['metric', 'needed, with namespace (or expression with metrics)']);
    if (target.metrics !== undefined) mistakes.push(['metrics', 'only with expression']);
    return mistakes;
  }
  const names = Object.keys(target.metrics ?? {});
  if (names.length === 0) return [['metrics', 'the metrics that the expression names: {errors: {namespace, metric}}']];
  if (names.length >= metricsPerCall) return [['metrics', `at most ${metricsPerCall - 1}`]];
  if (target.namespace !== undefined || target.metric !== undefined)
    return [['expression', 'either expression with metrics, or namespace and metric']];
  const strange = namesIn(target.expression).find((name) => !names.includes(name));
  return strange ? [['expression', `${strange} is not in metrics (${names.join(', ')})`]] : [];
}

function sourceOf({ namespace, metric, dimensions, statistic, expression, metrics }: Target): MetricSource {
  return expression === undefined
    ? { kind: 'metric', namespace: namespace ?? '', metric: metric ?? '', dimensions, statistic }
    : { kind: 'expression', expression, metrics: metrics ?? {} };
}

export default defineCheck({
  type: 'cloudwatch-metric',
  summary: 'A CloudWatch metric, or metric math, against a limit',
  catalogue: ['H8'],
  params,
  facts: ({ unit }) => ({
    value: { type: 'number', help: 'newest datapoint of a complete period', unit },
    age_s: { type: 'number', help: "time since that datapoint's period ended; null if there was none", unit: 's' },
    datapoints: { type: 'number', help: 'datapoints in the window' },
  }),
  rules: () => ({}),
  iam: ['cloudwatch:GetMetricData'],
  describe: (target) => describeSource(sourceOf(target)),
  example: `- id: backend-cpu
  group: api
  cloudwatch-metric:
    namespace: AWS/ECS
    metric: CPUUtilization
    dimensions: {ClusterName: shop-prod, ServiceName: backend}
    statistic: Average
    period: 1m
    unit: "%"
  warn: ["value > 80"]
  held_for: 5m
`,
  async run(probe: Probe<Target>) {
    const { target, clock, heldForMs } = probe;
    const nowMs = clock.now().getTime();
    const window = windowFor(nowMs, target.period, heldForMs);
    const source = sourceOf(target);
    const { points, region } = await askMetric(probe, whereOf(probe), source, window);
    const reading = readWindow(points, window, { nowMs, missing: target.missing });
    if (reading.kind !== 'value') throw noData(source, region, window, reading);
    const { value, ageMs, datapoints, earlier } = reading;
    return {
      facts: { value, age_s: ageMs === null ? null : Math.round(ageMs / 1000), datapoints },
      earlier: earlier.map((point) => ({ at: new Date(point.atMs), facts: { value: point.value } })),
    };
  },
});

function noData(
  source: MetricSource,
  region: string,
  window: MetricWindow,
  why: { kind: 'empty' } | { kind: 'stale'; ageMs: number },
): Unmeasured {
  const name = `${describeSource(source)} in ${region}`;
  const minutes = (ms: number) => `${Math.round(ms / 60_000)} min`;
  const what =
    why.kind === 'stale'
      ? `${name}: the newest datapoint is ${minutes(why.ageMs)} old`
      : `no data for ${name} in the last ${minutes(window.endMs - window.startMs)}`;
  return new Unmeasured('empty', what, {
    next:
      window.periodMs < lateMs
        ? 'check name, dimensions and region, or take a longer period (basic monitoring reports every 5m)'
        : 'check name, dimensions and region; `missing: zero` if no data means zero',
  });
}
