import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';

const dayMs = 86_400_000;

export interface SameHour {
  days: number;
  weekday: boolean;
  zone?: string | undefined;
}

/** A question about several moments that are the same time apart, epoch ms. */
export interface Steps {
  fromMs: number;
  toMs: number;
  stepMs: number;
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

/**
 * As few evenly spaced questions as reach all moments: one, and one more for each change of the clocks between them. Moments
 * that are asked for besides are for the caller to leave out. Pure.
 */
export function stepsThrough(moments: readonly number[], { weekday }: SameHour): Steps[] {
  const stepMs = weekday ? 7 * dayMs : dayMs;
  const groups = new Map<number, number[]>();
  for (const moment of moments) {
    const offset = moment % dayMs;
    groups.set(offset, [...(groups.get(offset) ?? []), moment]);
  }
  return [...groups.values()].map((group) => ({ fromMs: Math.min(...group), toMs: Math.max(...group), stepMs }));
}

/** Undefined of nothing. Pure. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
