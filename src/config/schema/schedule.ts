import { z } from 'zod';
import { cron, timeZone } from './scalars.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const day = `(${days.join('|')})`;
const shape = new RegExp(`^(?:(${day}(?:-${day})?(?:,${day}(?:-${day})?)*) )?([01]\\d|2[0-3]):([0-5]\\d)$`);
const atHelp =
  'days and a time such as "Mon-Fri 08:30", a time such as "08:30", or five cron fields such as "0 14 1-7 * 1"';

const at = z
  .string({ error: atHelp })
  .transform((text, context) => {
    const [, named, , , , , hour, minute] = shape.exec(text) ?? [];
    if (hour !== undefined)
      return `${Number(minute)} ${Number(hour)} * * ${named === undefined ? '*' : numbered(named)}`;
    if (cron.safeParse(text).success) return text;
    context.addIssue({ code: 'custom', message: atHelp });
    return z.NEVER;
  })
  .meta({ title: '`Mon-Fri 08:30`, or five cron fields' });

/** cron has no range over the end of the week, so days are listed. */
function numbered(text: string): string {
  return text
    .split(',')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map((name) => days.indexOf(name));
      return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, offset) => (first + offset) % 7);
    })
    .join(',');
}

/** When something recurs. */
export const schedule = z
  .strictObject({
    at: at.describe('days and a time `Mon-Fri 08:30`, or five cron fields'),
    zone: timeZone.optional().describe("of its times; default: the team's"),
    holidays: z.enum(['run', 'skip']).default('run').describe('what it does on `team.holidays`'),
  })
  .transform(({ at: cronFields, ...rest }) => ({ cron: cronFields, ...rest }));
