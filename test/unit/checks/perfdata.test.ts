import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byLabel,
  declaredValue,
  parsePerfdata,
  parsePluginOutput,
  wordOf,
} from '../../../src/checks/script/perfdata.ts';

describe('perfdata', () => {
  it('value, unit, thresholds and bounds', () => {
    expect(parsePerfdata('load=0.75;5;10;0;64')).toEqual([
      { label: 'load', value: 0.75, unit: '', warn: '5', crit: '10', min: 0, max: 64 },
    ]);
    expect(parsePerfdata('rta=12.5ms;100.0:200;@500;;  pl=0%;;20:~')).toEqual([
      { label: 'rta', value: 12.5, unit: 'ms', warn: '100.0:200', crit: '@500' },
      { label: 'pl', value: 0, unit: '%', crit: '20:~' },
    ]);
  });

  it.each([
    ['a=1c', 1, 'c'],
    ['a=-3.5e-2us', -0.035, 'us'],
    ['a=.5', 0.5, ''],
    ['a=+5.', 5, ''],
    ['a=1.5GB', 1.5, 'GB'],
    ['a=U', null, ''],
    ['a=U;1;2', null, ''],
  ])('%s', (text, value, unit) => {
    expect(parsePerfdata(text)).toMatchObject([{ label: 'a', value, unit }]);
  });

  it('quoted labels hold spaces, equals signs and doubled quotes', () => {
    expect(parsePerfdata("'time taken'=1s 'it''s'=2 'a=b'=3 '/'=4 /var=5").map(({ label }) => label)).toEqual([
      'time taken',
      "it's",
      'a=b',
      '/',
      '/var',
    ]);
  });

  it('leaves out words, and keeps labels without a number as null', () => {
    expect(parsePerfdata('junk =5 "x"=1 e=2').map(({ label }) => label)).toEqual(['e']);
    const odd = parsePerfdata('a=b b=0x1F c=12,5 d=1.234.567 e=1_000 f= g=NaN h=5');
    expect(odd.map(({ label, value }) => [label, value])).toEqual([
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((label) => [label, null]),
      ['h', 5],
    ]);
  });

  it('a declared fact is null when two values could be meant', () => {
    const value = (text: string, name: string) => declaredValue(parsePerfdata(text), name);
    expect(value("'/var/log'=5", 'var_log')).toBe(5);
    expect(value('_x=5', '_x')).toBe(5);
    expect(value('used=5 used=99', 'used')).toBeNull();
    expect(value('used=5 used=0x63', 'used')).toBeNull();
    expect(value("'/var/log'=5 'var log'=99", 'var_log')).toBeNull();
    expect(value("var_log=5 '/var/log'=99", 'var_log')).toBeNull();
    expect(value('used=0xFF', 'used')).toBeNull();
    expect(value('free=5', 'used')).toBeUndefined();
    expect([...byLabel(parsePerfdata('a=1 b=2 a=3 a=4'))]).toEqual([
      ['a', null],
      ['b', 2],
    ]);
  });

  it('comes from the first line and from all lines after the second bar', () => {
    expect(parsePluginOutput('OK | a=1\r\nlong 1\nlong 2 | b=2\nc=3 d=4\n')).toEqual({
      text: 'OK',
      longText: 'long 1\nlong 2',
      perfdata: [
        { label: 'a', value: 1, unit: '' },
        { label: 'b', value: 2, unit: '' },
        { label: 'c', value: 3, unit: '' },
        { label: 'd', value: 4, unit: '' },
      ],
    });
    expect(parsePluginOutput('')).toEqual({ text: '', longText: '', perfdata: [] });
  });

  it('reads back what was written, and takes any text', () => {
    const label = fc.string({ minLength: 1 }).filter((text) => !text.includes('|') && !text.includes('\n'));
    fc.assert(
      fc.property(label, fc.double({ noNaN: true, noDefaultInfinity: true }), (name, value) => {
        const text = `'${name.replaceAll("'", "''")}'=${value}s`;
        expect(parsePerfdata(text)).toEqual([{ label: name, value: Number(String(value)), unit: 's' }]);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parsePluginOutput(text).perfdata)));
  });

  it('labels become words', () => {
    expect(['/var/log', 'time taken', 'a-b.c', 'x'].map(wordOf)).toEqual(['var_log', 'time_taken', 'a_b_c', 'x']);
  });
});
