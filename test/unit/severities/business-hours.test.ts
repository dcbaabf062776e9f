import { describe, expect, it } from 'vitest';
import { endOfNextBusinessDay, isBusinessHours } from '../../../src/severities/business-hours.ts';
import { teamOf } from './sample.ts';

const newYork = 'America/New_York';
const berlin = 'Europe/Berlin';

describe('business hours', () => {
  it.each<[string, zone: string, at: string, boolean]>([
    ['the last moment before', newYork, '2026-11-23T12:59:59.999Z', false],
    ['the first moment', newYork, '2026-11-23T13:00:00Z', true],
    ['the last moment', newYork, '2026-11-23T22:59:59.999Z', true],
    ['the first moment after', newYork, '2026-11-23T23:00:00Z', false],
    ['Friday evening there, Saturday in UTC', newYork, '2026-11-28T00:30:00Z', false],
    ['Saturday', newYork, '2026-11-28T15:00:00Z', false],
    ['a holiday', newYork, '2026-11-26T15:00:00Z', false],
    ['the day after it', newYork, '2026-11-27T15:00:00Z', true],
    ['Monday morning in Berlin, Sunday night in New York', berlin, '2026-11-23T07:00:00Z', true],
    ['… and off hours in New York', newYork, '2026-11-23T07:00:00Z', false],
    // New York: forward on 2026-03-08 (Sunday), back on 2026-11-01. Berlin: 2026-03-29, 2026-10-25.
    ['08:00 before the clock goes forward', newYork, '2026-03-06T13:00:00Z', true],
    ['07:59 after it', newYork, '2026-03-09T11:59:59Z', false],
    ['08:00 after it', newYork, '2026-03-09T12:00:00Z', true],
    ['18:00 after it', newYork, '2026-03-09T22:00:00Z', false],
    ['07:59 after the clock goes back', newYork, '2026-11-02T12:59:59Z', false],
    ['08:00 after it', newYork, '2026-11-02T13:00:00Z', true],
    ['08:00 before the clock goes forward', berlin, '2026-03-27T07:00:00Z', true],
    ['07:59 after it', berlin, '2026-03-30T05:59:59Z', false],
    ['08:00 after it', berlin, '2026-03-30T06:00:00Z', true],
    ['07:59 after the clock goes back', berlin, '2026-10-26T06:59:59Z', false],
    ['08:00 after it', berlin, '2026-10-26T07:00:00Z', true],
  ])('%s, %s %s: %s', (_what, zone, at, expected) => {
    expect(isBusinessHours(new Date(at), teamOf({ zone, holidays: ['2026-11-26'] }))).toBe(expected);
  });

  it.each<[string, at: string, boolean]>([
    ['Mon,Wed-Fri 09:00-17:00', '2026-11-23T10:00:00Z', true],
    ['Mon,Wed-Fri 09:00-17:00', '2026-11-24T10:00:00Z', false],
    ['Mon,Wed-Fri 09:00-17:00', '2026-11-27T10:00:00Z', true],
    ['Sat-Mon 09:00-17:00', '2026-11-22T10:00:00Z', true],
    ['Sat-Mon 09:00-17:00', '2026-11-24T10:00:00Z', false],
    ['Mon-Sun 00:00-00:00', '2026-11-22T00:00:00Z', true],
    ['Mon-Sun 00:00-00:00', '2026-11-22T23:59:59.999Z', true],
    // Over midnight: the hours of Friday end on Saturday morning, and Monday's begin on Monday evening.
    ['Mon-Fri 22:00-06:00', '2026-11-28T05:59:00Z', true],
    ['Mon-Fri 22:00-06:00', '2026-11-28T06:00:00Z', false],
    ['Mon-Fri 22:00-06:00', '2026-11-28T22:00:00Z', false],
    ['Mon-Fri 22:00-06:00', '2026-11-23T05:00:00Z', false],
    ['Mon-Fri 22:00-06:00', '2026-11-23T22:00:00Z', true],
    // Thursday is a holiday, Friday isn't: the night from Thursday is off.
    ['Mon-Fri 22:00-06:00', '2026-11-27T05:00:00Z', false],
    ['Mon-Fri 22:00-06:00', '2026-11-26T05:00:00Z', true],
  ])('%s at %s: %s', (businessHours, at, expected) => {
    expect(isBusinessHours(new Date(at), teamOf({ zone: 'UTC', businessHours, holidays: ['2026-11-26'] }))).toBe(
      expected,
    );
  });

  it('without any, every hour is one, save on holidays', () => {
    const team = { zone: newYork, holidays: ['2026-11-26'] };
    expect(isBusinessHours(new Date('2026-11-22T07:00:00Z'), team)).toBe(true);
    expect(isBusinessHours(new Date('2026-11-26T04:59:59Z'), team)).toBe(true);
    expect(isBusinessHours(new Date('2026-11-26T05:00:00Z'), team)).toBe(false);
    expect(isBusinessHours(new Date('2026-11-27T04:59:59Z'), team)).toBe(false);
  });

  it('hours that the clock leaves out or repeats go by the wall', () => {
    const nights = { zone: newYork, businessHours: 'Sun-Mon 01:30-02:30', holidays: [] };
    const inHours = (at: string) => isBusinessHours(new Date(at), nights);
    // Forward: 01:59:59 is followed by 03:00.
    expect([inHours('2026-03-08T06:59:59Z'), inHours('2026-03-08T07:00:00Z')]).toEqual([true, false]);
    // Back: 01:30 comes twice.
    expect(
      ['2026-11-01T05:29:59Z', '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z'].map(inHours),
    ).toEqual([false, true, false, true]);
  });
});

