import type { Check } from '../config/model.ts';
import { applyBlocked, applyMuted, type Mute } from './adjust.ts';
import { type ActiveWindow, windowsOf } from './maintenance.ts';
import type { CheckReport } from './model.ts';
import { sayWho } from './silences/model.ts';
import { zoneName } from './views/time.ts';

/**
 * Reports as people see them: blocked by what they depend on, muted by maintenance. `judged` holds all checks, also
 * those nobody asked for, because any may be a parent.
 */
export function shownReports(options: {
  judged: readonly CheckReport[];
  checks: readonly Check[];
  windows: readonly ActiveWindow[];
  now: Date;
  /** The team's zone. */
  zone: string;
}): CheckReport[] {
  const { judged, checks, windows, now, zone } = options;
  const mutes = new Map(judged.map((report) => [report.id, windowsOf(report, windows).map(muteOf)]));
  const mutesOf = (id: string) => mutes.get(id) ?? [];
  return applyBlocked(judged, checks, mutesOf).map((report) =>
    applyMuted(report, mutesOf(report.id), (at) => timeIn(zone, at, now)),
  );
}

function muteOf(active: ActiveWindow): Mute {
  const { from, until, silence } = active;
  const { reason } = silence ?? {};
  return {
    id: sayWho(active),
    from,
    until,
    ...(reason !== undefined && { reason }),
    ...(silence && { silence: silence.id }),
    ...(silence?.kind === 'mute' && { handled: true }),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();
const halfDayMs = 12 * 3_600_000;

/** `15:04 EST`, with its day when that is more than half a day away: `Tue 15:04 EST`. A week is the furthest. */
function timeIn(zone: string, at: Date, now: Date): string {
  const far = Math.abs(at.getTime() - now.getTime()) > halfDayMs;
  const key = `${zone} ${far}`;
  let format = formats.get(key);
  if (!format) {
    const day = far ? ({ weekday: 'short' } as const) : {};
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...day, hour: '2-digit', minute: '2-digit' });
    formats.set(key, format);
  }
  return `${format.format(at).replace(',', '')} ${zoneName(at, zone)}`;
}
