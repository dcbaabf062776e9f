import { createTask, parse } from 'node-cron';
import { momentsOfDay, wallAt } from './wall-clock.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** 29 February on a given weekday comes again after 40 years at most. */
const horizonDays = 50 * 366;

/** The slots of a cron pattern, epoch ms. */
export interface CronSlots {
  /** The first one after `after`; undefined when there is none in 50 years. */
  next(after: number): number | undefined;
  /** The last one in (after, upTo]. */
  latest(after: number, upTo: number): number | undefined;
}

/**
 * Five cron fields in an IANA zone. node-cron reads the pattern and says which days match (day of month AND day of week);
 * its own clock would leave out a time inside a spring gap, so the moments of a day are worked out here.
 * Throws what node-cron or Intl say of a pattern or zone that is not one.
 */
export function cronSlots(cron: string, zone: string): CronSlots {
  const fields = parse(cron);
  const hours = fields.hour.toSorted((a, b) => a - b);
  const minutes = fields.minute.toSorted((a, b) => a - b);
  const months = new Set(fields.month);
  // `L`, `15W` and the like are node-cron's to judge.
  const days = fields.dayOfMonth.some((of) => typeof of === 'string') ? undefined : new Set(fields.dayOfMonth);
  const first = hours[0]! * hour + minutes[0]! * minute;
  // Asked in UTC about the wall clock's own date. Never started.
  const task = createTask(cron, () => undefined, { timezone: 'UTC' });
  void task.destroy();

  function matches(midnight: number): boolean {
    const date = new Date(midnight);
    if (!months.has(date.getUTCMonth() + 1) || days?.has(date.getUTCDate()) === false) return false;
    return task.match(new Date(midnight + first));
  }

  function firstOfDay(midnight: number, after: number): number | undefined {
    const momentOf = momentsOfDay(zone, midnight);
    for (const h of hours) {
      for (const m of minutes) {
        const at = momentOf(midnight + h * hour + m * minute);
        if (at > after) return at;
      }
    }
    return undefined;
  }

  function lastOfDay(midnight: number, upTo: number): number | undefined {
    const momentOf = momentsOfDay(zone, midnight);
    for (const h of hours.toReversed()) {
      for (const m of minutes.toReversed()) {
        const at = momentOf(midnight + h * hour + m * minute);
        if (at <= upTo) return at;
      }
    }
    return undefined;
  }

  return {
    next(after) {
      const today = midnightOf(zone, after);
      for (let midnight = today; midnight < today + horizonDays * day; midnight += day) {
        const found = matches(midnight) ? firstOfDay(midnight, after) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
    latest(after, upTo) {
      // A clock put back over midnight shows yesterday again when slots of today have passed: begin with tomorrow.
      for (let midnight = midnightOf(zone, upTo) + day; midnight >= midnightOf(zone, after); midnight -= day) {
        const found = matches(midnight) ? lastOfDay(midnight, upTo) : undefined;
        if (found !== undefined) return found > after ? found : undefined;
      }
      return undefined;
    },
  };
}

function midnightOf(zone: string, at: number): number {
  return Math.floor(wallAt(zone, at) / day) * day;
}
