import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { enoughOf, keptNumber, localHourOf, tellsUsual, usualOf } from '../../../../src/health/usual/model.ts';

describe('what is usual', () => {
  test.each([
    [[1, 2, 3], 2],
    [[3, 1, 2, 100], 2.5],
    [[5, 5, 5, 5, 5, 5, 5], 5],
    [[240, 9_000, 9_000, 240, 9_000, 240, 240], 240],
    [[-3, -1, -2], -2],
    [[1e300, 1e300, 1e300, 1e300], 1e300],
  ])('of %j is %d', (values, median) => {
    expect(usualOf(values)).toEqual({ kind: 'known', median, days: values.length });
  });

  test.each([[[]], [[1]], [[1, 2]]])('of %j nobody knows yet', (values: number[]) => {
    expect(usualOf(values)).toEqual({ kind: 'not_yet', days: values.length, needs: 3 });
  });

  test('lies between the good days, however bad fewer than half of them are', () => {
    const value = fc.integer({ min: 200, max: 300 });
    const bad = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
    const days = fc.integer({ min: 3, max: 7 }).chain((length) => {
      const bads = Math.floor((length - 1) / 2);
      const good = fc.array(value, { minLength: length - bads, maxLength: length - bads });
      return fc.tuple(good, fc.array(bad, { minLength: bads, maxLength: bads }));
    });
    fc.assert(
      fc.property(days, ([good, bads]) => {
        const usual = usualOf([...bads, ...good]);
        if (usual.kind !== 'known') throw new Error('there are days enough');
        expect(usual.median).toBeGreaterThanOrEqual(Math.min(...good));
        expect(usual.median).toBeLessThanOrEqual(Math.max(...good));
      }),
    );
  });
});

test.each([
  [10_000, 3],
  [300_000, 3],
  [600_000, 3],
  [900_000, 2],
  [1_200_000, 2],
  [1_800_000, 1],
  [3_600_000, 1],
  [86_400_000, 1],
])('measured every %d ms, an hour needs %d samples', (everyMs, samples) => {
  expect(enoughOf(everyMs)).toBe(samples);
});

test.each([
  ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25', 2],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25', 2],
  ['Europe/Berlin', '2027-03-28T01:00:00Z', '2027-03-28', 3],
  ['Asia/Kolkata', '2026-11-23T18:29:59Z', '2026-11-23', 23],
  ['Asia/Kolkata', '2026-11-23T18:30:00Z', '2026-11-24', 0],
  ['America/Los_Angeles', '2027-01-01T07:59:00Z', '2026-12-31', 23],
])('in %s, %s is of %s, hour %d', (zone, at, day, hour) => {
  expect(localHourOf(zone, new Date(at))).toEqual({ day, hour });
});

test('what failed tells it, what nobody could judge or should look at does not', () => {
  const outcomes = ['ok', 'warn', 'fail', 'unknown', 'blocked', 'muted', 'stale'] as const;
  expect(outcomes.filter(tellsUsual)).toEqual(['ok', 'warn', 'fail']);
});

test.each<[unknown, number | undefined]>([
  [12, 12],
  [-1e300, -1e300],
  [2e300, undefined],
  [1e-310, 0],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['12', undefined],
  [null, undefined],
  [undefined, undefined],
])('%s is kept as %s', (value, kept) => {
  expect(keptNumber(value)).toBe(kept);
});
