import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';

const dayMs = 86_400_000;

export interface SameHour {
  days: number;
  weekday: boolean;
  zone?: string | undefined;
}

/** When it was the same time of the day before, by the clocks of the zone; the latest first, epoch ms. Pure. */
export function earlierMoments(atMs: number, { days, weekday, zone }: SameHour): number[] {
  const everyDays = weekday ? 7 : 1;
  const back = Array.from({ length: Math.floor(days / everyDays) }, (_, at) => (at + 1) * everyDays * dayMs);
  if (zone === undefined) return back.map((ms) => atMs - ms);
  const wall = wallAt(zone, atMs);
  const midnight = Math.floor(wall / dayMs) * dayMs;
  return back.map((ms) => momentsOfDay(zone, midnight - ms)(wall - ms));
}

/** How far the steps of an answer lie from those that were asked for, ms: from -stepMs (exclusive) to 0. Pure. */
export function movedBy(answered: Iterable<number>, { fromMs, stepMs }: { fromMs: number; stepMs: number }): number {
  for (const ms of answered) return -((((fromMs - ms) % stepMs) + stepMs) % stepMs);
  return 0;
}

/** Undefined of nothing. Pure. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
