import { wallAt } from '../../kernel/wall-clock.ts';
import { crontabSlots } from './crontab.ts';
import type { HeartbeatTarget } from './params.ts';

/** The clock of a job's machine may be ahead of ours by this much: its run of 02:00 ends at 01:59:40. */
const aheadMs = 30_000;

const known = new Map<string, ReturnType<typeof crontabSlots>>();

/** When the next success is due after one that ended at `endedAt`, of a run that began at `startedAt` if that is known. */
export function dueAfter(target: HeartbeatTarget, endedAt: Date, startedAt?: Date): Date {
  if (target.every !== undefined) return new Date(endedAt.getTime() + target.every);
  return slotAfter(target, (startedAt ?? endedAt).getTime() + aheadMs);
}

/** When the first success is due, if reports are waited for since then. */
export function firstDue(target: HeartbeatTarget, since: Date): Date {
  return target.every === undefined ? slotAfter(target, since.getTime()) : dueAfter(target, since);
}

function slotAfter({ cron = '', zone }: HeartbeatTarget, after: number): Date {
  const key = `${cron} ${zone}`;
  const slots = known.get(key) ?? crontabSlots(cron, zone);
  known.set(key, slots);
  const at = slots.next(after);
  if (at === undefined) throw new RangeError(`${key} never comes`);
  return new Date(at);
}

/** `2026-11-26 02:00 Europe/Berlin`. */
export function shownTime(at: Date, zone: string): string {
  return `${new Date(wallAt(zone, at.getTime())).toISOString().slice(0, 16).replace('T', ' ')} ${zone}`;
}
