import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestSlot, nextSlot, slotsBetween, type When } from '../../../src/jobs/slots.ts';
import { OpsError } from '../../../src/kernel/errors.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function between(cron: string, zone: string, from: string, to: string): string[] {
  return slotsBetween({ cron, zone }, new Date(from), new Date(to)).map((slot) => slot.toISOString());
}

describe('an hour that a clock leaves out in spring', () => {
  it.each([
    ['America/New_York', '30 2 * * *', '2026-03-08', '2026-03-08T07:00:00.000Z'],
    ['Europe/Berlin', '30 2 * * *', '2026-03-29', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '0 2 * * *', '2026-03-29', '2026-03-29T01:00:00.000Z'],
    // Half an hour is left out.
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T12:00', '2026-10-03T15:30:00.000Z'],
    // Midnight is left out.
    ['Africa/Cairo', '0 0 * * *', '2026-04-23T12:00', '2026-04-23T22:00:00.000Z'],
    // The last hour of a day is left out, so the next minute there is is tomorrow's.
    ['America/Nuuk', '30 23 * * *', '2026-03-28T12:00', '2026-03-29T01:00:00.000Z'],
  ])('%s, %s: the minute after the gap', (zone, cron, from, slot) => {
    const start = new Date(`${from.includes('T') ? from : `${from}T00:00`}Z`);
    expect(nextSlot({ cron, zone }, start).toISOString()).toBe(slot);
  });

  it('is one slot, also when several fall into it', () => {
    expect(between('*/20 1-3 * * *', 'America/New_York', '2026-03-08T05:00Z', '2026-03-08T09:00Z')).toEqual([
      '2026-03-08T06:00:00.000Z',
      '2026-03-08T06:20:00.000Z',
      '2026-03-08T06:40:00.000Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-08T07:20:00.000Z',
      '2026-03-08T07:40:00.000Z',
    ]);
  });
});

describe('an hour that a clock shows twice in autumn', () => {
  it.each([
    ['America/New_York', '30 1 * * *', '2026-11-01T00:00Z', '2026-11-02T00:00Z', ['2026-11-01T05:30:00.000Z']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', '2026-10-25T12:00Z', ['2026-10-25T00:30:00.000Z']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00Z', '2026-04-05T00:00Z', ['2026-04-04T14:45:00.000Z']],
    // Put back over midnight: Sunday begins only once the clock has passed it for good.
    ['America/Havana', '0 0 * * *', '2026-10-31T12:00Z', '2026-11-01T12:00Z', ['2026-11-01T04:00:00.000Z']],
    // Put back from 00:01 to 23:01 of the day before, when the slot of midnight has passed.
    ['America/St_Johns', '0 0 * * *', '2010-11-06T12:00Z', '2010-11-07T12:00Z', ['2010-11-07T02:30:00.000Z']],
  ])('%s, %s: once', (zone, cron, from, to, slots) => {
    expect(between(cron, zone, from, to)).toEqual(slots);
    const last = latestSlot({ cron, zone }, new Date(from), new Date(to));
    expect(last?.toISOString()).toBe(slots.at(-1));
  });

  it('finds the slot of midnight while the clock shows the day before again', () => {
    const when = { cron: '0 0 * * *', zone: 'America/St_Johns' };
    const last = latestSlot(when, new Date('2010-11-06T12:00Z'), new Date('2010-11-07T03:00Z'));
    expect(last?.toISOString()).toBe('2010-11-07T02:30:00.000Z');
  });
});

describe('days', () => {
  it('day of month and day of week must both match', () => {
    expect(between('0 14 1-7 * 1', 'UTC', '2026-09-01T00:00Z', '2026-12-01T00:00Z')).toEqual([
      '2026-09-07T14:00:00.000Z',
      '2026-10-05T14:00:00.000Z',
      '2026-11-02T14:00:00.000Z',
    ]);
  });

  it('29 February comes in leap years, on a given weekday rarely', () => {
    const after = new Date('2024-03-01T00:00Z');
    expect(nextSlot({ cron: '0 9 29 2 *', zone: 'Europe/Berlin' }, after).toISOString()).toBe(
      '2028-02-29T08:00:00.000Z',
    );
    expect(nextSlot({ cron: '0 9 29 2 1', zone: 'UTC' }, after).toISOString()).toBe('2044-02-29T09:00:00.000Z');
    const before = new Date('2096-03-01T00:00Z');
    expect(nextSlot({ cron: '0 9 29 2 *', zone: 'UTC' }, before).toISOString()).toBe('2104-02-29T09:00:00.000Z');
  });

  it('the last day of the month, by its own calendar', () => {
    expect(between('30 23 L * *', 'America/New_York', '2028-01-15T00:00Z', '2028-04-15T00:00Z')).toEqual([
      '2028-02-01T04:30:00.000Z',
      '2028-03-01T04:30:00.000Z',
      '2028-04-01T03:30:00.000Z',
    ]);
  });
});

