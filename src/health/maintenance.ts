import { createTask, type ScheduledTask } from 'node-cron';
import type { MaintenanceWindow } from '../config/model.ts';

const minute = 60_000;
/** A longer window is not looked for further back than this, ms. */
const longestWindowMs = 24 * 60 * minute;

/** A window that is open, and when it ends. */
export interface ActiveWindow {
  window: MaintenanceWindow;
  until: Date;
}

const schedules = new WeakMap<MaintenanceWindow, ScheduledTask>();

/** The windows that are open at `now`: begun less than `forMs` ago (24 hours at most). */
export function activeWindows(windows: readonly MaintenanceWindow[], now: Date): ActiveWindow[] {
  return windows.flatMap((window) => {
    const until = endOf(window, now);
    return until ? [{ window, until }] : [];
  });
}

/** Of several starts the latest counts: windows that overlap themselves run on. */
function endOf(window: MaintenanceWindow, now: Date): Date | undefined {
  const schedule = scheduleOf(window);
  const forMs = Math.min(window.forMs, longestWindowMs);
  const thisMinute = Math.floor(now.getTime() / minute) * minute;
  for (let start = thisMinute; start > now.getTime() - forMs; start -= minute) {
    if (schedule.match(new Date(start))) return new Date(start + forMs);
  }
  return undefined;
}

/** Made once per window: node-cron parses the pattern each time. It is asked, never started. */
function scheduleOf(window: MaintenanceWindow): ScheduledTask {
  const known = schedules.get(window);
  if (known) return known;
  const schedule = createTask(window.cron, () => undefined, { timezone: window.zone });
  schedules.set(window, schedule);
  return schedule;
}

/** The open windows a check is in. */
export function windowsOf(check: { id: string; group: string }, active: readonly ActiveWindow[]): ActiveWindow[] {
  return active.filter(
    ({ window: { match } }) =>
      (match.group === undefined || match.group === check.group) &&
      (match.check === undefined || match.check === check.id),
  );
}

/** Whether a check is not to be run now. */
export function isSkipped(check: { id: string; group: string }, active: readonly ActiveWindow[]): boolean {
  return windowsOf(check, active).some(({ window }) => window.mode === 'skip');
}
