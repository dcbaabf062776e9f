import { describe, expect, it } from 'vitest';
import { whenSaid } from '../../../../src/incidents/timeline/when.ts';

const said = (words: string, now: string, zone = 'Europe/Berlin') => {
  const found = whenSaid(words, new Date(now), zone);
  return 'at' in found ? [found.kind, found.at.toISOString(), ...('words' in found ? [found.words] : [])] : found;
};

describe('when something happened', () => {
  it.each([
    // 04:00 in Berlin.
    ['03:04 noticed by the night shift', '2026-11-23T03:00:00Z', '2026-11-23T02:04:00.000Z'],
    ['3:04:30 noticed by the night shift', '2026-11-23T03:00:00Z', '2026-11-23T02:04:30.000Z'],
    // Just after midnight: what lies ahead today was yesterday.
    ['23:50 noticed by the night shift', '2026-11-22T23:10:00Z', '2026-11-22T22:50:00.000Z'],
    ['yesterday 23:50 noticed by the night shift', '2026-11-22T23:10:00Z', '2026-11-22T22:50:00.000Z'],
    ['today 00:05 noticed by the night shift', '2026-11-22T23:10:00Z', '2026-11-22T23:05:00.000Z'],
    ['2026-11-20 03:04 noticed by the night shift', '2026-11-23T03:00:00Z', '2026-11-20T02:04:00.000Z'],
    ['2026-11-20T03:04Z noticed by the night shift', '2026-11-23T03:00:00Z', '2026-11-20T03:04:00.000Z'],
  ])('%s, said at %s', (words, now, at) => {
    expect(said(words, now)).toEqual(['at', at, 'noticed by the night shift']);
  });

  it('without a time is now', () => {
    expect(whenSaid('  rolled back', new Date(), 'UTC')).toEqual({ kind: 'now', words: 'rolled back' });
    expect(whenSaid('10 pods died at 03:04', new Date(), 'UTC')).toMatchObject({ kind: 'now' });
  });

  it('does not lie ahead', () => {
    expect(said('2026-11-24 03:04 x', '2026-11-23T03:00:00Z')).toEqual(['ahead', '2026-11-24T02:04:00.000Z']);
    expect(said('today 23:00 x', '2026-11-23T03:00:00Z')).toMatchObject(['ahead', '2026-11-23T22:00:00.000Z']);
  });

  it.each(['24:30 x', '03:60 x', '2026-02-31 03:04 x', '2026-13-01 03:04 x'])(
    'is a time that is there: %s',
    (words) => {
      expect(said(words, '2026-11-23T03:00:00Z')).toMatchObject({ kind: 'no_time' });
    },
  );

  it('in the night when clocks go forward, a time of the missing hour is the moment behind it', () => {
    expect(said('02:30 x', '2026-03-29T04:00:00Z')).toEqual(['at', '2026-03-29T01:00:00.000Z', 'x']);
    expect(said('01:30 x', '2026-03-29T04:00:00Z')).toEqual(['at', '2026-03-29T00:30:00.000Z', 'x']);
  });

  it('in the night when clocks go back, a time that was twice is the last one that is past', () => {
    // 02:30 in summer time is 00:30 UTC, in winter time 01:30 UTC.
    expect(said('02:30 x', '2026-10-25T00:45:00Z')).toEqual(['at', '2026-10-25T00:30:00.000Z', 'x']);
    expect(said('02:30 x', '2026-10-25T01:45:00Z')).toEqual(['at', '2026-10-25T01:30:00.000Z', 'x']);
    expect(said('23:30 x', '2026-10-25T22:00:00Z')).toEqual(['at', '2026-10-24T21:30:00.000Z', 'x']);
  });
});
