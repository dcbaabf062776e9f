import { describe, expect, it } from 'vitest';
import type { CheckPast, LimitPast, ShadowAlert } from '../../../src/shadow/model.ts';
import { nextMoment } from '../../../src/shadow/moments.ts';
import { suggestionsFor } from '../../../src/shadow/suggest.ts';

const minute = 60_000;
const rule = 'latency_ms > 500';
const alerts = (times: number, over: Partial<ShadowAlert> = {}): ShadowAlert[] =>
  Array.from({ length: times }, (_, at) => ({
    ...{ check: 'api', group: 'web', worst: 'fail', reason: 'slow', rule, closedAt: undefined, lastedMs: 2 * minute },
    ...{ beganAt: new Date(at * minute), openedAt: new Date(at * minute) },
    ...over,
  }));
const limit = (over: Partial<LimitPast> = {}): LimitPast => ({
  ...{ rule, fact: 'latency_ms', op: '>', limit: 500, unit: 'ms', values: 1_000, beyond: 60 },
  ...{ median: 200, p95: 623, worst: 4_000, ...over },
});
const past = (over: Partial<CheckPast> = {}): CheckPast => ({
  ...{ id: 'api', everyMs: minute, timeoutMs: 5_000, attempts: 2, openAfter: { hits: 2, of: 3 }, results: 1_000 },
  ...{ unknown: 0, reasons: [], next: undefined, p95Ms: 100, longestMs: 200, alerts: [], limits: [], ...over },
});
const said = (over: Partial<CheckPast>) => suggestionsFor({ checks: [past(over)], homeless: [] });

describe('suggestions', () => {
  it('none where nothing was wrong, and none for a problem or two', () => {
    expect(said({})).toEqual([]);
    expect(said({ alerts: alerts(2), limits: [limit()] })).toEqual([]);
  });

  it.each([
    ['a limit of 630 ms is beyond what is usual', limit()],
    ['the 95th percentile was 480 ms: held_for: 3m tells only of what lasts', limit({ p95: 480 })],
    ['most values are beyond the limit', limit({ beyond: 501, median: 510 })],
  ])('a limit that alerts too often: %s', (words, limits) => {
    expect(said({ alerts: alerts(14), limits: [limits] })).toEqual([expect.stringContaining(words)]);
    expect(said({ alerts: alerts(14), limits: [limits] })[0]).toMatch(
      /^api: latency_ms > 500 would have alerted 14 times; /,
    );
  });

  it('a limit below which something falls goes the other way', () => {
    const free = limit({
      rule: 'free_pct < 20',
      fact: 'free_pct',
      op: '<',
      limit: 20,
      unit: '%',
      p95: 14.7,
      median: 40,
    });
    expect(said({ alerts: alerts(5, { rule: 'free_pct < 20' }), limits: [free] })).toEqual([
      'api: free_pct < 20 would have alerted 5 times; the 5th percentile was 14.7 %: a limit of 14 % is beyond what is usual, or held_for: 3m tells only of what lasts',
    ]);
  });

  it('of a few values no percentile is told', () => {
    expect(said({ alerts: alerts(3), limits: [limit({ values: 19, beyond: 5 })] })[0]).not.toContain('percentile');
  });

  it('what is most often wrong is said of one alert, too', () => {
    expect(said({ alerts: alerts(1), limits: [limit({ beyond: 900 })] })[0]).toContain('would have alerted once');
  });

  it('a rule without a limit, again and again', () => {
    expect(said({ alerts: alerts(3, { rule: '!reachable' }) })).toEqual([
      'api: !reachable would have alerted 3 times, for 2 min and more: held_for: 3m tells only of what lasts',
    ]);
  });

  it.each([
    [{ results: 0 }, 'api: was never due: run it for longer'],
    [
      { results: 1, unknown: 1, reasons: [{ reason: 'denied', times: 1 }], next: 'grant it' },
      'api: was never measured in 1 try: denied → grant it',
    ],
    [
      { unknown: 50, reasons: [{ reason: 'timed out', times: 9 }] },
      'api: could not be measured 50 of 1000 times: timed out (×9)',
    ],
    [{ p95Ms: 4_100 }, 'api: took 4.1 s in one of twenty runs, of a timeout of 5 s: raise timeout'],
    [{ results: 1 }, 'measured too seldom to open an alert, so run it for longer: api'],
  ])('%j', (over, line) => {
    expect(said(over)).toContain(line);
  });

  it('a few that could not be measured, and what is quick enough, are no matter', () => {
    expect(said({ unknown: 49, p95Ms: 4_000 })).toEqual([]);
  });
});

describe('the next moment', () => {
  const after = (time: string) => new Date(`1970-01-01T${time}Z`);
  const next = (everyMs: number[], time: string, windows = false) =>
    nextMoment(
      everyMs.map((each) => ({ everyMs: each })),
      after(time),
      { windows },
    )
      .toISOString()
      .slice(11, 19);

  it.each([
    [[5 * minute], '09:00:00', '09:05:00'],
    [[5 * minute, minute], '09:00:05', '09:01:00'],
    // The regular runs look every five seconds.
    [[7_000], '00:00:00', '00:00:10'],
    [[7_000], '00:00:10', '00:00:15'],
    [[24 * 60 * minute], '09:00:00', '00:00:00'],
  ])('every %j ms, after %s: %s', (everyMs, time, at) => {
    expect(next(everyMs, time)).toBe(at);
  });

  it('with windows each minute counts', () => {
    expect(next([24 * 60 * minute], '09:00:30', true)).toBe('09:01:00');
  });
});
