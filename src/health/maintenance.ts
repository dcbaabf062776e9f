import type { MaintenanceWindow } from '../config/model.ts';
import type { Silence } from './silences/model.ts';
import { startsAt } from './window-start.ts';

const minute = 60_000;
/** A longer window is not looked for further back than this, ms. */
const longestWindowMs = 24 * 60 * minute;

/** A window that is open, from the configuration or by somebody's word: since when, and when it ends. */
export interface ActiveWindow {
  window: Pick<MaintenanceWindow, 'id' | 'match' | 'mode'>;
  from: Date;
  until: Date;
  silence?: Silence;
}

/** What was found out about a window up to a minute: asking again in that minute or later costs next to nothing. */
interface Seen {
  minute: number;
  open: Opening | undefined;
}

/** Epoch ms. */
interface Opening {
  from: number;
  until: number;
}

const seen = new WeakMap<MaintenanceWindow, Seen>();

/** The windows that are open at `now`: begun less than `forMs` ago (24 hours at most). Remembers the last answer. */
export function activeWindows(windows: readonly MaintenanceWindow[], now: Date): ActiveWindow[] {
  const thisMinute = Math.floor(now.getTime() / minute) * minute;
  return windows.flatMap((window) => {
    const open = openAt(window, thisMinute);
    if (!open || open.until <= now.getTime()) return [];
    return [{ window, from: new Date(open.from), until: new Date(open.until) }];
  });
}

function openAt(window: MaintenanceWindow, thisMinute: number): Opening | undefined {
  const before = seen.get(window);
  if (before?.minute === thisMinute) return before.open;
  const reach = Math.floor((thisMinute - lengthOf(window)) / minute) * minute;
  const goesOn = before && before.minute < thisMinute && before.minute > reach;
  const open = goesOn
    ? opening(window, before.minute + minute, thisMinute, before.open)
    : opening(window, reach + minute, thisMinute);
  seen.set(window, { minute: thisMinute, open });
  return open;
}

/**
 * The last opening of a window, of its starts from one minute to another (epoch ms, both included). A start while it is
 * open makes it last longer: windows that overlap themselves run on.
 */
export function opening(window: MaintenanceWindow, first: number, last: number, before?: Opening): Opening | undefined {
  const forMs = lengthOf(window);
  let open = before;
  for (let start = first; start <= last; start += minute) {
    if (!startsAt(window, start)) continue;
    open = { from: open && open.until >= start ? open.from : start, until: start + forMs };
  }
  return open;
}

function lengthOf(window: MaintenanceWindow): number {
  return Math.min(window.forMs, longestWindowMs);
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

/** The one that ends last. */
export function longestOf(windows: readonly ActiveWindow[]): ActiveWindow | undefined {
  return windows.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0];
}
