import { echo } from '../../kernel/echo.ts';
import { OpsError } from '../../kernel/errors.ts';
import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';

const dayMs = 86_400_000;
const mostDays = 3 * 366;

/** What figures are made of: incidents that were declared in it. `months`: when each begins, the first one with the period. */
export interface StatsPeriod {
  from: Date;
  /** Without this moment itself. */
  to: Date;
  /** `last 90 days`, `2026-10` */
  words: string;
  /** `key`: 2026-10. */
  months: { from: Date; key: string }[];
}

/** `90d`, `2026-10`, `2026`; months and years by the calendar of the zone. Throws OpsError `invalid`. Pure. */
export function statsPeriod(word: string, now: Date, zone: string): StatsPeriod {
  const days = /^(\d{1,4})d$/i.exec(word)?.[1];
  if (days !== undefined && Number(days) >= 1 && Number(days) <= mostDays) {
    const from = new Date(now.getTime() - Number(days) * dayMs);
    return { from, to: now, words: `last ${days === '1' ? 'day' : `${days} days`}`, months: monthsOf(from, now, zone) };
  }
  const [, year, month] = /^(20\d\d)(?:-(0[1-9]|1[0-2]))?$/.exec(word) ?? [];
  if (year === undefined)
    throw new OpsError('invalid', `"${echo(word)}" is no time to count`, { hint: '30d, 90d, 2026-10 or 2026' });
  const from = monthStart(zone, Number(year), month === undefined ? 0 : Number(month) - 1);
  const end = monthStart(zone, Number(year), month === undefined ? 12 : Number(month));
  if (from > now) throw new OpsError('invalid', `${word} has not begun`, { hint: '30d, 90d, 2026-10 or 2026' });
  const to = end < now ? end : now;
  return { from, to, words: word, months: monthsOf(from, to, zone) };
}

/** Whether a word is a period at all. */
export function isPeriod(word: string): boolean {
  return /^\d/.test(word);
}

function monthsOf(from: Date, to: Date, zone: string): StatsPeriod['months'] {
  const first = new Date(wallAt(zone, from.getTime()));
  const months: StatsPeriod['months'] = [];
  for (let at = 0; ; at += 1) {
    const [year, month] = [first.getUTCFullYear(), first.getUTCMonth() + at];
    const begins = at === 0 ? from : monthStart(zone, year, month);
    if (begins >= to && at > 0) return months;
    months.push({ from: begins, key: new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7) });
  }
}

/** The first moment of a month by the clock on the wall, also where the clock changes that day. */
function monthStart(zone: string, year: number, month: number): Date {
  const midnight = Date.UTC(year, month, 1);
  return new Date(momentsOfDay(zone, midnight)(midnight));
}
