import { describe, expect, it } from 'vitest';
import { axisLabels, extentOf, shownLimits } from '../../../src/charts/line-scale.ts';
import type { LineChart } from '../../../src/charts/model.ts';
import { fitText, widthOf } from '../../../src/charts/text.ts';
import { ticksOf } from '../../../src/charts/ticks.ts';

const points = (...values: (number | null)[]): LineChart['points'] => values.map((value, atMs) => ({ atMs, value }));
const limits = (...values: number[]): LineChart['limits'] =>
  values.map((value) => ({ level: 'fail', value, label: `fail above ${value}` }));

describe('the axis of values', () => {
  it.each<[string, Parameters<typeof extentOf>[0], [number, number]]>([
    ['from 0 to a round number', { points: points(120, 180), limits: [] }, [0, 200]],
    ['up to a limit that is near', { points: points(120, 180), limits: limits(500) }, [0, 600]],
    ['not up to one that is far', { points: points(5, 6), limits: limits(5_000) }, [0, 8]],
    ['percents end at 100', { points: points(88, 99), limits: limits(50), unit: '%' }, [0, 100]],
    ['close to a limit, around it', { points: points(990, 995), limits: limits(1_000) }, [990, 1_002.5]],
    ['bytes in powers of two', { points: points(3 * 2 ** 30), limits: [], unit: 'bytes' }, [0, 4 * 2 ** 30]],
    ['without any value', { points: points(null), limits: [] }, [0, 1]],
    ['below zero', { points: points(-5, 5), limits: [] }, [-6, 6]],
  ])('%s', (_, chart, [min, max]) => {
    const extent = extentOf(chart);
    for (const { value } of chart.points) {
      if (value !== null) expect(value >= extent.min && value <= extent.max).toBe(true);
    }
    expect([extent.min, extent.max]).toEqual([min, max]);
  });

  it('names its numbers, the unit at the highest one', () => {
    const labels = axisLabels({ min: 0, max: 4 * 2 ** 30, step: 2 ** 30 }, 'bytes').map(({ label }) => label);
    expect(labels).toEqual(['0', '1', '2', '3', '4 GiB']);
    expect(axisLabels({ min: 0, max: 0.5, step: 0.25 }, 'ms').map(({ label }) => label)).toEqual([
      '0',
      '0.25',
      '0.5 ms',
    ]);
    expect(axisLabels({ min: 0, max: 3_000_000, step: 1_000_000 }, undefined).at(-1)?.label).toBe('3M');
  });
});

describe('labels of limits', () => {
  it('cover none another', () => {
    const shown = shownLimits({ limits: limits(50, 44, 47, 46) }, { min: 0, max: 100 }, 260);
    expect(shown.map(({ place }) => place)).toEqual([
      'insideEndTop',
      'insideEndBottom',
      'insideStartTop',
      'insideStartBottom',
    ]);
    const crowded = shownLimits({ limits: limits(50, 58, 54, 56) }, { min: 0, max: 100 }, 260);
    expect(crowded.map(({ label }) => label === '')).toEqual([false, false, false, true]);
  });

  it('stand at the edge with an arrow, and without a line, when the limit is beyond the axis', () => {
    const [high, low] = shownLimits({ limits: limits(500, -5) }, { min: 0, max: 100 }, 260);
    expect(high).toMatchObject({ value: 100, outside: true, label: '↑ fail above 500', place: 'insideEndBottom' });
    expect(low).toMatchObject({ value: 0, outside: true, label: '↓ fail above -5', place: 'insideEndTop' });
  });
});

describe('the axis of time', () => {
  const day = 86_400_000;
  const at = Date.parse('2026-10-25T12:00:00Z');

  it('has round hours of the zone, also on the day with 25 hours', () => {
    const ticks = ticksOf(at - day, at, 'Europe/Berlin');
    expect(ticks.map(({ label }) => label)).toEqual(['16:00', '20:00', '00:00', '04:00', '08:00', '12:00']);
    expect(ticks[3]!.atMs - ticks[2]!.atMs).toBe(5 * 3_600_000);
  });

  it('has midnights for a week, Mondays for a month', () => {
    expect(ticksOf(at - 7 * day, at, 'Asia/Kolkata').map(({ label }) => label)).toEqual([
      ...['Mon 19', 'Tue 20', 'Wed 21', 'Thu 22', 'Fri 23', 'Sat 24', 'Sun 25'],
    ]);
    expect(ticksOf(at - 30 * day, at, 'UTC').map(({ label }) => label)).toEqual([
      '28 Sept',
      '5 Oct',
      '12 Oct',
      '19 Oct',
    ]);
  });
});

describe('texts', () => {
  it.each([
    ['short', 'end', 'short'],
    ['a-very-long-name-of-a-check-1', 'end', /^a-very-.*…$/],
    ['a-very-long-name-of-a-check-1', 'middle', /^a-very.*….*-1$/],
  ] as const)('%s fits, cut at the %s', (text, where, wanted) => {
    const fitted = fitText(text, 20, 200, where);
    expect(widthOf(fitted, 20)).toBeLessThanOrEqual(200);
    expect(fitted).toMatch(wanted);
  });
});
