import { expect, it } from 'vitest';
import { target } from '../../../src/reports/metrics/options.ts';
import { shown } from '../../../src/reports/metrics/say.ts';
import { isUpper, meets, targetWords } from '../../../src/reports/metrics/target.ts';

it.each([
  ['< 500', { op: '<', value: 500 }],
  ['>=99.9 %', { op: '>=', value: 99.9 }],
  ['≤ 80%', { op: '<=', value: 80 }],
  ['> -1.5 ms', { op: '>', value: -1.5 }],
])('reads %s', (text, read) => expect(target.parse(text)).toEqual(read));

it.each(['500', '= 500', '< x', '', '< 5 6'])('refuses %j', (text) =>
  expect(target.safeParse(text).error?.issues[0]?.message).toContain('such as "< 500"'),
);

it('counts the limit itself only where it says so', () => {
  expect([meets(5, { op: '<', value: 5 }), meets(5, { op: '<=', value: 5 })]).toEqual([false, true]);
  expect([meets(5, { op: '>', value: 5 }), meets(5, { op: '>=', value: 5 })]).toEqual([false, true]);
  expect([isUpper({ op: '<=', value: 5 }), isUpper({ op: '>', value: 5 })]).toEqual([true, false]);
});

it('says numbers short, and targets in full', () => {
  expect([shown(287.34, 'ms'), shown(71.26, '%'), shown(0.01234, undefined)]).toEqual(['287 ms', '71.3 %', '0.0123']);
  expect(shown(1_610_612_736, 'bytes')).toBe('1.5 GiB');
  expect(targetWords({ op: '>=', value: 99.95 }, '%')).toBe('≥ 99.95 %');
});
