import { describe, expect, it } from 'vitest';
import { earlierMoments, median, movedBy } from '../../../src/checks/prometheus/moments.ts';
import { pickFrom } from '../../../src/checks/prometheus/pick.ts';
import prometheus from '../../../src/checks/prometheus.ts';

const iso = (moments: number[]) => moments.map((ms) => new Date(ms).toISOString());
const at = (text: string) => new Date(text).getTime();

describe('the same time of earlier days', () => {
  it('is the same weekday in the weeks before, or each day', () => {
    const weeks = earlierMoments(at('2026-11-24T09:30:00Z'), { days: 28, weekday: true });
    expect(iso(weeks).map((text) => text.slice(0, 10))).toEqual([
      '2026-11-17',
      '2026-11-10',
      '2026-11-03',
      '2026-10-27',
    ]);
    expect(earlierMoments(at('2026-11-24T09:30:00Z'), { days: 7, weekday: false })).toHaveLength(7);
    expect(earlierMoments(at('2026-11-24T09:30:00Z'), { days: 28, weekday: false })).toHaveLength(28);
  });

  it('follows the clocks of the zone over their change', () => {
    // Berlin went from UTC+2 to UTC+1 on 25 October 2026: nine o'clock was 07:00Z before and is 08:00Z since.
    const sameHour = { days: 28, weekday: true, zone: 'Europe/Berlin' };
    const moments = earlierMoments(at('2026-11-10T08:00:00Z'), sameHour);
    expect(iso(moments)).toEqual([
      '2026-11-03T08:00:00.000Z',
      '2026-10-27T08:00:00.000Z',
      '2026-10-20T07:00:00.000Z',
      '2026-10-13T07:00:00.000Z',
    ]);
  });

  it('knows by how much a server moved its steps', () => {
    const steps = { fromMs: 100_000, stepMs: 20_000 };
    expect(movedBy([], steps)).toBe(0);
    expect(Math.abs(movedBy([140_000], steps))).toBe(0);
    expect(movedBy([80_001, 100_001], steps)).toBe(-19_999);
    expect(movedBy([119_999], steps)).toBe(-1);
  });

  it('has a median', () => {
    expect(median([])).toBeUndefined();
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 3, 2])).toBe(2.5);
  });
});

describe('one of several', () => {
  const of = (...values: number[]) => values.map((value) => ({ labels: {}, value }));

  it('NaN is never passed over', () => {
    for (const pick of ['only', 'max', 'min', 'sum'] as const) {
      expect(pickFrom(of(1, Number.NaN), { pick, missing: 'zero' })).toMatchObject({ kind: 'odd' });
    }
  });

  it('nothing is zero only where it is said to be', () => {
    expect(pickFrom([], { pick: 'max', missing: 'unknown' })).toEqual({ kind: 'empty' });
    expect(pickFrom([], { pick: 'max', missing: 'zero' })).toMatchObject({ kind: 'value', value: 0 });
  });
});

describe('parameters', () => {
  const problems = (params: object) =>
    prometheus.params
      .safeParse({ url: 'https://prom.example', query: 'up', ...params })
      .error?.issues.map(({ message }) => message) ?? [];

  it.each([
    [{}, undefined],
    [{ url: 'ftp://prom' }, 'http:// or https://'],
    [{ url: 'https://me:pw@prom' }, 'without a user name or password'],
    [{ url: 'https://prom/api/v1/' }, 'before /api'],
    [{ query: '  ' }, '>=1'],
    [{ bearer: { secret: 'A' }, basic: { user: 'a', password: { secret: 'B' } } }, 'only one of'],
    [{ bearer: { secret: 'A' }, headers: { Authorization: 'x' } }, 'only one of'],
    [{ bearer: 'plain' }, 'expected object'],
    [{ same_hour: { days: 7 } }, 'weekday: false'],
    [{ same_hour: { zone: 'Europe/Nowhere' } }, 'IANA zone'],
    [{ max_age: 'long' }, 'a duration'],
  ])('%j', (params, words) => {
    if (words === undefined) expect(problems(params)).toEqual([]);
    else expect(problems(params).join()).toContain(words);
  });

  it('is asked in a lane of its host', () => {
    const target = prometheus.params.parse({ url: 'https://prom.example:9090/x', query: 'sum by (job)\n (up)' });
    expect(prometheus.lane?.(target)).toBe('host:prom.example:9090');
    expect(prometheus.describe(target)).toBe('PromQL on prom.example:9090: sum by (job) (up)');
  });
});

describe('fresh', () => {
  const problems = (more: object) =>
    prometheus.params
      .safeParse({ url: 'http://prom.example.com', query: 'sum(rate(a_total[5m]))', ...more })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  it.each([
    'rate(a_total[5m])',
    'sum(a_total)',
    'a_total or vector(0)',
    'a_total offset 1d',
    'a_total[5m]',
    '-a_total',
    'inf',
    'NaN',
    '1',
  ])('is no expression, whose age would always be 0: %s', (fresh) => {
    expect(problems({ fresh })).toEqual([expect.stringContaining('fresh: a plain series')]);
  });

  it.each(['a_total', 'job:a:rate5m', 'a_total{job="api", path=~"/x{2}.*"}', 'up {}'])('is a series: %s', (fresh) => {
    expect(problems({ fresh })).toEqual([]);
  });

  it('is needed where no series means zero', () => {
    expect(problems({ missing: 'zero' })).toEqual([expect.stringContaining('fresh: missing: zero needs it')]);
    expect(problems({ missing: 'zero', fresh: 'up{job="api"}' })).toEqual([]);
  });
});
