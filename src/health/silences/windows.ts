import { sql } from 'kysely';
import type { Check, MaintenanceWindow } from '../../config/model.ts';
import type { Schedule } from '../../jobs/timing.ts';
import type { Tx } from '../../store/store.ts';
import { activeWindows, windowsOf } from '../maintenance.ts';
import { type SilencePorts, silencedOf, tellOf } from './change.ts';

/**
 * Tells each minute which windows of the configuration have opened or closed since the slot before, so that messages about
 * problems say so. Whatever the replicas and however long nobody ran: compared are two moments, and nothing is remembered.
 * A process that begins tells of every check that nothing silences: a window may have left the configuration.
 */
export function windowSchedule(ports: SilencePorts): Schedule {
  const { ops, clock } = ports;
  // Windows remember where they were asked last; these are asked about slots, the configuration's own about now.
  const windows = ops.maintenance.map((window) => ({ ...window }));
  /** The slot in which that was told, epoch ms; it is told when that slot is behind us, since it may be rolled back. */
  let toldIn = Number.POSITIVE_INFINITY;
  return {
    name: 'health windows',
    when: { everyMs: 60_000 },
    missed: 'latest',
    async enqueue(tx, slot, _key, previous) {
      const changed = changedBetween(windows, ops.checks, previous, slot);
      if (changed.length > 0) await tellOf(tx, changed, clock.now(), ports);
      if (previous && toldIn <= previous.getTime()) return;
      toldIn = slot.getTime();
      await tellUnsilenced(tx, ports);
    },
  };
}

async function tellUnsilenced(tx: Tx, ports: SilencePorts): Promise<void> {
  // Whoever mutes a check meanwhile tells of it after us, or we see it.
  await sql`lock table silence in share mode`.execute(tx);
  const silenced = await silencedOf(tx, ports.ops.checks, ports);
  const checkIds = ports.ops.checks.map(({ id }) => id).filter((id) => !silenced.has(id));
  if (checkIds.length > 0) await ports.onSilence?.(tx, { checkIds, kind: 'ended' });
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
