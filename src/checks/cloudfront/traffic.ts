import type { Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import type { Where } from '../aws/account.ts';
import { untilAborted } from '../aws/client.ts';
import { askMetric } from '../aws/metric-ask.ts';
import type { MetricWindow, Point } from '../aws/metric-window.ts';
import { type AwsProbe, seriesOf } from '../aws/minutes.ts';
import { part } from '../aws/part.ts';
import { tenth } from '../aws/worst.ts';

const minuteMs = 60_000;
/** CloudFront's metrics come some minutes late, and only for minutes with requests. */
const lookedAt = 15;
/** What "5 min" means: the last five minutes that CloudWatch can know of. */
const judged = 5;

type CloudFrontProbe = AwsProbe & Pick<Probe<{ distribution: string }>, 'target' | 'partsSignal'>;

const nothing = { requests_5m: null, error_5xx_pct: null, error_4xx_pct: null };

/**
 * Requests of the five minutes up to the newest that has any, and what share of them was answered 5xx and 4xx. Without a
 * request in 15 min there is no share: null, not 0. What could not be read goes to `unread`. Needs `cloudwatch:GetMetricData`.
 */
export async function trafficFacts(probe: CloudFrontProbe, where: Where, unread: string[]) {
  const endMs = Math.floor(probe.clock.now().getTime() / minuteMs) * minuteMs;
  const window: MetricWindow = { startMs: endMs - lookedAt * minuteMs, endMs, periodMs: minuteMs };
  const asked = (metric: string, statistic: string) =>
    part(unread, probe.signal, () => pointsOf(probe, where, window, { metric, statistic }));
  const [requests, serverErrors, clientErrors] = await Promise.all([
    asked('Requests', 'Sum'),
    asked('5xxErrorRate', 'Average'),
    asked('4xxErrorRate', 'Average'),
  ]);
  if (requests === null) return { traffic_read: false, ...nothing, traffic: 'requests not read' };
  const busy = requests.filter(({ value }) => value > 0);
  const newestMs = Math.max(...busy.map(({ atMs }) => atMs));
  const counted = busy.filter(({ atMs }) => atMs > newestMs - judged * minuteMs);
  const requests_5m = counted.reduce((sum, { value }) => sum + value, 0);
  if (requests_5m === 0)
    return { traffic_read: true, ...nothing, requests_5m, traffic: `no request in ${lookedAt} min to judge it by` };
  const error_5xx_pct = shareOf(serverErrors, counted);
  return {
    ...{ traffic_read: true, requests_5m, error_5xx_pct, error_4xx_pct: shareOf(clientErrors, counted) },
    traffic: `${requests_5m} requests in ${judged} min, ${error_5xx_pct ?? '?'} % answered 5xx`,
  };
}

/** Percent of all requests: each minute's share counts by its requests. A minute whose share is not there is left out. */
function shareOf(rates: Point[] | null, requests: Point[]): number | null {
  const byMinute = new Map(rates?.map(({ atMs, value }) => [atMs, value]));
  const known = requests.flatMap(({ atMs, value }) => {
    const rate = byMinute.get(atMs);
    return rate === undefined ? [] : [{ errors: (rate / 100) * value, value }];
  });
  const all = known.reduce((sum, { value }) => sum + value, 0);
  return all === 0 ? null : tenth((known.reduce((sum, { errors }) => sum + errors, 0) / all) * 100);
}

/** Complete minutes of one metric; given up with the parts of the check. Throws Unmeasured. */
async function pointsOf(
  probe: CloudFrontProbe,
  where: Where,
  window: MetricWindow,
  { metric, statistic }: { metric: string; statistic: string },
): Promise<Point[]> {
  const { target, partsSignal, signal } = probe;
  const dimensions = { DistributionId: target.distribution, Region: 'Global' };
  const asking = askMetric(probe, where, seriesOf('AWS/CloudFront', metric, dimensions, statistic), window);
  const { points } = await untilAborted(asking, partsSignal).catch((error: unknown) => {
    if (signal.aborted || !partsSignal.aborted) throw error;
    const what = `cloudwatch:GetMetricData on ${metric} of distribution ${target.distribution}`;
    throw new Unmeasured('timeout', `${what}: no answer in time`, { cause: error });
  });
  return points.filter(({ atMs }) => atMs >= window.startMs && atMs < window.endMs);
}
