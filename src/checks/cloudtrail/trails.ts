import type { Facts } from '../../kernel/check.ts';
import { few, minuteOf } from '../facts/few.ts';
import type { TrailNow } from './read.ts';

/** What the trails are and do now; `asked` are those that must be there, by name or ARN. */
export function trailFacts(
  trails: TrailNow[],
  { asked = [], now }: { asked?: string[] | undefined; now: Date },
): Facts {
  const logging = trails.filter(({ status }) => status.IsLogging);
  const there = new Set(trails.flatMap(({ name, trail }) => [name, trail.TrailARN]));
  const last = furthestBehind(logging.map(({ status }) => status.LatestDeliveryTime));
  return {
    trails: trails.length,
    logging: logging.length,
    stopped: few(trails.filter(({ status }) => !status.IsLogging).map(({ name }) => name)),
    missing: few(asked.filter((wanted) => !there.has(wanted))),
    multi_region: logging.some(({ trail }) => trail.IsMultiRegionTrail === true),
    unvalidated: few(logging.filter(({ trail }) => !trail.LogFileValidationEnabled).map(({ name }) => name)),
    delivery_errors: few(logging.flatMap(errorsOf)),
    delivery_age_s: last ? Math.round((now.getTime() - last.getTime()) / 1000) : null,
    last_delivery: last ? minuteOf(last) : null,
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

/** The last delivery of the trail that is furthest behind; undefined while one has not delivered yet. */
function furthestBehind(delivered: (Date | undefined)[]): Date | undefined {
  const known = delivered.filter((at) => at !== undefined);
  if (known.length === 0 || known.length < delivered.length) return undefined;
  return new Date(Math.min(...known.map((at) => at.getTime())));
}
