import type { Check } from '../config/model.ts';
import { applyBlocked, applyMuted } from './adjust.ts';
import type { CheckState } from './history.ts';
import { type ActiveWindow, windowsOf } from './maintenance.ts';
import type { CheckReport } from './model.ts';

/**
 * Reports as people see them: blocked by what they depend on, muted by maintenance. `judged` holds all checks, also
 * those nobody asked for, because any may be a parent.
 */
export function shownReports(options: {
  judged: readonly CheckReport[];
  checks: readonly Check[];
  windows: readonly ActiveWindow[];
  last: (id: string) => CheckState | undefined;
  /** The team's zone. */
  zone: string;
}): CheckReport[] {
  const { judged, checks, windows, last, zone } = options;
  return applyBlocked(judged, checks).map((report, index) => {
    const mutes = windowsOf(report, windows).map(({ window, until }) => ({ id: window.id, until }));
    const shown = applyMuted(report, mutes, (at) => timeIn(zone, at));
    if (shown.outcome === judged[index]?.outcome) return shown;
    const before = last(shown.id)?.shown;
    return { ...shown, since: before?.outcome === shown.outcome ? before.since : shown.at };
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();

function timeIn(zone: string, at: Date): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(at);
}
