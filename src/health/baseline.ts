import type { Sample } from '../kernel/check.ts';

/** A rate over less than this says little, ms; rarer checks take a fifth of their rhythm, up to the second number. */
const shortestMs = 10_000;
const longestMs = 30_000;

/** How old a sample must be for the next one to be compared with it, ms. */
function minAgeMs(everyMs: number): number {
  return Math.min(longestMs, Math.max(shortestMs, everyMs / 5));
}

/**
 * The sample to measure rates from: the newest that is old enough, so that somebody who asks again at once doesn't get a
 * rate over a second. Undefined = not yet.
 */
export function baselineOf(samples: readonly Sample[], everyMs: number, now: Date): Sample | undefined {
  return samples.findLast((sample) => now.getTime() - sample.at.getTime() >= minAgeMs(everyMs));
}

/**
 * What is kept after a new sample, oldest first, at most two: the baseline, and the one that becomes it when it is old
 * enough. Samples in between are dropped, and so are those from a clock that was ahead.
 */
export function nextSamples(samples: readonly Sample[], sample: Sample, everyMs: number): Sample[] {
  const [older, newer] = samples.filter((each) => each.at <= sample.at).slice(-2);
  if (!older) return [sample];
  if (!newer) return [older, sample];
  const ripe = sample.at.getTime() - newer.at.getTime() >= minAgeMs(everyMs);
  return ripe ? [newer, sample] : [older, newer];
}
