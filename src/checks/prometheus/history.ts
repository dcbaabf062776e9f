import pLimit from 'p-limit';
import type { Facts, Sample } from '../../kernel/check.ts';
import { type Ask, instantOf, rangeOf } from './answer.ts';
import { earlierMoments, median, movedBy, type SameHour } from './moments.ts';
import type { PrometheusTarget } from './params.ts';
import { pickFrom } from './pick.ts';

/** A hold is looked at in this many steps, at most one a second. */
const stepsOfHold = 30;
/** Of fewer days nobody can say what is usual. */
export const leastDays = 3;
/** Questions about earlier days under way at once. */
const atOnce = 4;

/**
 * `value` and `series` at steps of the hold before `atMs` (the server's time), oldest first. `aheadMs`: how far the server's
 * clock is ahead of ours; samples get our time. A step that can't be told is left out. A query-frontend (Thanos, Mimir) may
 * move all steps: what it gives is of the moments that it says, so zeros are filled in at those.
 */
export async function earlierSamples(
  { target, atMs, aheadMs, heldForMs }: { target: PrometheusTarget; atMs: number; aheadMs: number; heldForMs: number },
  room: Ask,
): Promise<Sample[]> {
  const stepMs = Math.max(1_000, Math.ceil(heldForMs / stepsOfHold / 1_000) * 1_000);
  const count = Math.ceil(heldForMs / stepMs) + 1;
  const fromMs = Math.round(atMs - count * stepMs);
  const found = await rangeOf(target.query, { fromMs, toMs: fromMs + (count - 1) * stepMs, stepMs }, room);
  const firstMs = fromMs + movedBy(found.keys(), { fromMs, stepMs });
  return Array.from({ length: count }, (_, at) => firstMs + at * stepMs).flatMap((stepAtMs) => {
    const samples = found.get(stepAtMs) ?? [];
    const picked = pickFrom(samples, target);
    if (picked.kind !== 'value') return [];
    return [{ at: new Date(stepAtMs - aheadMs), facts: { value: picked.value, series: samples.length } }];
  });
}

/** What is usual at this time of the day: `usual`, `ratio_to_usual`, `days_found`. Days without data don't count as zero. */
export async function usualFacts(
  { target, sameHour, atMs, value }: { target: PrometheusTarget; sameHour: SameHour; atMs: number; value: number },
  room: Ask,
): Promise<Facts> {
  // Each moment by itself: a range with steps of days is moved to midnight by a query-frontend.
  const limit = pLimit(atOnce);
  const moments = earlierMoments(atMs, sameHour).map(Math.round);
  const found = await Promise.all(moments.map((moment) => limit(() => instantOf(target.query, room, moment))));
  const values = found.flatMap(({ samples }) => {
    const picked = pickFrom(samples, { pick: target.pick, missing: 'unknown' });
    return picked.kind === 'value' ? [picked.value] : [];
  });
  const usual = values.length < leastDays ? undefined : median(values);
  return {
    days_found: values.length,
    usual: usual ?? null,
    ratio_to_usual: usual === undefined ? null : ratio(value, usual),
  };
}

/** Nothing where nothing is usual is as usual; something there is no multiple of nothing. */
function ratio(value: number, usual: number): number | null {
  if (usual === 0) return value === 0 ? 1 : null;
  return Number((value / usual).toPrecision(4));
}
