import { describe, expect, it } from 'vitest';
import section from '../../../../src/reports/sections/security.ts';
import { checkReport } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const none = { critical: 0, high: 0, medium: 0, low: 0 };
const hub = (over = {}, facts = {}) =>
  checkReport('hub', {
    ...{ type: 'security-findings', ...over },
    facts: { ...none, new_24h: 0, overdue: 0, threats: 0, complete: true, unread: [], ...facts },
  });
const packages = (facts = {}) =>
  checkReport('packages', { type: 'vulnerabilities', facts: { ...none, overdue: 0, complete: true, ...facts } });
const waf = checkReport('waf', { type: 'waf', facts: { blocked: 1200, blocked_before: 1100, spikes: [] } });

describe('security in a report', () => {
  it('is no unusual activity where nothing grave is open', async () => {
    const made = await runSection(section, { checks: [hub({}, { low: 7 }), packages(), waf] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], brief: 'no unusual activity' });
    expect(made.values).toEqual({ critical: 0, high: 0, medium: 0, low: 7 });
    expect(rowsOf(made, 'Findings in all')).toEqual([['0', '0', '0', '7', '0']]);
    expect(rowsOf(made, 'Security').at(-1)).toEqual([
      'waf',
      '🟢 OK',
      null,
      null,
      null,
      null,
      'blocked in 24 h 1,200, the day before 1,100, spikes 0',
    ]);
  });

  it('says what is open and new', async () => {
    const made = await runSection(section, { checks: [hub({}, { high: 3, new_24h: 2 }), packages({ critical: 1 })] });
    expect(made.brief).toBe('security: critical 1, high 3, new in 24 h 2');
  });

  it('tells a rise of grave findings that no check tells', async () => {
    const before = { critical: 0, high: 1, medium: 9 };
    const made = await runSection(section, { checks: [hub({}, { high: 3, medium: 5 })], before });
    expect(made.attention).toBe('look');
    expect(saidLines(made)).toEqual(['3 high findings, 1 in the report before']);
    expect(rowsOf(made, 'Findings in all')[0]?.slice(0, 3)).toEqual(['0', '3 (+2)', '5 (−4)']);
    const told = await runSection(section, {
      checks: [hub({ outcome: 'fail', reason: '3 overdue' }, { high: 3 })],
      before,
    });
    expect([told.attention, saidLines(told)]).toEqual(['none', []]);
  });

  it('is never calm words beside a check that is not ok', async () => {
    const spike = { ...waf, outcome: 'warn' as const, reason: 'over 3 times the day before' };
    const made = await runSection(section, { checks: [hub(), spike] });
    expect(made.brief).toBe('security (1 warn)');
    const always = await runSection(section, { checks: [hub(), spike] }, { show: 'always' });
    expect([always.attention, saidLines(always)]).toEqual(['look', ['waf: over 3 times the day before']]);
  });

  it('that could not be read is unknown, and no number', async () => {
    const made = await runSection(section, { checks: [denied('hub', { type: 'security-findings' }), packages()] });
    expect(made.brief).toBe('security: critical unknown, high unknown, new in 24 h unknown (1 unknown)');
    expect(made.lines).toMatchObject([{ text: 'hub: AccessDenied: not allowed to read hub', threadOnly: true }]);
    expect(made.values).toEqual({});
  });

  it('of which a part was not read says which, and why', async () => {
    const half = hub({}, { critical: null, high: 2, complete: false, unread: ['guardduty: AccessDenied'] });
    const made = await runSection(section, { checks: [half] });
    expect(made).toMatchObject({ attention: 'look', unknown: ['hub: critical not known: guardduty: AccessDenied'] });
    expect(rowsOf(made, 'Security')[0]?.slice(2, 4)).toEqual(['unknown', '≥ 2']);
  });

  it('has queries of some groups, too', async () => {
    const query = checkReport('logins', { type: 'postgres-query', group: 'audit', reason: '3 failed logins' });
    expect((await runSection(section, { checks: [query] })).brief).toBeUndefined();
    const made = await runSection(section, { checks: [query] }, { queries: ['audit'] });
    expect(rowsOf(made, 'Security')).toEqual([['logins', '🟢 OK', null, null, null, null, '3 failed logins']]);
  });

  it('is nothing to speak of where none is configured', async () => {
    const made = await runSection(section, { checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [], values: {} });
    expect(made.brief).toBeUndefined();
  });

  it('is counted, 5,000 checks of it, and a few are listed', async () => {
    const facts = { ...none, high: 2, new_24h: 1, complete: true };
    const made = await runSection(section, { checks: manyChecks(5_000, { type: 'security-findings', facts }) });
    expect(made.brief).toBe('security: critical 0, high 10,000, new in 24 h 5,000');
    expect(rowsOf(made, 'Security')).toHaveLength(60);
  });
});
