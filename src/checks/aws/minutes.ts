import { type Probe, Unmeasured } from '../../kernel/check.ts';
import { whereOf } from './account.ts';
import { askMetric } from './metric-ask.ts';
import { describeSource, type MetricSource } from './metric-queries.ts';
import { readWindow, windowFor } from './metric-window.ts';

const periodMs = 60_000;
/** What "for 5 min" means: so many datapoints of one minute. */
const minutes = 5;
/** Of these, so many must be there: one alone is above a limit for a minute, not for five. */
const fewest = 4;

/** The last five datapoints of a metric that reports each minute; of one of them one may be missing. */
export interface Minutes {
  newest: number;
  /** Above a limit = all are. */
  lowest: number;
  total: number;
}

export type AwsProbe = Pick<
  Probe<{ account?: string | undefined; region?: string | undefined }>,
  'target' | 'site' | 'batch' | 'signal' | 'clock'
>;

/**
 * The last five minutes of a metric, asked together with others of the sweep. `missing: 'zero'` for counts that are only
 * reported when something happens. Throws Unmeasured, 'empty' when fewer than four minutes have data. Needs `cloudwatch:GetMetricData`.
 */
export async function lastMinutes(
  probe: AwsProbe,
  source: MetricSource,
  missing: 'unknown' | 'zero' = 'unknown',
): Promise<Minutes> {
  const { newest, values, where } = await valuesOf(probe, source, missing);
  if (values.length < fewest)
    throw new Unmeasured('empty', `only ${values.length} of ${minutes} min have data for ${where}`, {
      next: 'wait, or see in CloudWatch whether the metric is reported each minute',
    });
  return { newest, lowest: Math.min(...values), total: values.reduce((sum, value) => sum + value, 0) };
}

/** The newest datapoint of a metric, for what needs no more than one. Throws and needs the same. */
export async function newestMinute(probe: AwsProbe, source: MetricSource): Promise<number> {
  return (await valuesOf(probe, source, 'unknown')).newest;
}

/** The newest, and up to five with it, oldest first. */
async function valuesOf(probe: AwsProbe, source: MetricSource, missing: 'unknown' | 'zero') {
  const nowMs = probe.clock.now().getTime();
  const window = windowFor(nowMs, periodMs, (minutes - 1) * periodMs);
  const { points, region } = await askMetric(probe, whereOf(probe), source, window);
  const reading = readWindow(points, window, { nowMs, missing });
  const where = `${describeSource(source)} in ${region}`;
  if (reading.kind !== 'value') {
    const since = `the last ${(window.endMs - window.startMs) / periodMs} min`;
    throw new Unmeasured('empty', `no fresh data for ${where} in ${since}`, {
      next: 'see in CloudWatch whether the metric is reported',
    });
  }
  const values = [...reading.earlier.map((point) => point.value), reading.value].slice(-minutes);
  return { newest: reading.value, values, where };
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
