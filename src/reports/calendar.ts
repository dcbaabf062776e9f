import { momentsOfDay, wallAt } from '../kernel/wall-clock.ts';

const dayMs = 86_400_000;

/** A month or week by the calendar of a zone: from its first midnight up to the next one's. */
export interface CalendarPeriod {
  from: Date;
  to: Date;
  /** `November 2026`, `week of 23 Nov 2026`. */
  name: string;
}

export type Calendar = 'month' | 'week';

/** The period that `now` lies in, or one `back` that many. Pure. Throws RangeError: no such zone. */
export function periodAt(kind: Calendar, at: { now: Date; zone: string; back?: number }): CalendarPeriod {
  const { now, zone, back = 0 } = at;
  const wall = new Date(wallAt(zone, now.getTime()));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const monday = day - ((wall.getUTCDay() + 6) % 7) - 7 * back;
  const [first, next] =
    kind === 'month'
      ? [Date.UTC(year, month - back, 1), Date.UTC(year, month - back + 1, 1)]
      : [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)];
  return { from: midnight(first, zone), to: midnight(next, zone), name: nameOf(kind, first) };
}

/** The last `days` whole days of a zone: its midnights, oldest first, the last one at `now` or before. Pure. */
export function midnights(days: number, { now, zone }: { now: Date; zone: string }): Date[] {
  const today = Math.floor(wallAt(zone, now.getTime()) / dayMs) * dayMs;
  return Array.from({ length: days + 1 }, (_, at) => midnight(today - (days - at) * dayMs, zone));
}

function midnight(wall: number, zone: string): Date {
  return new Date(momentsOfDay(zone, wall)(wall));
}

function nameOf(kind: Calendar, wall: number): string {
  const words = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', year: 'numeric', ...options }).format(wall);
  return kind === 'month' ? words({ month: 'long' }) : `week of ${words({ day: 'numeric', month: 'short' })}`;
}
