import { OpsError } from '../kernel/errors.ts';
import { wallAt } from '../kernel/wall-clock.ts';

const minute = 60_000;
const day = 1_440 * minute;
/** A day, and what a zone may put its clock back in it. */
const longestMs = day + 180 * minute;

/**
 * The next moment at which the clock on the wall of an IANA zone shows `HH:MM`, always behind `after`. A time that is
 * shown twice comes twice; one that a clock put forward leaves out is the first minute behind the gap.
 * Throws OpsError `invalid` when it is no time of a day.
 */
export function nextWallTime(zone: string, time: string, after: Date): Date {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new OpsError('invalid', `${JSON.stringify(time.slice(0, 20))} is no time of a day`, {
      hint: '00:00 to 23:59',
    });
  }
  const wantedMs = (Number(hours) * 60 + Number(minutes)) * minute;
  const first = (Math.floor(after.getTime() / minute) + 1) * minute;
  let before = wallAt(zone, first - minute);
  for (let at = first; at <= first + longestMs; at += minute) {
    const wall = wallAt(zone, at);
    // In most minutes that is one step; in a gap the wanted time may lie inside it.
    const sinceWanted = (((wall - wantedMs) % day) + day) % day;
    if (wall > before && sinceWanted < wall - before) return new Date(at);
    if (wall <= before && sinceWanted === 0) return new Date(at);
    before = wall;
  }
  throw new OpsError('invalid', `${time} does not come in ${zone}`);
}
