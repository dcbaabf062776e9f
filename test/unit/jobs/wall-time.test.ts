import { describe, expect, it, test } from 'vitest';
import { nextWallTime } from '../../../src/jobs/wall-time.ts';

const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';

describe('the next time that the clock on the wall shows it', () => {
  it.each<[string, string, string, after: string, at: string]>([
    ['later today', berlin, '09:00', '2026-11-23T07:59:59.999Z', '2026-11-23T08:00:00Z'],
    ['tomorrow, when it is that minute', berlin, '09:00', '2026-11-23T08:00:00Z', '2026-11-24T08:00:00Z'],
    ['tomorrow, within that minute', berlin, '09:00', '2026-11-23T08:00:30Z', '2026-11-24T08:00:00Z'],
    ['midnight', berlin, '00:00', '2026-11-23T08:00:00Z', '2026-11-23T23:00:00Z'],
    ['over the new year', newYork, '00:00', '2026-12-31T12:00:00Z', '2027-01-01T05:00:00Z'],
    // Spring: Berlin 2026-03-29 02:00 → 03:00 (01:00 UTC), New York 2026-03-08 02:00 → 03:00 (07:00 UTC).
    ['before a gap', berlin, '01:59', '2026-03-28T23:00:00Z', '2026-03-29T00:59:00Z'],
    ['the first of a gap', berlin, '02:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['inside a gap', berlin, '02:30', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['the end of a gap', berlin, '03:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['behind a gap', berlin, '09:00', '2026-03-28T23:00:00Z', '2026-03-29T07:00:00Z'],
    ['over a gap', berlin, '09:00', '2026-03-28T08:00:00Z', '2026-03-29T07:00:00Z'],
    ['inside a gap', newYork, '02:30', '2026-03-08T06:00:00Z', '2026-03-08T07:00:00Z'],
    ['behind a gap', newYork, '09:00', '2026-03-08T05:00:00Z', '2026-03-08T13:00:00Z'],
    ['from behind a gap, to the day after', newYork, '02:30', '2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z'],
    // Autumn: Berlin 2026-10-25 03:00 → 02:00 (01:00 UTC), New York 2026-11-01 02:00 → 01:00 (06:00 UTC).
    ['shown twice, the first time', berlin, '02:30', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z'],
    ['shown twice, the second time', berlin, '02:30', '2026-10-25T00:45:00Z', '2026-10-25T01:30:00Z'],
    ['shown twice, from the second time', berlin, '02:30', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z'],
    ['over an hour that is repeated', berlin, '09:00', '2026-10-24T07:00:00Z', '2026-10-25T08:00:00Z'],
    ['shown twice, the first time', newYork, '01:30', '2026-11-01T05:00:00Z', '2026-11-01T05:30:00Z'],
    ['shown twice, the second time', newYork, '01:30', '2026-11-01T05:45:00Z', '2026-11-01T06:30:00Z'],
    ['a day of 25 hours', newYork, '00:00', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['half an hour put forward', 'Australia/Lord_Howe', '02:15', '2026-10-03T14:00:00Z', '2026-10-03T15:30:00Z'],
  ])('%s: %s %s after %s', (_, zone, time, after, at) => {
    expect(nextWallTime(zone, time, new Date(after))).toEqual(new Date(at));
  });
});

test.each(['9:00', '24:00', '12:60', '', '09:00:00', 'noon', '-1:00'])('%j is no time of a day', (time) => {
  expect(() => nextWallTime(berlin, time, new Date(0))).toThrow('no time of a day');
});
