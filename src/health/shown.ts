import type { Check } from '../config/model.ts';
import { applyBlocked, applyMuted } from './adjust.ts';
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
  /** The team's zone. */
  zone: string;
}): CheckReport[] {
  const { judged, checks, windows, zone } = options;
  const mutes = new Map(
    judged.map((report) => [
      report.id,
      windowsOf(report, windows).map(({ window, from, until }) => ({ id: window.id, from, until })),
    ]),
  );
  const mutesOf = (id: string) => mutes.get(id) ?? [];
  return applyBlocked(judged, checks, (id) => mutesOf(id).length > 0).map((report) =>
    applyMuted(report, mutesOf(report.id), (at) => timeIn(zone, at)),
  );
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
