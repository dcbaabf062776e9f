import { describe, expect, it } from 'vitest';
import { cronOf } from '../../../src/config/schema/schedule.ts';
import { slotsBetween } from '../../../src/jobs/slots.ts';
import { askedDay } from '../../../src/reports/day.ts';
import { dayWords } from '../../../src/reports/views/words.ts';

describe('times in words', () => {
  it.each([
    ['09:00', '0 9 * * *'],
    ['8:30', '30 8 * * *'],
    ['Mon-Fri 08:30', '30 8 * * 1-5'],
    ['Mon,Wed-Thu 10:00', '0 10 * * 1,3-4'],
    ['Sat-Mon 10:00', '0 10 * * 6,0,1'],
    ['first Mon 14:00', '0 14 1-7 * 1'],
    ['third Fri 16:15', '15 16 15-21 * 5'],
    ['day 1 09:00', '0 9 1 * *'],
    ['first Mon of Jan,Apr,Jul,Oct 10:00', '0 10 1-7 1,4,7,10 1'],
    ['day 15 of Jun-Aug 12:00', '0 12 15 6-8 *'],
    ['*/5 * * * 1-5', '*/5 * * * 1-5'],
  ])('%s is %s', (words, cron) => expect(cronOf(words)).toBe(cron));

  it.each(['9', '25:00', 'Monday 09:00', 'fifth Mon 09:00', 'day 31 09:00', '* * * *', 'daily', ''])(
    '%j is none',
    (words) => expect(cronOf(words)).toBeUndefined(),
  );
});

const days = (cron: string, zone: string, from: string, to: string) =>
  slotsBetween({ cron: cronOf(cron)!, zone }, new Date(from), new Date(to)).map((at) => at.toISOString().slice(0, 16));

describe('clocks that are put forward and back', () => {
  it('09:00 stays 09:00 on the wall, once a day', () => {
    expect(days('09:00', 'America/New_York', '2026-03-07T00:00Z', '2026-03-10T00:00Z')).toEqual([
      ...['2026-03-07T14:00', '2026-03-08T13:00', '2026-03-09T13:00'],
    ]);
    expect(days('09:00', 'America/New_York', '2026-10-31T00:00Z', '2026-11-03T00:00Z')).toEqual([
      ...['2026-10-31T13:00', '2026-11-01T14:00', '2026-11-02T14:00'],
    ]);
    expect(days('09:00', 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      ...['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00'],
    ]);
    expect(days('09:00', 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-27T00:00Z')).toEqual([
      ...['2026-10-24T07:00', '2026-10-25T08:00', '2026-10-26T08:00'],
    ]);
  });

  it('a time inside the gap is the next minute there is', () => {
    // New York has no 02:30 on 8 March 2026, Berlin none on 29 March.
    expect(days('02:30', 'America/New_York', '2026-03-08T00:00Z', '2026-03-09T00:00Z')).toEqual(['2026-03-08T07:00']);
    expect(days('02:30', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-30T00:00Z')).toEqual(['2026-03-29T01:00']);
  });

  it('a time that comes twice is one', () => {
    expect(days('01:30', 'America/New_York', '2026-11-01T00:00Z', '2026-11-02T00:00Z')).toEqual(['2026-11-01T05:30']);
    expect(days('02:30', 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-26T00:00Z')).toEqual(['2026-10-25T00:30']);
  });

  it('the first Monday is one day of each month', () => {
    const found = days('first Mon 14:00', 'America/New_York', '2026-01-01T00:00Z', '2027-01-01T00:00Z');
    expect(found).toHaveLength(12);
    for (const day of found) {
      expect(new Date(`${day}Z`).getUTCDay()).toBe(1);
      expect(Number(day.slice(8, 10))).toBeLessThanOrEqual(7);
    }
  });
});

describe('a day that somebody asks for', () => {
  const now = new Date('2026-11-26T03:00Z');

  it('is that of the zone, also of 23 or 25 hours', () => {
    const hours = ({ from, to }: { from: Date; to: Date }) => (to.getTime() - from.getTime()) / 3_600_000;
    expect(askedDay('today', { zone: 'America/New_York', now }).from.toISOString()).toBe('2026-11-25T05:00:00.000Z');
    expect(askedDay('yesterday', { zone: 'UTC', now }).from.toISOString()).toBe('2026-11-25T00:00:00.000Z');
    expect(hours(askedDay('2026-03-29', { zone: 'Europe/Berlin', now }))).toBe(23);
    expect(hours(askedDay('2026-10-25', { zone: 'Europe/Berlin', now }))).toBe(25);
  });

  it.each(['2026-02-30', '2026-13-01', 'monday', '26.11.2026'])('%s is refused with what is meant', (typed) => {
    expect(() => askedDay(typed, { zone: 'UTC', now })).toThrow(`"${typed}" is no day`);
  });

  it('stands in the head with its zone', () => {
    expect(dayWords(new Date('2026-11-23T14:00Z'), 'America/New_York')).toBe('Mon 23 Nov 09:00 EST');
    expect(dayWords(new Date('2026-07-23T07:00Z'), 'Europe/Berlin')).toBe('Thu 23 Jul 09:00 CEST');
    expect(dayWords(new Date('2026-07-23T03:30Z'), 'Asia/Kolkata')).toMatch(/^Thu 23 Jul 09:00 /);
  });
});