describe('the end of the next business day', () => {
  it.each<[string, zone: string, at: string, end: string]>([
    ['on a Monday', newYork, '2026-11-23T15:00:00Z', '2026-11-24T23:00:00Z'],
    ['before work', newYork, '2026-11-23T06:00:00Z', '2026-11-24T23:00:00Z'],
    ['on a Friday evening', newYork, '2026-11-20T23:30:00Z', '2026-11-23T23:00:00Z'],
    ['over a holiday', newYork, '2026-11-25T15:00:00Z', '2026-11-27T23:00:00Z'],
    ['a minute before midnight', newYork, '2026-11-24T04:59:00Z', '2026-11-24T23:00:00Z'],
    ['at midnight', newYork, '2026-11-24T05:00:00Z', '2026-11-25T23:00:00Z'],
    ['over the clock that goes forward', newYork, '2026-03-06T15:00:00Z', '2026-03-09T22:00:00Z'],
    ['over the clock that goes back', newYork, '2026-10-30T15:00:00Z', '2026-11-02T23:00:00Z'],
    ['over the clock that goes forward', berlin, '2026-03-27T15:00:00Z', '2026-03-30T16:00:00Z'],
    ['over the clock that goes back', berlin, '2026-10-23T15:00:00Z', '2026-10-26T17:00:00Z'],
  ])('%s, %s %s', (_what, zone, at, end) => {
    const team = teamOf({ zone, holidays: ['2026-11-26'] });
    expect(endOfNextBusinessDay(new Date(at), team)).toEqual(new Date(end));
  });

  it('is midnight without business hours, and the morning after with hours over midnight', () => {
    const at = new Date('2026-11-23T15:00:00Z');
    expect(endOfNextBusinessDay(at, { zone: newYork, holidays: [] })).toEqual(new Date('2026-11-25T05:00:00Z'));
    const nights = teamOf({ businessHours: 'Mon-Fri 22:00-06:00' });
    expect(endOfNextBusinessDay(at, nights)).toEqual(new Date('2026-11-25T11:00:00Z'));
  });
});
