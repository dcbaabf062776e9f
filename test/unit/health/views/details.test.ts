import { describe, expect, it, test } from 'vitest';
import type { CheckDetails, Outcome } from '../../../../src/health/model.ts';
import { detailsPost } from '../../../../src/health/views/details.ts';
import { outcomeStrip } from '../../../../src/health/views/sparkline.ts';
import { detailsText } from '../../../../src/health/views/terminal.ts';
import { checkReport, noon } from '../../../support/reports.ts';

const halfHours = Array.from({ length: 48 }, (_, n): Outcome | null => (n < 4 ? null : n === 21 ? 'fail' : 'ok'));
const details: CheckDetails = {
  report: checkReport('api', { at: new Date(noon.getTime() - 2 * 86_400_000) }),
  asks: 'GET https://api.example.com/health',
  everyMs: 300_000,
  units: {},
  series: { fact: 'latency_ms', unit: 'ms', points: halfHours.map((_, n) => ({ at: noon, value: n })) },
  strip: halfHours,
  transitions: [],
  uptime: { day: 99.9, month: null },
};

describe('the details of a check', () => {
  it('draw a day that fits on a phone, the worst of each hour', () => {
    const text = JSON.stringify(detailsPost(details, noon).blocks);
    expect(text).toContain('`··▪▪▪▪▪▪▪▪✕▪▪▪▪▪▪▪▪▪▪▪▪▪` last 24 h');
    expect([...(/`([▁-█]+)`/.exec(text)?.[1] ?? '')]).toHaveLength(24);
  });

  it('say how old the measurement is, in both faces', () => {
    expect(JSON.stringify(detailsPost(details, noon).blocks)).toMatch(/measured <!date[^>]*> \(2 d ago\) in 12 ms/);
    expect(detailsText(details, noon, { colour: false, width: 100, zone: 'UTC' })).toContain('(2 d ago) in 12 ms');
  });
});

test('what is usual at this hour, in both faces', () => {
  const usual: CheckDetails['usual'] = [
    { fact: 'latency_ms', kind: 'known', median: 123.456, days: 6 },
    { fact: 'requests', kind: 'not_yet', days: 1, needs: 3 },
    { fact: 'errors', kind: 'unread' },
  ];
  const words =
    'usual at this hour: latency_ms 123 ms (median of 6 days), requests not known yet (1 of 3 days), errors not read';
  const asking = { ...details, usual, units: { latency_ms: 'ms' } };
  const style = { colour: false, width: 100, zone: 'UTC' };
  expect(JSON.stringify(detailsPost(asking, noon).blocks)).toContain(words);
  expect(detailsText(asking, noon, style).split('\n')).toContain(`  ${words}`);
  expect(detailsText(details, noon, style)).not.toContain('usual');
});

describe('the uptime', () => {
  const day = 86_400_000;
  const said = (uptime: CheckDetails['uptime']) => {
    const text = detailsText({ ...details, uptime }, noon, { colour: false, width: 100, zone: 'UTC' });
    return text
      .split('\n')
      .find((line) => line.includes('uptime'))
      ?.trim();
  };

  it('says since when of a period that was not measured from its beginning on', () => {
    const since = (ms: number) => ({ since: new Date(noon.getTime() - ms) });
    expect(said({ day: 53.951, month: 53.951, ...since(25 * 60_000) })).toBe('uptime 53.95 % since 11:35 UTC');
    expect(said({ day: 99, month: 98, ...since(3 * day) })).toBe(
      'uptime 99 % in 24 h · 98 % since Fri 20 Nov 12:00 UTC',
    );
    expect(said({ day: 99, month: 98, ...since(29.99 * day) })).toBe('uptime 99 % in 24 h · 98 % in 30 d');
    expect(said({ day: null, month: 98, ...since(3 * day) })).toBe('uptime 98 % since Fri 20 Nov 12:00 UTC');
    expect(said({ day: null, month: null })).toBeUndefined();
  });

  it('stands in the zone of whoever reads it in Slack', () => {
    const uptime = { day: 50, month: 50, since: new Date(noon.getTime() - 60_000) };
    expect(JSON.stringify(detailsPost({ ...details, uptime }, noon).blocks)).toMatch(/uptime 50 % since <!date\^\d+/);
  });
});

it('a strip with fewer outcomes than columns shows each', () => {
  expect(outcomeStrip(['ok', 'warn', null], 24)).toBe('▪▲·');
});
