import { describe, expect, it } from 'vitest';
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

it('a strip with fewer outcomes than columns shows each', () => {
  expect(outcomeStrip(['ok', 'warn', null], 24)).toBe('▪▲·');
});
