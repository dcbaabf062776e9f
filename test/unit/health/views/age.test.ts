import { describe, expect, it } from 'vitest';
import { healthPost } from '../../../../src/health/views/slack.ts';
import { tablePosts } from '../../../../src/health/views/table.ts';
import { healthText } from '../../../../src/health/views/terminal.ts';
import { checkReport, healthReport, noon } from '../../../support/reports.ts';

const ago = (ms: number) => new Date(noon.getTime() - ms);
const day = 86_400_000;
const style = { colour: false, width: 100, zone: 'UTC' };
const nightly = checkReport('nightly', { at: ago(2 * day) });
const slack = (report = healthReport([])) => JSON.stringify(healthPost(report, { now: noon, scope: '' }).blocks);
const table = (report = healthReport([])) => JSON.stringify(tablePosts(report.checks, { report, now: noon }));

describe('a result from before the sweep', () => {
  const report = healthReport([nightly, checkReport('api')]);

  it('shows its age in the terminal, ok or not', () => {
    const lines = healthText(report, noon, style).split('\n');
    expect(lines[0]).toMatch(/2 ok — .* · 1 not measured now, last seen 2 d ago$/);
    expect(lines.find((line) => line.includes('nightly'))).toContain('(measured 2 d ago)');
    expect(lines.find((line) => line.includes('api'))).not.toContain('measured');
    const bad = healthReport([{ ...nightly, outcome: 'fail', notes: ['ok after retry'] }]);
    expect(healthText(bad, noon, style)).toContain('(measured 2 d ago; ok after retry)');
  });

  it('shows its age in Slack: in the summary when it is ok, else in its row, and always in the table', () => {
    expect(slack(report)).toContain(', 1.8 s · 1 not measured now, last seen 2 d ago');
    const bad = healthReport([{ ...nightly, outcome: 'fail' }]);
    expect(slack(bad)).toMatch(/FAIL nightly\*: status 200 · since [^·]* · measured 2 d ago/);
    expect(slack(bad)).not.toContain('not measured now');
    expect(table(report)).toContain('status 200 · measured 2 d ago');
    const long = healthReport([{ ...nightly, reason: 'x'.repeat(500) }]);
    expect(table(long)).toContain('x… · measured 2 d ago');
  });

  it('says how old all of them are', () => {
    const more = [nightly, checkReport('hourly', { at: ago(3 * 3_600_000) }), checkReport('now', { at: ago(40_000) })];
    expect(slack(healthReport(more))).toContain('3 not measured now, last seen 40 s to 2 d ago');
  });

  it('shows its age also when nothing at all was measured now', () => {
    const old = healthReport([nightly], { started_at: nightly.at, duration_ms: 0 });
    expect(healthText(old, noon, style)).toContain('(measured 2 d ago)');
  });
});

describe('a result of the sweep, or one that is on its way', () => {
  it('shows no age', () => {
    const begun = ago(15_000);
    const fresh = healthReport([checkReport('a', { at: begun }), checkReport('b', { at: noon })], {
      started_at: begun,
      duration_ms: 15_000,
    });
    const pending = healthReport([nightly], { pending: ['nightly'] });
    for (const report of [fresh, pending]) {
      expect(healthText(report, noon, style)).not.toContain('measured');
      expect(slack(report) + table(report)).not.toContain('measured');
    }
  });
});
