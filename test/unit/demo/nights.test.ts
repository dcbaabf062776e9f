import { describe, expect, it } from 'vitest';
import { nightsBetween } from '../../../src/demo/nights.ts';

const nights = (from: string, to: string, zone = 'America/New_York') =>
  nightsBetween(new Date(from), new Date(to), zone).map((at) => at.toISOString());

describe('when a job of 02:00 was due', () => {
  it('is once a night, in the zone', () => {
    expect(nights('2026-11-23T06:59:59Z', '2026-11-23T07:00:00Z')).toEqual(['2026-11-23T07:00:00.000Z']);
    expect(nights('2026-11-23T07:00:00Z', '2026-11-24T06:59:59Z')).toEqual([]);
    expect(nights('2026-11-23T12:00:00Z', '2026-11-25T12:00:00Z')).toEqual([
      '2026-11-24T07:00:00.000Z',
      '2026-11-25T07:00:00.000Z',
    ]);
  });

  it('is once in the night that has no 02:00, and in the one that is longer', () => {
    expect(nights('2026-03-08T00:00:00Z', '2026-03-08T23:00:00Z')).toEqual(['2026-03-08T07:00:00.000Z']);
    expect(nights('2026-11-01T00:00:00Z', '2026-11-01T23:00:00Z')).toEqual(['2026-11-01T07:00:00.000Z']);
    expect(nights('2026-10-24T12:00:00Z', '2026-10-25T23:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-25T00:00:00.000Z',
    ]);
  });

  it('is told of the last 7 days only', () => {
    expect(nights('2020-01-01T00:00:00Z', '2026-11-23T12:00:00Z')).toHaveLength(7);
  });
});