describe('what makes no sense', () => {
  const refusal = (when: When): unknown => {
    try {
      return nextSlot(when, new Date(0));
    } catch (error) {
      expect(error).toBeInstanceOf(OpsError);
      return (error as OpsError).message;
    }
  };

  it('is refused with its reason', () => {
    expect(refusal({ cron: '0 0 9 * * *', zone: 'UTC' })).toBe('"0 0 9 * * *" is not five cron fields');
    expect(refusal({ cron: '@daily', zone: 'UTC' })).toBe('"@daily" is not five cron fields');
    expect(refusal({ cron: '61 * * * *', zone: 'UTC' })).toContain('61 is a invalid expression for minute');
    expect(refusal({ cron: '0 9 * * *', zone: 'Mars/Base' })).toContain('Invalid time zone specified: Mars/Base');
    expect(refusal({ cron: '0 0 1 * 1#5', zone: 'UTC' })).toBe('0 0 1 * 1#5 UTC never comes');
    expect(refusal({ everyMs: 999 })).toBe('a rhythm of 999 ms: it is a whole number, 1000 or more');
    expect(refusal({ everyMs: 1500.5 })).toContain('a whole number');
  });
});

// Since 2012: in 2011 Samoa left out a whole day.
const moments = fc.date({ min: new Date('2012-01-02'), max: new Date('2040-12-31'), noInvalidDate: true });
const zones = fc.oneof(
  fc.constantFrom('America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Nuuk', 'Africa/Casablanca'),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);
const fieldOf = (max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 2, max: Math.ceil(max / 2) }).map((step) => `*/${step}`),
    fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join()),
  );
const crons = fc
  .record({
    minutes: fieldOf(59),
    hours: fieldOf(23),
    days: fc.constantFrom('*', '1-7', 'L'),
    weekdays: fc.constantFrom('*', '1-5', '0'),
  })
  .map(({ minutes, hours, days, weekdays }) => `${minutes} ${hours} ${days} * ${weekdays}`);
const whens: fc.Arbitrary<When> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ cron: crons, zone: zones }) },
  { weight: 1, arbitrary: fc.record({ everyMs: fc.integer({ min: 60_000, max: day }) }) },
);

/** What the clock on the wall shows, as text that sorts by time. */
const formats = new Map<string, Intl.DateTimeFormat>();
function wall(zone: string, at: number): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(zone, format);
  }
  return format.format(at);
}

describe('any pattern, in any zone', () => {
  it('the next slot lies after, and nothing lies between', () => {
    fc.assert(
      fc.property(whens, moments, (when, after) => {
        const next = nextSlot(when, after);
        expect(next.getTime()).toBeGreaterThan(after.getTime());
        expect(slotsBetween(when, after, next)).toEqual([next]);
        expect(latestSlot(when, after, next)).toEqual(next);
        expect(latestSlot(when, after, new Date(next.getTime() - 1))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('the slots of a span are those of its parts', () => {
    fc.assert(
      fc.property(
        whens,
        moments,
        fc.integer({ min: 0, max: 3 * day }),
        fc.integer({ min: 0, max: 3 * day }),
        (when, from, a, b) => {
          const middle = new Date(from.getTime() + a);
          const to = new Date(middle.getTime() + b);
          const all = slotsBetween(when, from, to);
          expect([...slotsBetween(when, from, middle), ...slotsBetween(when, middle, to)]).toEqual(all);
          expect(latestSlot(when, from, to)).toEqual(all.at(-1));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a daily slot comes once for each day on the wall: at its time, or at the first minute that shows a later one', () => {
    const times = fc.record({ h: fc.integer({ min: 0, max: 23 }), m: fc.integer({ min: 0, max: 59 }) });
    fc.assert(
      fc.property(zones, times, fc.integer({ min: 2012, max: 2039 }), (zone, { h, m }, year) => {
        const from = Date.UTC(year, 0, 1, h, m) + 2 * day;
        const slots = slotsBetween({ cron: `${m} ${h} * * *`, zone }, new Date(from), new Date(from + 400 * day));
        expect(slots.length).toBeGreaterThanOrEqual(399);
        const firstDay = Date.parse(`${wall(zone, slots[0]!.getTime()).slice(0, 10)}T00:00Z`);
        for (const [index, slot] of slots.entries()) {
          const planned = new Date(firstDay + index * day + h * hour + m * minute);
          const wanted = planned.toISOString().slice(0, 16).replace('T', ' ');
          const shown = wall(zone, slot.getTime());
          expect(shown >= wanted).toBe(true);
          // Not before it, neither a minute nor (an hour that is repeated) some hours.
          expect(wall(zone, slot.getTime() - minute) < wanted).toBe(true);
          if (shown !== wanted) continue;
          for (let back = 30 * minute; back <= 3 * hour; back += 30 * minute) {
            expect(wall(zone, slot.getTime() - back) < wanted).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a rhythm is counted from the epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: day }), moments, (everyMs, after) => {
        const next = nextSlot({ everyMs }, after).getTime();
        expect(next % everyMs).toBe(0);
        expect(next - after.getTime()).toBeLessThanOrEqual(everyMs);
      }),
    );
  });
});
