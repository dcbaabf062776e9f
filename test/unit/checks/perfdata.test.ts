import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePerfdata, parsePluginOutput, wordOf } from '../../../src/checks/script/perfdata.ts';

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

  it('leaves out what is none, and reads on', () => {
    expect(parsePerfdata('junk a=b =5 "x"=1 c=12,5 d=0x10 e=2').map(({ label }) => label)).toEqual(['e']);
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
