import { createTask, type ScheduledTask } from 'node-cron';
import type { Check, MaintenanceWindow } from '../config/model.ts';

const minute = 60_000;
/** A longer window is not looked for further back than this, ms. */
export const longestWindowMs = 24 * 60 * minute;

const schedules = new WeakMap<MaintenanceWindow, ScheduledTask>();

/** The windows that are open at `now`: begun less than `forMs` ago (24 hours at most). */
export function activeWindows(windows: readonly MaintenanceWindow[], now: Date): MaintenanceWindow[] {
  return windows.filter((window) => beganWithin(window, now));
}

function beganWithin(window: MaintenanceWindow, now: Date): boolean {
  const schedule = scheduleOf(window);
  const thisMinute = Math.floor(now.getTime() / minute) * minute;
  const oldest = now.getTime() - Math.min(window.forMs, longestWindowMs);
  for (let start = thisMinute; start > oldest; start -= minute) {
    if (schedule.match(new Date(start))) return true;
  }
  return false;
}

/** Made once per window: node-cron parses the pattern each time. It is asked, never started. */
function scheduleOf(window: MaintenanceWindow): ScheduledTask {
  const known = schedules.get(window);
  if (known) return known;
  const schedule = createTask(window.cron, () => undefined, { timezone: window.zone });
  schedules.set(window, schedule);
  return schedule;
}

/** The window a check is in, if any; one that skips outranks one that mutes. */
export function windowOf(
  check: Pick<Check, 'id' | 'group'>,
  active: readonly MaintenanceWindow[],
): MaintenanceWindow | undefined {
  const mine = active.filter(
    ({ match }) =>
      (match.group === undefined || match.group === check.group) &&
      (match.check === undefined || match.check === check.id),
  );
  return mine.find((window) => window.mode === 'skip') ?? mine[0];
}
