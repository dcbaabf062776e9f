import { latestSlot, slotsBetween } from './slots.ts';
import type { Schedule } from './timing.ts';

/** A slot is missed when it is older than this; before that the tick is only late. */
const lateMs = 60_000;
/** A last slot further ahead than this was planned by a clock that was wrong; less is waited for. */
const aheadMs = 15 * 60_000;

/** How far a schedule has come, as stored. */
export interface Progress {
  lastSlot: Date | undefined;
  since: Date;
  turn: number;
}

export interface Due {
  /** To enqueue, in order. */
  slots: Date[];
  /** What is to be stored before that; undefined = it stays. */
  pulledBack: Progress | undefined;
}

/**
 * Which slots to enqueue at `now`. `settled` is how far this process has looked; undefined = it has just started: then what
 * lies behind was missed, and follows the schedule's policy. While it runs, slots up to a minute old are all enqueued.
 *
 * A clock that was ahead and came back: slots that were enqueued early don't come again for up to 15 minutes. If it was further
 * ahead, the schedule starts anew from now, and the slots come again when they are due.
 */
export function dueSlots(
  schedule: Pick<Schedule, 'when' | 'missed'>,
  progress: Progress,
  { now, settled }: { now: Date; settled: Date | undefined },
): Due {
  const pulledBack = pullBack(schedule, progress, now);
  const { lastSlot, since } = pulledBack ?? progress;
  const from = latest(lastSlot, settled ?? since);
  return { slots: slotsToRun(schedule, from, now, settled ? lateMs : 0), pulledBack };
}

function slotsToRun({ when, missed }: Pick<Schedule, 'when' | 'missed'>, from: Date, now: Date, late: number): Date[] {
  const recent = slotsBetween(when, latest(from, new Date(now.getTime() - late)), now);
  if (recent.length > 0 || missed === 'skip') return recent;
  const slot = latestSlot(when, from, now);
  return slot ? [slot] : [];
}

function pullBack({ when }: Pick<Schedule, 'when'>, progress: Progress, now: Date): Progress | undefined {
  const { lastSlot, since, turn } = progress;
  if (latest(lastSlot, since).getTime() <= now.getTime() + aheadMs) return undefined;
  if (!lastSlot || lastSlot <= now) return { lastSlot, since: now, turn };
  const before = since < now ? latestSlot(when, since, now) : undefined;
  return { lastSlot: before, since: now, turn: turn + 1 };
}

function latest(a: Date | undefined, b: Date): Date {
  return a && a > b ? a : b;
}

/** What the job of a slot is keyed by: the same for the same slot on any replica. */
export function slotKey(name: string, slot: Date, turn: number): string {
  return turn === 0 ? `${name}:${slot.toISOString()}` : `${name}:${slot.toISOString()}:${turn}`;
}
