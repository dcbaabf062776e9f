import { type CronSlots, cronSlots } from '../../kernel/cron-slots.ts';

/** Why a cron expression can't be waited for; undefined = it can. */
export function problemOfCrontab(cron: string): string | undefined {
  const [, , dayOfMonth = '', , dayOfWeek = '', ...more] = cron.trim().split(/\s+/);
  const form = 'a cron expression such as "0 2 * * *": minute, hour, day of month, month, day of week';
  if (dayOfWeek === '' || more.length > 0) return form;
  // vixie-cron and cronie take both days as needed, others one of the two.
  if ((isStep(dayOfMonth) && !isStar(dayOfWeek)) || (isStep(dayOfWeek) && !isStar(dayOfMonth)))
    return 'no */n for one day field beside the other: crons differ over it; list the days (1-31/2), or give `every`';
  try {
    return crontabSlots(cron, 'UTC').next(0) === undefined ? form : undefined;
  } catch {
    // node-cron throws an Error with its own words for each mistake.
    return form;
  }
}

/**
 * The slots of five fields as a crontab means them: where day of month and day of week are both given, either will do
 * (node-cron wants both). Throws what `cronSlots` throws.
 */
export function crontabSlots(cron: string, zone: string): Pick<CronSlots, 'next'> {
  const [minute, hour, dayOfMonth = '', month, dayOfWeek = ''] = cron.trim().split(/\s+/);
  const either = !isStar(dayOfMonth) && !isStar(dayOfWeek);
  const patterns = either
    ? [`${minute} ${hour} ${dayOfMonth} ${month} *`, `${minute} ${hour} * ${month} ${dayOfWeek}`]
    : [cron];
  const all = patterns.map((pattern) => cronSlots(pattern, zone));
  return {
    next(after) {
      const found = all.flatMap((slots) => slots.next(after) ?? []);
      return found.length === 0 ? undefined : Math.min(...found);
    },
  };
}

function isStar(field: string): boolean {
  return field === '*' || field === '?';
}

function isStep(field: string): boolean {
  return field.startsWith('*/');
}
