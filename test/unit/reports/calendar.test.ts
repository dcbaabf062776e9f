import { expect, it } from 'vitest';
import { midnights, periodAt } from '../../../src/reports/calendar.ts';

const iso = ({ from, to, name }: ReturnType<typeof periodAt>) => [from.toISOString(), to.toISOString(), name];

it('knows the month of a zone, also while another one has begun elsewhere', () => {
  const now = new Date('2026-12-01T03:00:00Z');
  expect(iso(periodAt('month', { now, zone: 'UTC' }))).toEqual([
    '2026-12-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
    'December 2026',
  ]);
  expect(iso(periodAt('month', { now, zone: 'America/New_York' }))).toEqual([
    // Summer time ends within it.
    '2026-11-01T04:00:00.000Z',
    '2026-12-01T05:00:00.000Z',
    'November 2026',
  ]);
  expect(iso(periodAt('month', { now: new Date('2027-01-31T12:00:00Z'), zone: 'UTC', back: 2 }))[2]).toBe(
    'November 2026',
  );
});

it('begins a week on Monday', () => {
  const sunday = new Date('2026-11-29T23:00:00Z');
  expect(iso(periodAt('week', { now: sunday, zone: 'UTC' }))).toEqual([
    '2026-11-23T00:00:00.000Z',
    '2026-11-30T00:00:00.000Z',
    'week of 23 Nov 2026',
  ]);
  expect(iso(periodAt('week', { now: sunday, zone: 'Europe/Berlin' }))[2]).toBe('week of 30 Nov 2026');
  expect(iso(periodAt('week', { now: sunday, zone: 'UTC', back: 4 }))[2]).toBe('week of 26 Oct 2026');
});

it('has whole days of a zone, one of 25 hours among them', () => {
  const days = midnights(3, { now: new Date('2026-10-26T09:00:00Z'), zone: 'Europe/Berlin' });
  expect(days.map((day) => day.toISOString())).toEqual([
    '2026-10-22T22:00:00.000Z',
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ]);
});
