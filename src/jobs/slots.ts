import { type CronSlots, cronSlots } from '../kernel/cron-slots.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Schedule } from './timing.ts';

/** When slots are: five cron fields in an IANA zone, or multiples of `everyMs` since the epoch. */
export type When = Schedule['when'];

const shortestMs = 1_000;

/**
 * The first slot after `after`. In a zone, a time that a clock put forward leaves out is the next minute there is; a time
 * that a clock put back shows twice is one slot, the first. So hourly slots pause while an hour is repeated.
 * Throws OpsError `invalid` when `when` makes no sense or never comes.
 */
export function nextSlot(when: When, after: Date): Date {
  const at = slotsOf(when).next(after.getTime());
  if (at === undefined) throw new OpsError('invalid', `${describe(when)} never comes`);
  return new Date(at);
}

/** The last slot after `after`, up to and including `upTo`. */
export function latestSlot(when: When, after: Date, upTo: Date): Date | undefined {
  const at = slotsOf(when).latest(after.getTime(), upTo.getTime());
  return at === undefined ? undefined : new Date(at);
}

/** All slots after `after`, up to and including `upTo`, in order. */
export function slotsBetween(when: When, after: Date, upTo: Date): Date[] {
  const slots: Date[] = [];
  const { next } = slotsOf(when);
  let at = next(after.getTime());
  while (at !== undefined && at <= upTo.getTime()) {
    slots.push(new Date(at));
    at = next(at);
  }
  return slots;
}

/** `0 9 * * 1-5 Europe/Berlin`, `every 5000 ms`: the same for the same slots. */
export function describe(when: When): string {
  return 'everyMs' in when ? `every ${when.everyMs} ms` : `${when.cron.trim().replace(/\s+/g, ' ')} ${when.zone}`;
}

const known = new WeakMap<When, CronSlots>();

/** Worked out once per `when`: reading a pattern takes longer than asking it. */
function slotsOf(when: When): CronSlots {
  let slots = known.get(when);
  if (!slots) {
    slots = 'everyMs' in when ? rhythm(when.everyMs) : readCron(when);
    known.set(when, slots);
  }
  return slots;
}

function rhythm(everyMs: number): CronSlots {
  if (!Number.isSafeInteger(everyMs) || everyMs < shortestMs) {
    throw new OpsError('invalid', `a rhythm of ${everyMs} ms: it is a whole number, ${shortestMs} or more`);
  }
  return {
    next: (after) => (Math.floor(after / everyMs) + 1) * everyMs,
    latest: (after, upTo) => {
      const at = Math.floor(upTo / everyMs) * everyMs;
      return at > after ? at : undefined;
    },
  };
}

function readCron({ cron, zone }: { cron: string; zone: string }): CronSlots {
  if (cron.trim().split(/\s+/).length !== 5) {
    throw new OpsError('invalid', `${JSON.stringify(cron)} is not five cron fields`);
  }
  try {
    const slots = cronSlots(cron, zone);
    slots.latest(0, 0);
    return slots;
  } catch (error) {
    throw new OpsError('invalid', `${JSON.stringify(cron)} in ${JSON.stringify(zone)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
