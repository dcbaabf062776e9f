import type { Check, MaintenanceWindow } from '../../config/model.ts';
import type { Schedule } from '../../jobs/timing.ts';
import { activeWindows, windowsOf } from '../maintenance.ts';
import { type SilencePorts, tellOf } from './change.ts';

/**
 * Tells each minute which windows of the configuration have opened or closed since the slot before, so that messages about
 * problems say so. Whatever the replicas and however long nobody ran: compared are two moments, and nothing is remembered.
 */
export function windowSchedule(ports: SilencePorts): Schedule {
  const { ops, clock } = ports;
  // Windows remember where they were asked last; these are asked about slots, the configuration's own about now.
  const windows = ops.maintenance.map((window) => ({ ...window }));
  return {
    name: 'health windows',
    when: { everyMs: 60_000 },
    missed: 'latest',
    async enqueue(tx, slot, _key, previous) {
      const changed = changedBetween(windows, ops.checks, previous, slot);
      if (changed.length > 0) await tellOf(tx, changed, clock.now(), ports);
    },
  };
}

/** The checks that a window covers at one of two moments only. */
function changedBetween(
  windows: readonly MaintenanceWindow[],
  checks: readonly Check[],
  previous: Date | undefined,
  slot: Date,
): Check[] {
  const before = previous ? activeWindows(windows, previous) : [];
  const now = activeWindows(windows, slot);
  const ids = (active: typeof now) => new Set(active.map(({ window }) => window.id));
  const [were, are] = [ids(before), ids(now)];
  const turned = [...before, ...now].filter(({ window: { id } }) => were.has(id) !== are.has(id));
  return turned.length === 0 ? [] : checks.filter((check) => windowsOf(check, turned).length > 0);
}
