import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/kernel/duration.ts';

test.each([
  ['500ms', 500],
  ['2s', 2_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', 'm', '-5m', '5 m', '5M', '5min', '1e3s', '.5s', '٣s', `${'9'.repeat(30)}d`, '9'.repeat(50)])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [500, '500 ms'],
  [999.6, '1 s'],
  [1_500, '1.5 s'],
  [2_000, '2 s'],
  [59_900, '1 min'],
  [300_000, '5 min'],
  [90_000, '1 min 30 s'],
  [3_599_900, '1 h'],
  [4_800_000, '1 h 20 min'],
  [4_801_000, '1 h 20 min'],
  [86_400_000, '1 d'],
  [97_200_000, '1 d 3 h'],
  [604_800_000, '7 d'],
  [-90_000, '-1 min 30 s'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('no duration ever reads 60 s, 60 min or 24 h, and what is read back is within a part in twenty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 * 86_400_000 }), (ms) => {
      const text = formatDuration(ms);
      expect(text).not.toMatch(/\b(60 s|60 min|24 h|1000 ms)\b/);
      const back = parseDuration(text.replaceAll('min', 'm').replaceAll(' ', ''));
      expect(Math.abs(back! - ms)).toBeLessThanOrEqual(ms / 20);
    }),
  );
});
