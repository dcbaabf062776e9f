import type { Probe } from '../../kernel/check.ts';
import type { Where } from '../aws/account.ts';
import { askMetric } from '../aws/metric-ask.ts';
import type { MetricWindow } from '../aws/metric-window.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Requests of the last 24 full hours and of the 24 before them. */
export interface Days {
  now: number;
  before: number;
}

/** What one rule, or all together (`ALL`), did with requests. */
export interface Traffic {
  name: string;
  blocked: Days;
  allowed: Days;
}

/** In metrics of CloudFront's web ACLs there is no region. */
export interface AclMetrics {
  where: Where;
  acl: string;
  region: string | undefined;
}

/** Reads what a rule did in two days; an hour without a datapoint had no such request. Throws Unmeasured. */
export async function trafficOf(
  probe: Pick<Probe<unknown>, 'batch' | 'signal' | 'clock'>,
  { where, acl, region }: AclMetrics,
  { name, metric: Rule }: { name: string; metric: string },
): Promise<Traffic> {
  const endMs = Math.floor(probe.clock.now().getTime() / hourMs) * hourMs;
  const window: MetricWindow = { startMs: endMs - 2 * dayMs, endMs, periodMs: hourMs };
  const dimensions = { WebACL: acl, Rule, ...(region !== undefined && { Region: region }) };
  const days = async (metric: string): Promise<Days> => {
    const source = { kind: 'metric' as const, namespace: 'AWS/WAFV2', metric, dimensions, statistic: 'Sum' };
    const { points } = await askMetric(probe, where, source, window);
    const sum = (fromMs: number, toMs: number) =>
      points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).reduce((total, { value }) => total + value, 0);
    return { now: sum(endMs - dayMs, endMs), before: sum(window.startMs, endMs - dayMs) };
  };
  const [blocked, allowed] = await Promise.all([days('BlockedRequests'), days('AllowedRequests')]);
  return { name, blocked, allowed };
}
