import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatValue } from '../../../src/conditions/format.ts';

test.each<[unknown, string | undefined, string]>([
  [612, 'ms', '612 ms'],
  [612.34567, 'ms', '612.346 ms'],
  [0.000123456, undefined, '0.000123'],
  [0.00000012345, undefined, '0.000000123'],
  [-0, undefined, '0'],
  [1e-30, undefined, '0'],
  [0.1 + 0.2, undefined, '0.3'],
  [1234567, undefined, '1234567'],
  [84.5, '%', '84.5 %'],
  [512, 'bytes', '512 bytes'],
  [1536, 'bytes', '1.5 KiB'],
  [10485760, 'bytes', '10 MiB'],
  [-2147483648, 'bytes', '-2 GiB'],
  [5n, 'rows', '5 rows'],
  [true, 'ms', 'true'],
  [null, 'ms', 'missing'],
  [undefined, undefined, 'missing'],
  [Number.NaN, undefined, 'not a number'],
  ['two\n lines\t here ', undefined, 'two lines here'],
  ['', undefined, '""'],
  [[], undefined, 'none'],
  [['a', 'b'], undefined, 'a, b'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], undefined, 'a, b, c, d, e … and 2 more'],
  [['x'.repeat(90), 'y'.repeat(90)], undefined, `${'x'.repeat(90)} … and 1 more`],
  [{ a: 1 }, undefined, '{"a":1}'],
  [new Date('2026-01-02T03:04:05Z'), undefined, '2026-01-02T03:04:05.000Z'],
])('%o %s is shown as %s', (value, unit, shown) => {
  expect(formatValue(value, unit)).toBe(shown);
});

test('any JSON value is one line of at most 120 characters, and never half a character', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const shown = formatValue(value, 'ms');
      expect([...shown].length).toBeLessThanOrEqual(120);
      expect(shown).not.toMatch(/[\n\r]/);
      expect(shown.length).toBeGreaterThan(0);
      if (typeof value === 'string') expect(shown.isWellFormed()).toBe(true);
    }),
  );
});
