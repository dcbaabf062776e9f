import type { CheckReport, HealthReport } from '../model.ts';
import { ageWords } from './words.ts';

/** A result that came this little before its sweep counts as measured by it, ms. */
const toleranceMs = 5_000;

/** What the age of a result is told from. */
type Sweep = Pick<HealthReport, 'started_at' | 'duration_ms' | 'pending'>;

/** Whether an answer shows an older result of a check than its own sweep's; what is still being checked doesn't count. */
function isFromBefore(check: CheckReport, sweep: Sweep, now: Date): boolean {
  if (sweep.pending.includes(check.id)) return false;
  // Where nothing was measured at all, the sweep's start is that of the newest result.
  const begun = Math.max(sweep.started_at.getTime(), now.getTime() - sweep.duration_ms);
  return check.at.getTime() < begun - toleranceMs;
}

/** "measured 2 d ago" of a result from before; else nothing. */
export function ageNote(check: CheckReport, sweep: Sweep, now: Date): string {
  return isFromBefore(check, sweep, now) ? `measured ${agoWords(check.at, now)}` : '';
}

/** "2 not measured now, last seen 5 min to 2 d ago" of what counts as ok; nothing when all of it was measured. */
export function oldOkWords(report: HealthReport, now: Date): string {
  const old = report.checks.filter((check) => check.outcome === 'ok' && isFromBefore(check, report, now));
  if (old.length === 0) return '';
  const times = old.map((check) => check.at.getTime());
  const [newest, oldest] = [Math.max(...times), Math.min(...times)].map((at) => agoWords(new Date(at), now));
  return `${old.length} not measured now, last seen ${newest === oldest ? oldest : `${newest?.replace(/ ago$/, '')} to ${oldest}`}`;
}

/** As `ageWords`, to the second in the last minute: what was not measured now isn't from "just now". */
function agoWords(at: Date, now: Date): string {
  const seconds = Math.floor((now.getTime() - at.getTime()) / 1000);
  return seconds < 60 ? `${seconds} s ago` : ageWords(at, now);
}
