import { describe, expect, it } from 'vitest';
import { dayAt, dayOf, daysBetween, momentOf } from '../../../src/incidents/breach/days.ts';
import { type Extent, noticesOf } from '../../../src/incidents/breach/deadlines.ts';

const base: Extent = { discoveredOn: '2026-11-23', states: {}, weAre: 'covered_entity' };

/** `individuals 2027-01-22`, with `?` where it may not be needed. */
function planned(over: Partial<Extent>): string[] {
  return noticesOf({ ...base, ...over }).map(
    ({ kind, dueOn, perhaps, notBefore }) =>
      `${kind}${perhaps ? '?' : ''} ${dueOn}${notBefore ? ` not before ${notBefore}` : ''}`,
  );
}

describe('a covered entity', () => {
  it.each([
    [499, { CA: 499 }, ['individuals 2027-01-22', 'hhs 2027-03-01']],
    [500, { CA: 500 }, ['individuals 2027-01-22', 'hhs 2027-01-22']],
    [501, { CA: 501 }, ['individuals 2027-01-22', 'hhs 2027-01-22', 'media 2027-01-22']],
    [501, { CA: 500, NY: 1 }, ['individuals 2027-01-22', 'hhs 2027-01-22']],
    [1_002, { CA: 501, NY: 501 }, ['individuals 2027-01-22', 'hhs 2027-01-22', 'media 2027-01-22']],
    // Nobody knows where 201 of them live: they may be Californians.
    [501, { CA: 300 }, ['individuals 2027-01-22', 'hhs 2027-01-22', 'media? 2027-01-22']],
    [500, {}, ['individuals 2027-01-22', 'hhs 2027-01-22']],
    [501, {}, ['individuals 2027-01-22', 'hhs 2027-01-22', 'media? 2027-01-22']],
    [undefined, {}, ['individuals 2027-01-22', 'hhs? 2027-01-22', 'media? 2027-01-22']],
    // More by state than in all: the larger reading counts.
    [10, { CA: 620 }, ['individuals 2027-01-22', 'hhs 2027-03-01', 'media 2027-01-22']],
    [0, {}, ['individuals 2027-01-22', 'hhs 2027-03-01']],
  ])('with %s individuals, %j', (individuals, states, expected) => {
    expect(planned({ ...(individuals !== undefined && { individuals }), states })).toEqual(expected);
  });

  it.each([
    // A day of the last hours of the year belongs to that year.
    ['2026-12-31', '2027-03-01', '2027-03-01'],
    ['2027-01-01', '2027-03-02', '2028-02-29'],
    ['2027-12-31', '2028-02-29', '2028-02-29'],
    ['2028-01-01', '2028-03-01', '2029-03-01'],
    ['2028-02-29', '2028-04-29', '2029-03-01'],
    // 2100 is no leap year.
    ['2099-12-31', '2100-03-01', '2100-03-01'],
  ])('discovered on %s: individuals by %s, HHS for fewer than 500 by %s', (discoveredOn, individuals, hhs) => {
    expect(planned({ discoveredOn, individuals: 12 })).toEqual([`individuals ${individuals}`, `hhs ${hhs}`]);
  });

  it('tells HHS with the individuals when it is 500 or more', () => {
    expect(planned({ individuals: 500, individualsToldOn: '2026-12-01' })).toContain('hhs 2026-12-01');
    expect(planned({ individuals: 499, individualsToldOn: '2026-12-01' })).toContain('hhs 2027-03-01');
    expect(planned({ individuals: 500, individualsToldOn: '2027-02-01' })).toContain('hhs 2027-01-22');
  });
});

describe('a business associate', () => {
  it.each([
    [undefined, '2027-01-22'],
    [5, '2026-11-28'],
    [60, '2027-01-22'],
    [90, '2027-01-22'],
    [0, '2026-11-23'],
  ])('with a contract of %s days tells the covered entity by %s', (contractDays, dueOn) => {
    const how = { weAre: 'business_associate' as const, ...(contractDays !== undefined && { contractDays }) };
    expect(planned({ ...how, individuals: 9_000, states: { CA: 9_000 } })).toEqual([`covered_entity ${dueOn}`]);
  });
});

describe('a delay that law enforcement asks for', () => {
  it.each([
    [
      'in writing, past the deadline',
      { kind: 'written', until: '2027-02-10' },
      '2027-02-10',
      '2027-03-01',
      '2027-02-10',
    ],
    ['in writing, shorter', { kind: 'written', until: '2026-12-10' }, '2027-01-22', '2027-03-01', '2026-12-10'],
    ['spoken: 30 days', { kind: 'oral', statedOn: '2027-01-10' }, '2027-02-09', '2027-03-01', '2027-02-09'],
    ['spoken at once', { kind: 'oral', statedOn: '2026-11-23' }, '2027-01-22', '2027-03-01', '2026-12-23'],
  ] as const)('%s', (_, delay, individuals, hhs, notBefore) => {
    expect(planned({ delay, individuals: 10 })).toEqual([
      `individuals ${individuals} not before ${notBefore}`,
      `hhs ${hhs} not before ${notBefore}`,
    ]);
  });

  it('holds for a business associate too', () => {
    const delay = { kind: 'written', until: '2026-12-31' } as const;
    expect(planned({ weAre: 'business_associate', contractDays: 5, delay })).toEqual([
      'covered_entity 2026-12-31 not before 2026-12-31',
    ]);
  });
});

describe('days', () => {
  it.each([
    ['2027-01-01T04:59:00Z', 'America/New_York', '2026-12-31'],
    ['2027-01-01T05:00:00Z', 'America/New_York', '2027-01-01'],
    ['2026-12-31T10:00:00Z', 'Pacific/Kiritimati', '2027-01-01'],
    ['2026-11-01T05:30:00Z', 'America/New_York', '2026-11-01'],
    ['2026-03-08T07:30:00Z', 'America/New_York', '2026-03-08'],
  ])('%s in %s is %s', (at, zone, day) => {
    expect(dayAt(new Date(at), zone)).toBe(day);
  });

  it.each([
    ['2026-03-08', 'America/New_York', '2026-03-08T13:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T14:00:00.000Z'],
    ['2026-03-07', 'America/New_York', '2026-03-07T14:00:00.000Z'],
  ])('nine in the morning of %s in %s, over the change of the clocks', (day, zone, at) => {
    expect(momentOf(day, 9, zone).toISOString()).toBe(at);
  });

  it('counts days over a change of the clocks', () => {
    expect(daysBetween('2026-03-01', '2026-03-31')).toBe(30);
    expect(daysBetween('2026-12-01', '2026-11-30')).toBe(-1);
  });

  it('knows which days there are', () => {
    expect(dayOf('2028-02-29')).toBe('2028-02-29');
    expect([dayOf('2027-02-29'), dayOf('2027-13-01'), dayOf('tomorrow'), dayOf('2027-1-1')]).toEqual(
      Array(4).fill(undefined),
    );
  });
});
