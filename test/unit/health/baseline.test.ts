import { describe, expect, test } from 'vitest';
import { baselineOf, nextSamples } from '../../../src/health/baseline.ts';
import type { Sample } from '../../../src/kernel/check.ts';

const at = (seconds: number) => new Date(Date.parse('2026-11-23T09:00:00Z') + seconds * 1_000);
const minute = 60_000;

/** The age in seconds of what each measurement, at these moments, is compared with. */
function ages(moments: number[], everyMs = minute): (number | undefined)[] {
  let samples: Sample[] = [];
  return moments.map((seconds) => {
    const baseline = baselineOf(samples, everyMs, at(seconds));
    samples = nextSamples(samples, { at: at(seconds), facts: {} }, everyMs);
    expect(samples.length).toBeLessThanOrEqual(2);
    return baseline && (at(seconds).getTime() - baseline.at.getTime()) / 1_000;
  });
}

describe('the sample that a rate starts from', () => {
  test('is the last one, in the regular rhythm', () => {
    expect(ages([0, 60, 120, 180])).toEqual([undefined, 60, 60, 60]);
    expect(ages([0, 5, 10, 15, 20], 5_000)).toEqual([undefined, undefined, 10, 10, 15]);
    expect(ages([0, 3_600, 7_200], 3_600_000)).toEqual([undefined, 3_600, 3_600]);
  });
  test('is not one from a moment ago: asking again at once changes nothing', () => {
    expect(ages([0, 60, 60.1, 61, 120])).toEqual([undefined, 60, 60.1, 61, 60]);
    expect(ages([0, 1, 2])).toEqual([undefined, undefined, undefined]);
  });
  test('is never older than needed, however often people ask', () => {
    const every2s = Array.from({ length: 100 }, (_, n) => n * 2);
    const after = ages(every2s).slice(20);
    expect(Math.min(...after.map(Number))).toBeGreaterThanOrEqual(12);
    expect(Math.max(...after.map(Number))).toBeLessThanOrEqual(26);
  });
  test('is not one from a clock that was ahead', () => {
    expect(ages([86_400, 0, 60])).toEqual([undefined, undefined, 60]);
  });
});
