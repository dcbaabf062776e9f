import { momentsOfDay, wallAt } from '../kernel/wall-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestMs = 7 * dayMs;

/**
 * When a job of 02:00 in a zone was due after `from` and up to `to`, oldest first, of the last 7 days at most. Each night
 * has one: where the clock skips 02:00 it is the minute after. Pure.
 */
export function nightsBetween(from: Date, to: Date, zone: string): Date[] {
  const begin = Math.max(from.getTime(), to.getTime() - longestMs);
  const nights: Date[] = [];
  const lastMidnight = midnightOf(wallAt(zone, to.getTime()));
  for (let midnight = midnightOf(wallAt(zone, begin)); midnight <= lastMidnight; midnight += dayMs) {
    const due = momentsOfDay(zone, midnight)(midnight + 2 * hourMs);
    if (due > begin && due <= to.getTime()) nights.push(new Date(due));
  }
  return nights;
}

function midnightOf(wall: number): number {
  return Math.floor(wall / dayMs) * dayMs;
}
