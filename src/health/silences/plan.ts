import type { MaintenanceWindow } from '../../config/model.ts';
import { nextSlot } from '../../jobs/slots.ts';
import { activeWindows } from '../maintenance.ts';
import type { Silence } from './model.ts';

/** What keeps checks quiet now, and what will. */
export interface MaintenancePlan {
  silences: Silence[];
  open: { window: MaintenanceWindow; until: Date }[];
  /** Windows of the configuration that begin within a week, the next one first. */
  upcoming: { window: MaintenanceWindow; from: Date; until: Date }[];
}

const weekMs = 7 * 86_400_000;

export function maintenancePlan(
  windows: readonly MaintenanceWindow[],
  silences: readonly Silence[],
  now: Date,
): MaintenancePlan {
  const byId = new Map(windows.map((window) => [window.id, window]));
  const open = activeWindows(windows, now).flatMap(({ window: { id }, until }) => {
    const window = byId.get(id);
    return window ? [{ window, until }] : [];
  });
  const upcoming = windows.flatMap((window) => {
    const from = nextSlot({ cron: window.cron, zone: window.zone }, now);
    if (from.getTime() - now.getTime() > weekMs) return [];
    return [{ window, from, until: new Date(from.getTime() + window.forMs) }];
  });
  return {
    silences: [...silences],
    open,
    upcoming: upcoming.toSorted((a, b) => a.from.getTime() - b.from.getTime()),
  };
}
