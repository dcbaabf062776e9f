import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';

/** A day of the calendar, `2026-12-01`: what the rule counts in. */
export type Day = string;

const dayMs = 86_400_000;

/** The day that a moment lies in, on the calendar of a zone. */
export function dayAt(at: Date, zone: string): Day {
  return new Date(wallAt(zone, at.getTime())).toISOString().slice(0, 10);
}

export function daysLater(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** How many days lie from one to the other; negative when `to` comes first. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

export function lastOfYear(day: Day): Day {
  return `${day.slice(0, 4)}-12-31`;
}

/** When the clock on the wall of a zone first shows that hour, or a later time, on a day. */
export function momentOf(day: Day, hour: number, zone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return new Date(momentsOfDay(zone, midnight)(midnight + hour * 3_600_000));
}

/** `2026-12-01` when that day exists; undefined = it is none. */
export function dayOf(text: string): Day | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : undefined;
}

export function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}
