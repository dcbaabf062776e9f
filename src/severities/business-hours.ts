import type { Ops } from '../config/model.ts';
import { momentsOfDay, wallAt } from '../kernel/wall-clock.ts';

/** When a team is at work, as ops.yml says it. Without business hours every hour is one, save on holidays. */
export type TeamHours = Pick<Ops['team'], 'zone' | 'businessHours' | 'holidays'>;

const minute = 60_000;
const day = 24 * 60 * minute;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Days and times by the clock on the wall. `toMs` is over 24 h where the hours end on the day after. */
interface Hours {
  /** By number, 0 = Sunday. */
  days: ReadonlySet<number>;
  /** Since midnight. */
  fromMs: number;
  toMs: number;
}

/**
 * Whether the moment lies in the team's business hours, by the clock on the wall of its zone: from the first minute up to, and
 * without, the last. Hours over midnight (`22:00-06:00`) belong to the day, or holiday, on which they begin.
 */
export function isBusinessHours(at: Date, team: TeamHours): boolean {
  const hours = hoursOf(team.businessHours);
  const wall = wallAt(team.zone, at.getTime());
  const today = wall - modulo(wall, day);
  return [today, today - day].some((midnight) => {
    const since = wall - midnight;
    return since >= hours.fromMs && since < hours.toMs && isWorkday(midnight, hours, team);
  });
}

/** When the first business day after the day of `at` ends, in the team's zone. */
export function endOfNextBusinessDay(at: Date, team: TeamHours): Date {
  const hours = hoursOf(team.businessHours);
  const wall = wallAt(team.zone, at.getTime());
  let midnight = wall - modulo(wall, day) + day;
  // Every week has a business day and holidays are a list with an end, so there is one.
  while (!isWorkday(midnight, hours, team)) midnight += day;
  return new Date(momentsOfDay(team.zone, midnight)(midnight + hours.toMs));
}

function isWorkday(midnight: number, { days }: Hours, { holidays }: TeamHours): boolean {
  const date = new Date(midnight);
  return days.has(date.getUTCDay()) && !holidays.includes(date.toISOString().slice(0, 10));
}

const allHours: Hours = { days: new Set(weekdays.keys()), fromMs: 0, toMs: day };

/** `Mon,Wed-Fri 08:00-18:00`, which the config's schema has checked. Equal times are a whole day. */
function hoursOf(text: string | undefined): Hours {
  if (text === undefined) return allHours;
  const [days = '', times = ''] = text.split(' ');
  const [fromMs = 0, end = 0] = times.split('-').map(sinceMidnight);
  return { days: daysOf(days), fromMs, toMs: end > fromMs ? end : end + day };
}

/** `Mon,Wed-Fri`; `Sat-Mon` goes over the end of the week. */
function daysOf(text: string): Set<number> {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = 0, last = first] = part.split('-').map((name) => weekdays.indexOf(name));
    for (let offset = 0; offset <= modulo(last - first, 7); offset += 1) days.add((first + offset) % 7);
  }
  return days;
}

function sinceMidnight(time: string): number {
  const [hour = 0, minutes = 0] = time.split(':').map(Number);
  return (hour * 60 + minutes) * minute;
}

/** Never negative, unlike `%`. */
function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
