import { validate as isCron } from 'node-cron';
import { z } from 'zod';
import { timeZone } from './scalars.ts';

/** When something runs by itself, in the words of a file. */
export interface PlannedTimes {
  /** Five cron fields. */
  cron: string;
  /** IANA; undefined = the team's. */
  zone: string | undefined;
  /** `skip`: not on the team's holidays. */
  holidays: 'run' | 'skip';
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weeks = ['first', 'second', 'third', 'fourth'];
const dayWords = `(?:${days.join('|')})`;
const monthWords = `(?:${months.join('|')})`;
const list = (word: string) => `${word}(?:-${word})?(?:,${word}(?:-${word})?)*`;
const time = '([01]?\\d|2[0-3]):([0-5]\\d)';
const inMonths = `(?: of (${list(monthWords)}))?`;
const help =
  '`09:00`, `Mon-Fri 08:30`, `first Mon 14:00`, `day 1 09:00`, `first Mon of Jan,Apr,Jul,Oct 10:00`, or five cron fields';

/** Five cron fields for what people write; undefined = neither. */
export function cronOf(text: string): string | undefined {
  const words = text.trim().replace(/\s+/g, ' ');
  const daily = new RegExp(`^(?:(${list(dayWords)}) )?${time}$`).exec(words);
  if (daily)
    return `${Number(daily[3])} ${Number(daily[2])} * * ${daily[1] === undefined ? '*' : numbersOf(daily[1], days, 0)}`;
  const nth = new RegExp(`^(${weeks.join('|')}) (${dayWords})${inMonths} ${time}$`).exec(words);
  if (nth) {
    const first = weeks.indexOf(nth[1]!) * 7 + 1;
    // Both must match, so these seven days have one such weekday.
    return `${Number(nth[5])} ${Number(nth[4])} ${first}-${first + 6} ${monthsOf(nth[3])} ${days.indexOf(nth[2]!)}`;
  }
  const ofMonth = new RegExp(`^day (\\d{1,2})${inMonths} ${time}$`).exec(words);
  if (ofMonth && Number(ofMonth[1]) >= 1 && Number(ofMonth[1]) <= 28)
    return `${Number(ofMonth[4])} ${Number(ofMonth[3])} ${Number(ofMonth[1])} ${monthsOf(ofMonth[2])} *`;
  return words.split(' ').length === 5 && isCron(words) ? words : undefined;
}

function monthsOf(text: string | undefined): string {
  return text === undefined ? '*' : numbersOf(text, months, 1);
}

/** `Mon-Fri,Sun` as `1-5,0`; `Sat-Mon`, which goes over the end, day by day. */
function numbersOf(text: string, names: readonly string[], base: number): string {
  const parts = text.split(',').map((part) => {
    const [from = 0, to = from] = part.split('-').map((name) => names.indexOf(name));
    if (to >= from) return to === from ? `${from + base}` : `${from + base}-${to + base}`;
    const length = to + names.length - from + 1;
    return Array.from({ length }, (_, at) => ((from + at) % names.length) + base).join(',');
  });
  return parts.join(',');
}

const times = z
  .string({ error: help })
  .transform((text, context) => {
    const cron = cronOf(text);
    if (cron !== undefined) return cron;
    context.addIssue({ code: 'custom', message: help });
    return z.NEVER;
  })
  .meta({ title: 'days and time, or five cron fields' });

/** One entry of `schedule`: the times alone, or a map. */
export const scheduleEntry = z.union([
  times.transform((cron): PlannedTimes => ({ cron, zone: undefined, holidays: 'run' })),
  z
    .strictObject({
      at: times.describe(help),
      zone: timeZone.optional().describe("of `at`; default: the team's"),
      holidays: z.enum(['run', 'skip']).default('run').describe('`skip`: not on the days of `team.holidays`'),
    })
    .transform(({ at, zone, holidays }): PlannedTimes => ({ cron: at, zone, holidays })),
]);
