import { type Probe, Unmeasured } from '../../kernel/check.ts';
import type { Where } from './account.ts';
import { untilAborted } from './client.ts';
import { connectCloudWatch, type MetricQuestion, metricsPerCall, readMetrics } from './metric-data.ts';
import type { MetricSource } from './metric-queries.ts';
import type { MetricWindow, Point } from './metric-window.ts';

/** Windows up to this many periods share calls; a longer one would make every metric of the call fetch as much. */
const sharedPeriods = 60;

/**
 * The datapoints of one metric in a window, oldest first, asked together with those of other checks of the sweep:
 * 500 a call. Throws Unmeasured. Needs `cloudwatch:GetMetricData`.
 */
export async function askMetric(
  { batch, signal }: Pick<Probe<unknown>, 'batch' | 'signal'>,
  where: Where,
  source: MetricSource,
  window: MetricWindow,
): Promise<{ points: Point[]; region: string }> {
  const aws = await connectCloudWatch(where, signal);
  const asked = batch.load<MetricQuestion, Point[]>(
    batchKey(where, aws.region, window),
    { source, window },
    { max: metricsPerCall, ask: (questions, batchSignal) => readMetrics(aws, questions, batchSignal) },
  );
  // The call is shared with other checks: one of them, or a part of it, can only stop waiting for it.
  const points = await untilAborted(asked, signal).catch((cause: unknown) => {
    if (!signal.aborted || cause !== signal.reason) throw cause;
    const what = `cloudwatch:GetMetricData in ${aws.region}`;
    throw new Unmeasured('timeout', `${what}: no answer before the check's timeout`, { cause });
  });
  return { points, region: aws.region };
}

/** Questions of one period and a like window share calls, so that no datapoint is fetched in vain. */
function batchKey({ account }: Where, region: string, { startMs, endMs, periodMs }: MetricWindow): string {
  const periods = (endMs - startMs) / periodMs;
  const length = periods <= sharedPeriods ? 'short' : periods;
  // By what it is read with: names are the operator's.
  const keys = account ? JSON.stringify([account.role, account.externalId]) : 'own';
  return `aws:cloudwatch:GetMetricData:${keys}:${region}:${periodMs}:${length}`;
}
