import { zoneName, zoneTime } from '../../health/views/time.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Found, ok, type Part, warn } from '../model.ts';

const lateMs = 60_000;
const shown = 20;

export interface SeenSchedules {
  /** `next` is undefined where only the database is known, not the schedules. */
  list(): Promise<{ name: string; last: Date | undefined; next: Date | undefined }[]>;
}

/** When each schedule ran last and runs next; one whose slot is over and has no job is late. */
export function schedulesPart(schedules: SeenSchedules, clock: Clock, zone: string): Part {
  return {
    name: 'schedules',
    look: async () => {
      const now = clock.now();
      const list = await schedules.list();
      const time = (at: Date) => zoneTime(at, now, zone);
      const found = list.map(({ name, last, next }): Found => {
        const before = last === undefined ? 'never ran' : `last ${time(last)}`;
        if (next === undefined) return ok(`${name}: ${before}`);
        const lateByMs = now.getTime() - next.getTime();
        if (lateByMs <= lateMs) return ok(`${name}: ${before}, next ${time(next)} ${zoneName(next, zone)}`);
        const words = `${name}: ${before}, due since ${time(next)} (${formatDuration(lateByMs)})`;
        return warn(words, 'see whether a bot runs: it catches up when it starts');
      });
      const late = found.filter(({ state }) => state !== 'ok');
      const fine = found.filter(({ state }) => state === 'ok');
      const rest = fine.length - shown;
      if (found.length === 0) return [ok('none ran yet')];
      return [...late, ...fine.slice(0, shown), ...(rest > 0 ? [ok(`and ${rest} more`)] : [])];
    },
  };
}
