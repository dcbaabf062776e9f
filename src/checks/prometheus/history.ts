import type { Facts, Sample } from '../../kernel/check.ts';
import { type Ask, rangeOf } from './answer.ts';
import { earlierMoments, median, type SameHour, stepsThrough } from './moments.ts';
import type { PrometheusTarget } from './params.ts';
import { pickFrom } from './pick.ts';

/** A hold is looked at in this many steps, at most one a second. */
const stepsOfHold = 30;
/** Of fewer days nobody can say what is usual. */
export const leastDays = 3;

/**
 * `value` and `series` at steps of the hold before `atMs` (the server's time), oldest first. `aheadMs`: how far the server's
 * clock is ahead of ours; samples get our time. A step that can't be told is left out.
 */
export async function earlierSamples(
  { target, atMs, aheadMs, heldForMs }: { target: PrometheusTarget; atMs: number; aheadMs: number; heldForMs: number },
  room: Ask,
): Promise<Sample[]> {
  const stepMs = Math.max(1_000, Math.ceil(heldForMs / stepsOfHold / 1_000) * 1_000);
  const count = Math.ceil(heldForMs / stepMs) + 1;
  const found = await rangeOf(target.query, { fromMs: atMs - count * stepMs, toMs: atMs - stepMs, stepMs }, room);
  return Array.from({ length: count }, (_, at) => Math.round(atMs - (count - at) * stepMs)).flatMap((stepAtMs) => {
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
  const moments = earlierMoments(atMs, sameHour).map(Math.round);
  const found = await Promise.all(stepsThrough(moments, sameHour).map((steps) => rangeOf(target.query, steps, room)));
  const values = moments.flatMap((moment) => {
    const samples = found.map((steps) => steps.get(moment)).find((one) => one !== undefined) ?? [];
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
