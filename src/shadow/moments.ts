import { tickMs } from '../health/due.ts';

/** Windows of the configuration open and close by the minute. */
const windowsMs = 60_000;

/**
 * When something is to be done next: the first slot of the regular runs behind `after` in which a check is due, or a window
 * may open. Pure.
 */
export function nextMoment(
  checks: readonly { everyMs: number }[],
  after: Date,
  { windows }: { windows: boolean },
): Date {
  const rhythms = new Set([...checks.map(({ everyMs }) => everyMs), ...(windows ? [windowsMs] : [])]);
  const due = Math.min(...[...rhythms].map((everyMs) => (Math.floor(after.getTime() / everyMs) + 1) * everyMs));
  return new Date(Math.ceil(due / tickMs) * tickMs);
}
