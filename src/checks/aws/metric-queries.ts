import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/** One metric of CloudWatch, reduced by a statistic (`Average`, `p95`). */
export interface MetricSeries {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  statistic: string;
}

/** What a check reads: one metric, or an expression over named metrics. */
export type MetricSource =
  | ({ kind: 'metric' } & MetricSeries)
  | { kind: 'expression'; expression: string; metrics: Record<string, MetricSeries> };

/** How many of a call's 500 metrics it takes. */
export function querySize(source: MetricSource): number {
  return source.kind === 'metric' ? 1 : 1 + Object.keys(source.metrics).length;
}

/**
 * The queries of one source. Ids are unique in a call that other checks share, so an expression's names get a prefix;
 * `id` itself is the query whose data is returned.
 */
export function queriesOf(source: MetricSource, id: string, periodS: number): MetricDataQuery[] {
  if (source.kind === 'metric') return [{ Id: id, MetricStat: statOf(source, periodS), ReturnData: true }];
  const names = Object.keys(source.metrics);
  return [
    ...names.map((name) => ({
      Id: `${id}_${name}`,
      MetricStat: statOf(source.metrics[name]!, periodS),
      ReturnData: false,
    })),
    { Id: id, Expression: prefixNames(source.expression, names, id), ReturnData: true },
  ];
}

function statOf({ namespace, metric, dimensions, statistic }: MetricSeries, periodS: number) {
  return {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: periodS,
    Stat: statistic,
  };
}

/** Names outside quotes; `SUM`, `1e3` and text in quotes stay as they are. */
const word = /'[^']*'|"[^"]*"|\b[A-Za-z_]\w*\b/g;

function prefixNames(expression: string, names: string[], prefix: string): string {
  return expression.replace(word, (found) => (names.includes(found) ? `${prefix}_${found}` : found));
}

/** Names that an expression reads: words outside quotes that start with a lower-case letter, as CloudWatch's ids do. */
export function namesIn(expression: string): string[] {
  return (expression.match(word) ?? []).filter((found) => /^[a-z]/.test(found));
}

/** For messages: `AWS/ECS CPUUtilization Average (ClusterName=prod)`. */
export function describeSource(source: MetricSource): string {
  if (source.kind === 'expression') return source.expression;
  const dimensions = Object.entries(source.dimensions).map(([name, value]) => `${name}=${value}`);
  const where = dimensions.length > 0 ? ` (${dimensions.join(', ')})` : '';
  return `${source.namespace} ${source.metric} ${source.statistic}${where}`;
}
