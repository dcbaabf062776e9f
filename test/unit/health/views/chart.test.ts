import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../src/health/model.ts';
import { worstRowsFirst } from '../../../../src/health/overview.ts';
import { cellsOf, type Overview, type Trend } from '../../../../src/health/periods.ts';
import {
  limitWords,
  overviewChart,
  overviewWords,
  trendChart,
  trendWords,
} from '../../../../src/health/views/chart.ts';
import { overviewText, trendText } from '../../../../src/health/views/chart-posts.ts';

const to = new Date('2026-11-23T09:00:00Z');
const before = (ms: number) => new Date(to.getTime() - ms);
const hour = 3_600_000;

const none = { fail: 0, unknown: 0, warn: 0, stale: 0, blocked: 0, muted: 0, ok: 0 };

function trend(over: Partial<Trend> = {}): Trend {
  return {
    id: 'db',
    group: 'data',
    period: '7d',
    from: before(168 * hour),
    to,
    fact: 'free',
    unit: 'bytes',
    points: [
      { at: before(3 * hour), value: 2 ** 30, low: 2 ** 29, high: 2 ** 31 },
      { at: before(2 * hour), value: null },
      { at: before(hour), value: 2 ** 30 },
    ],
    last: { value: 2 ** 30, at: before(2 * hour) },
    limits: [{ level: 'fail', op: '<', value: 2 ** 28 }],
    stretches: [{ from: before(hour), to: before(hour / 2), outcome: 'fail' }],
    spentMs: { ...none, fail: 90 * 60_000 },
    unmeasuredMs: 0,
    ...over,
  };
}

describe('a check in words', () => {
  it('says last value with its age, range, limits and how long it was red', () => {
    expect(trendWords(trend())).toBe(
      'db, last 7 days: free (bytes) 1 GiB, 2 h ago, from 512 MiB to 2 GiB; fail below 256 MiB; failing for about 1 h 30 min',
    );
  });

  it.each<[Partial<Trend>, string]>([
    [{ spentMs: { ...none, ok: hour }, stretches: [] }, 'ok throughout'],
    [
      { spentMs: { ...none, ok: hour }, stretches: [], unmeasuredMs: hour },
      'ok while measured; not measured for about 1 h',
    ],
    [{ spentMs: none, points: [], last: undefined, stretches: [], unmeasuredMs: hour }, 'MiB; nothing was measured'],
    [
      { spentMs: { ...none, unknown: hour }, stretches: [{ from: to, to, outcome: 'unknown' }] },
      'MiB; unknown for about 1 h',
    ],
    [
      { spentMs: { ...none, stale: hour, muted: 2 * hour }, stretches: [] },
      'MiB; stale for about 1 h, muted for about 2 h',
    ],
    [{ spentMs: none, stretches: [{ from: to, to, outcome: 'muted' }] }, 'muted for a moment'],
    [{ spentMs: none, stretches: [{ from: to, to, outcome: 'fail' }] }, 'failing for a moment'],
  ])('and %j is "%s"', (over, words) => {
    expect(trendWords(trend(over))).toMatch(new RegExp(`${words}$`));
  });

  it('says limits as people do', () => {
    const words = (['>', '>=', '<', '<='] as const).map((op) => limitWords({ level: 'warn', op, value: 5 }, 'ms'));
    expect(words).toEqual(['warn above 5 ms', 'warn from 5 ms', 'warn below 5 ms', 'warn at 5 ms or less']);
  });

  it('is a chart with its zone, gaps and limits', () => {
    expect(trendChart(trend(), 'Europe/Berlin')).toMatchObject({
      title: 'db',
      subtitle: 'free (bytes) · last 7 days · times in GMT+1',
      last: '1 GiB, 2 h ago',
      points: [{ low: 2 ** 29 }, { value: null }, { value: 2 ** 30 }],
      limits: [{ level: 'fail', value: 2 ** 28, label: 'fail below 256 MiB' }],
      stretches: [{ level: 'fail' }],
    });
  });
});

