import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWindow, windowFor } from '../../../../src/checks/aws/metric-window.ts';

const minute = 60_000;
const nowMs = Date.parse('2026-11-23T12:15:30Z');
const window = windowFor(nowMs, minute, 5 * minute);
/** Points that ended so many minutes before 12:15:00. */
const points = (...ended: [minutesAgo: number, value: number][]) =>
  ended.map(([ago, value]) => ({ atMs: window.endMs - (ago + 1) * minute, value }));
const read = (missing: 'unknown' | 'zero', ...ended: [number, number][]) =>
  readWindow(points(...ended), window, { nowMs, missing });

describe('the window', () => {
  test('ends with the last complete period and shows the hold and more', () => {
    expect(new Date(window.endMs).toISOString()).toBe('2026-11-23T12:15:00.000Z');
    expect((window.endMs - window.startMs) / minute).toBe(10);
  });

  test('is of whole periods, has none that still runs, and reaches behind the hold, whatever the figures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.constantFrom(1_000, 10_000, minute, 5 * minute, 3_600_000, 86_400_000),
        fc.integer({ min: 0, max: 86_400_000 }),
        (at, periodMs, heldForMs) => {
          const { startMs, endMs } = windowFor(at, periodMs, heldForMs);
          expect(endMs).toBeLessThanOrEqual(at);
          expect(endMs + periodMs).toBeGreaterThan(at);
          expect(endMs % periodMs).toBe(0);
          expect((endMs - startMs) % periodMs).toBe(0);
          expect(startMs).toBeLessThanOrEqual(at - heldForMs - 2 * periodMs);
        },
      ),
    );
  });
});

describe('reading', () => {
  test('takes the newest, in whatever order they came; earlier ones are dated by the end of their period', () => {
    expect(read('unknown', [1, 41], [0, 40], [2, 42])).toEqual({
      kind: 'value',
      value: 40,
      ageMs: 30_000,
      datapoints: 3,
      earlier: [
        { atMs: window.endMs - 2 * minute, value: 42 },
        { atMs: window.endMs - minute, value: 41 },
      ],
    });
  });

  test('leaves out a period that still runs and what lies before the window', () => {
    expect(read('unknown', [-1, 99], [10, 98])).toEqual({ kind: 'empty' });
  });

  test('is stale past three periods and two minutes', () => {
    expect(read('unknown', [4, 1])).toMatchObject({ kind: 'value', ageMs: 270_000 });
    expect(read('unknown', [5, 1])).toEqual({ kind: 'stale', ageMs: 330_000 });
  });

  test('zero fills the gaps, but not the last two minutes', () => {
    const reading = read('zero', [3, 7]);
    expect(reading).toMatchObject({ kind: 'value', value: 0, ageMs: 210_000, datapoints: 1 });
    expect(reading.kind === 'value' && reading.earlier.map((point) => point.value)).toEqual([0, 0, 0, 0, 0, 0, 7]);
    expect(read('zero')).toMatchObject({ kind: 'value', value: 0, ageMs: null, datapoints: 0 });
    expect(read('zero', [1, 7])).toMatchObject({ value: 7 });
  });
});
