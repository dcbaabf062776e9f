import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AwsProbe, lastMinutes, type Minutes, seriesOf } from '../aws/minutes.ts';
import { part } from '../aws/part.ts';
import { sumOf, tenth } from '../aws/worst.ts';

/**
 * Requests and 5xx answers of application load balancers in the last 5 min, those of their targets and their own. CloudWatch
 * gets these counts only when there are any, so no data is 0. Null = the load balancers were not read.
 */
export async function trafficFacts(
  probe: AwsProbe,
  balancers: LoadBalancer[] | null,
  { unread, signal }: { unread: string[]; signal: AbortSignal },
) {
  if (balancers === null)
    return { traffic_read: false, http: null, requests_5m: null, errors_5m: null, error_pct: null };
  const http = balancers.filter(({ Type }) => Type === 'application');
  if (http.length === 0) return { traffic_read: true, http: false, requests_5m: 0, errors_5m: 0, error_pct: 0 };
  const asked = async (metric: string) => {
    const minutes = await Promise.all(
      http.map(({ LoadBalancerArn = '' }) => {
        const LoadBalancer = LoadBalancerArn.slice(LoadBalancerArn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
        const source = seriesOf('AWS/ApplicationELB', metric, { LoadBalancer }, 'Sum');
        return part<Minutes>(unread, signal, () => lastMinutes(probe, source, 'zero'));
      }),
    );
    return sumOf(minutes.map((one) => one?.total));
  };
  const [requests, ofTargets, own] = await Promise.all([
    asked('RequestCount'),
    asked('HTTPCode_Target_5XX_Count'),
    asked('HTTPCode_ELB_5XX_Count'),
  ]);
  const errors = ofTargets === null || own === null ? null : ofTargets + own;
  const error_pct = percent(errors, requests);
  return { traffic_read: error_pct !== null, http: true, requests_5m: requests, errors_5m: errors, error_pct };
}

/** What the load balancer answers itself is not always among the requests: never more than all of them. */
function percent(errors: number | null, requests: number | null): number | null {
  if (errors === null || requests === null) return null;
  return errors === 0 ? 0 : tenth((errors / Math.max(requests, errors)) * 100);
}