function overview(rows: [string, Outcome, (Outcome | null)[]][]): Overview {
  return {
    period: '24h',
    cells: [before(2 * hour), before(hour)],
    to,
    rows: rows.map(([id, now, outcomes]) => ({ id, now, outcomes })),
  };
}

describe('many checks', () => {
  it('stand worst first: by what they are, what they were, how often', () => {
    const { rows } = overview([
      ['calm', 'ok', ['ok', 'ok']],
      ['once', 'ok', ['fail', 'ok']],
      ['twice', 'ok', ['fail', 'fail']],
      ['now', 'fail', ['ok', 'ok']],
    ]);
    expect(worstRowsFirst(rows).map(({ id }) => id)).toEqual(['now', 'twice', 'once', 'calm']);
  });

  it('are at most 30 rows, and what is not shown is counted', () => {
    const many = (outcome: Outcome) =>
      overview(Array.from({ length: 34 }, (_, at) => [`c${at}`, 'ok', at === 33 ? [outcome, 'ok'] : ['ok', 'ok']]));
    const chart = (outcome: Outcome) => overviewChart(many(outcome), { title: 'All', zone: 'UTC' });
    expect(chart('ok')).toMatchObject({
      subtitle: '34 checks · last 24 hours · times in UTC',
      more: 'and 4 more (all ok)',
    });
    expect(chart('ok').rows).toHaveLength(30);
    expect(chart('warn').more).toBe('and 4 more (1 not always ok)');
  });

  it('are said in words', () => {
    expect(overviewWords(overview([['a', 'ok', ['ok', null]]]))).toBe('1 check, last 24 hours: none failed');
    expect(
      overviewWords(
        overview([
          ['a', 'ok', ['fail', 'warn']],
          ['b', 'ok', ['warn', 'ok']],
        ]),
      ),
    ).toBe('2 checks, last 24 hours: 1 failed: a; 2 warned: a, b');
  });

  it.each<[Parameters<typeof overview>[0], string]>([
    [[['a', 'unknown', ['unknown', null]]], '1 check, last 24 hours: 1 unknown at times: a'],
    [[['a', 'unknown', [null, null]]], '1 check, last 24 hours: 1 never measured: a'],
    [
      [
        ['a', 'ok', ['ok', 'stale']],
        ['b', 'muted', ['muted', 'muted']],
        ['c', 'unknown', [null, null]],
      ],
      '3 checks, last 24 hours: none failed; 1 stale at times: a; 1 muted at times: b; 1 never measured: c',
    ],
  ])('%j are never said to be fine without a measurement', (rows, words) => {
    expect(overviewWords(overview(rows))).toBe(words);
  });

  it('have days of 23 and 25 hours', () => {
    const cells = cellsOf('30d', new Date('2026-11-02T12:00:00Z'), 'America/New_York');
    const hours = cells.slice(1).map((cell, at) => (cell.getTime() - cells[at]!.getTime()) / hour);
    expect([...new Set(hours)].sort()).toEqual([24, 25]);
  });
});

describe('in a terminal', () => {
  const style = { colour: false, width: 80, zone: 'UTC' };

  it('a chart is a line of text, and it is said where the picture is', () => {
    expect(trendText(trend(), style).split('\n').slice(1)).toEqual([
      '  ▁ ▁',
      '  (Slack shows this as a picture: /ops health data/db --chart 7d)',
    ]);
  });

  it('many checks are a strip each', () => {
    expect(
      overviewText(
        overview([
          ['a', 'fail', ['ok', 'fail']],
          ['bb', 'ok', ['ok', null]],
        ]),
        'web',
        style,
      ),
    ).toBe(
      [
        'Last 24 hours, oldest on the left:',
        'FAIL     a   ▪✖',
        'OK       bb  ▪·',
        '(Slack shows this as a picture: /ops health web --chart 24h)',
      ].join('\n'),
    );
  });
});
