import { type Probe, Unmeasured } from '../../kernel/check.ts';
import { whereOf } from './account.ts';
import { askMetric } from './metric-ask.ts';
import { describeSource, type MetricSource } from './metric-queries.ts';
import { readWindow, windowFor } from './metric-window.ts';

const periodMs = 60_000;
/** What "for 5 min" means: so many datapoints of one minute. */
const minutes = 5;

/** The last five datapoints of a metric that reports each minute. */
export interface Minutes {
  newest: number;
  /** Above a limit = all five are. */
  lowest: number;
  total: number;
}

export type AwsProbe = Pick<
  Probe<{ account?: string | undefined; region?: string | undefined }>,
  'target' | 'site' | 'batch' | 'signal' | 'clock'
>;

/**
 * The last five minutes of a metric, asked together with others of the sweep. `missing: 'zero'` for counts that are only
 * reported when something happens. Throws Unmeasured, 'empty' too. Needs `cloudwatch:GetMetricData`.
 */
export async function lastMinutes(
  probe: AwsProbe,
  source: MetricSource,
  missing: 'unknown' | 'zero' = 'unknown',
): Promise<Minutes> {
  const nowMs = probe.clock.now().getTime();
  const window = windowFor(nowMs, periodMs, (minutes - 1) * periodMs);
  const { points, region } = await askMetric(probe, whereOf(probe), source, window);
  const reading = readWindow(points, window, { nowMs, missing });
  if (reading.kind !== 'value') {
    const since = `the last ${(window.endMs - window.startMs) / periodMs} min`;
    throw new Unmeasured('empty', `no fresh data for ${describeSource(source)} in ${region} in ${since}`, {
      next: 'see in CloudWatch whether the metric is reported',
    });
  }
  const values = [...reading.earlier.map((point) => point.value), reading.value].slice(-minutes);
  return {
    newest: reading.value,
    lowest: Math.min(...values),
    total: values.reduce((sum, value) => sum + value, 0),
  };
}

/** A series of one metric: `source('AWS/RDS', 'CPUUtilization', {DBInstanceIdentifier: 'main'})`. */
export function seriesOf(
  namespace: string,
  metric: string,
  dimensions: Record<string, string>,
  statistic = 'Average',
): MetricSource {
  return { kind: 'metric', namespace, metric, dimensions, statistic };
}
