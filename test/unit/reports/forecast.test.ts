import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayValue, daysNeeded, forecast, trendOf } from '../../../src/reports/capacity/forecast.ts';
import type { Target } from '../../../src/reports/metrics/target.ts';

const below = (value: number): Target => ({ op: '<', value });
const above = (value: number): Target => ({ op: '>', value });
const series = (values: readonly number[]): DayValue[] => values.map((value, day) => ({ day, value }));
const line = (days: number, { from, by }: { from: number; by: number }) =>
  series(Array.from({ length: days }, (_, day) => from + by * day));
const year = { horizon: 365 };

describe('a forecast', () => {
  it('crosses where a straight line does, counted from the last day', () => {
    // 50 on day 0, 64.5 on day 29: 80 is 31 days after that.
    const found = forecast(line(30, { from: 50, by: 0.5 }), { target: below(80), ...year });
    expect(found).toMatchObject({ kind: 'crosses', inDays: 31, earliest: 31, latest: 31, slope: 0.5 });
    expect(forecast(line(30, { from: 50, by: -0.5 }), { target: above(30), ...year })).toMatchObject({ inDays: 11 });
  });

  it('tells what never crosses from what crosses late, and from what has crossed', () => {
    const of = (by: number, target: Target) => forecast(line(30, { from: 50, by }), { target, ...year }).kind;
    expect(of(0.01, below(80))).toBe('not soon');
    expect(of(-0.5, below(80))).toBe('away');
    expect(of(0.5, above(30))).toBe('away');
    expect(of(2, below(80))).toBe('missed');
    expect(of(0, below(80))).toBe('steady');
  });

  it('is not bent by outliers', () => {
    const days = line(30, { from: 50, by: 0.5 });
    for (const day of [3, 4, 17, 25]) days[day]!.value = 79;
    const found = forecast(days, { target: below(80), ...year });
    expect(found).toMatchObject({ kind: 'crosses', inDays: expect.closeTo(31, 0) });
  });

  it('is none of fewer than 14 days, however straight', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: daysNeeded - 1 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (days, by) => {
          expect(forecast(line(days, { from: 10, by }), { target: below(80), ...year })).toEqual({
            kind: 'too few',
            days,
          });
        },
      ),
    );
  });

  it('is none of what stays where it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 14, max: 90 }), fc.double({ min: -1e6, max: 79, noNaN: true }), (days, value) => {
        expect(forecast(line(days, { from: value, by: 0 }), { target: below(80), ...year }).kind).toBe('steady');
      }),
    );
  });

  it('is none of noise, but in one of a hundred', () => {
    const noise = fc.array(fc.integer({ min: 200, max: 600 }), { minLength: 30, maxLength: 30 });
    const seen = fc
      .sample(noise, { numRuns: 500, seed: 42 })
      .filter((values) => forecast(series(values), { target: below(800), ...year }).kind !== 'steady');
    expect(seen.length).toBeLessThanOrEqual(5);
  });

  it('is the same in other units, on other days and from another zero', () => {
    const given = fc.record({
      by: fc.double({ min: -1, max: 1, noNaN: true }),
      noise: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 20, maxLength: 60 }),
      scale: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      shift: fc.double({ min: -1_000, max: 1_000, noNaN: true }),
      later: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(given, ({ by, noise, scale, shift, later }) => {
        const days = series(noise.map((each, day) => 30 + by * day + each));
        const moved = days.map(({ day, value }) => ({ day: day + later, value: value * scale + shift }));
        const one = forecast(days, { target: below(80), ...year });
        const other = forecast(moved, { target: below(80 * scale + shift), ...year });
        // What lies on the edge of having a trend may fall to either side by rounding.
        if (one.kind !== other.kind) return void expect(isEdge(days) || isEdge(moved)).toBe(true);
        if (one.kind !== 'crosses' || other.kind !== 'crosses') return;
        expect(other.inDays).toBeCloseTo(one.inDays, 3);
        expect(other.earliest).toBeCloseTo(one.earliest, 3);
      }),
    );
  });

  it('does not mind days that are missing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 40, maxLength: 90 }),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        (gaps, by) => {
          const all = line(gaps.length, { from: 20, by });
          const some = all.filter(({ day }) => gaps[day] || day === gaps.length - 1);
          fc.pre(some.length >= daysNeeded);
          const [whole, partial] = [all, some].map((days) => forecast(days, { target: below(80), ...year }));
          expect(partial!.kind).toBe(whole!.kind);
          if (whole!.kind === 'crosses' && partial!.kind === 'crosses')
            expect(partial!.inDays).toBeCloseTo(whole!.inDays, 6);
        },
      ),
    );
  });

  it('names a range that the true day lies in, most of the time', () => {
    const noise = fc.sample(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 30, maxLength: 30 }), {
      numRuns: 300,
      seed: 7,
    });
    const found = noise.map((each) =>
      forecast(series(each.map((off, day) => 40 + 0.5 * day + off)), { target: below(80), ...year }),
    );
    const told = found.flatMap((each) => (each.kind === 'crosses' ? [each] : []));
    const right = told.filter(({ earliest, latest = Number.POSITIVE_INFINITY }) => earliest <= 51 && 51 <= latest);
    expect(told.length).toBeGreaterThan(290);
    expect(right.length / told.length).toBeGreaterThan(0.95);
  });
});

/** Whether a trend hangs on the last digits: a hair more or less of a slope and it is another. */
function isEdge(days: readonly DayValue[]): boolean {
  const tilted = (by: number) => trendOf(days.map(({ day, value }) => ({ day, value: value + by * day })));
  const size = Math.max(...days.map(({ value }) => Math.abs(value)), 1);
  const [low, high] = [tilted(-1e-9 * size), tilted(1e-9 * size)];
  return (
    (low === undefined) !== (high === undefined) ||
    (low !== undefined && high !== undefined && low.slope * high.slope <= 0)
  );
}
