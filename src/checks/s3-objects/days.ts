import { wallAt } from '../../kernel/wall-clock.ts';
import { dayMs } from './params.ts';

/** Days that ought to have one object between them. */
export interface Period {
  /** Newest first: `2026-11-23`. */
  days: string[];
}

/** When objects are written: `atMs` after midnight in `zone`, found `graceMs` later at the latest. */
export interface Schedule {
  zone: string;
  atMs: number;
  graceMs: number;
  everyDays: number;
  periods: number;
}

/** The last periods that are over by now, newest first, and the days since, which may have an object already. */
export function periodsDue({ zone, atMs, graceMs, everyDays, periods }: Schedule, now: Date) {
  const wallMs = wallAt(zone, now.getTime());
  const newestDue = Math.floor((wallMs - atMs - graceMs) / dayMs);
  const dayOf = (number: number) => new Date(number * dayMs).toISOString().slice(0, 10);
  const due: Period[] = Array.from({ length: periods }, (_, period) => ({
    days: Array.from({ length: everyDays }, (_, i) => dayOf(newestDue - period * everyDays - i)),
  }));
  const today = Math.floor(wallMs / dayMs);
  const early = Array.from({ length: today - newestDue }, (_, i) => dayOf(today - i));
  return { due, early };
}

/** `2026-11-23`, or `2026-11-17 to 2026-11-23`. */
export function periodInWords({ days }: Period): string {
  return days.length === 1 ? `${days[0]}` : `${days.at(-1)} to ${days[0]}`;
}
