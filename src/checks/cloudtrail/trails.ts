import type { Facts } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import type { TrailNow } from './read.ts';

/** What the trails are and do now; `asked` are those that must be there, by name or ARN. */
export function trailFacts(
  trails: TrailNow[],
  { asked = [], now }: { asked?: string[] | undefined; now: Date },
): Facts {
  const logging = trails.filter(({ status }) => status.IsLogging);
  const there = new Set(trails.flatMap(({ name, trail }) => [name, trail.TrailARN]));
  const delivered = logging.map(({ status }) => status.LatestDeliveryTime);
  return {
    trails: trails.length,
    logging: logging.length,
    stopped: few(trails.filter(({ status }) => !status.IsLogging).map(({ name }) => name)),
    missing: few(asked.filter((wanted) => !there.has(wanted))),
    multi_region: logging.some(({ trail }) => trail.IsMultiRegionTrail === true),
    unvalidated: few(logging.filter(({ trail }) => !trail.LogFileValidationEnabled).map(({ name }) => name)),
    delivery_errors: few(logging.flatMap(errorsOf)),
    delivery_age_s: oldest(delivered, now),
    undelivered: few(logging.filter(({ status }) => !status.LatestDeliveryTime).map(({ name }) => name)),
  };
}

function errorsOf({ name, status }: TrailNow): string[] {
  const errors = [
    { of: 'log files', error: status.LatestDeliveryError },
    { of: 'digests', error: status.LatestDigestDeliveryError },
    { of: 'CloudWatch Logs', error: status.LatestCloudWatchLogsDeliveryError },
  ];
  return errors.flatMap(({ of, error }) => (error ? [`${name} ${of}: ${error}`] : []));
}

/** Seconds since the last delivery of the trail that is furthest behind; null while one has not delivered yet. */
function oldest(delivered: (Date | undefined)[], now: Date): number | null {
  const known = delivered.filter((at) => at !== undefined);
  if (known.length === 0 || known.length < delivered.length) return null;
  return Math.round((now.getTime() - Math.min(...known.map((at) => at.getTime()))) / 1000);
}
