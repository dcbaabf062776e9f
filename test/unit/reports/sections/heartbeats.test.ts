import { describe, expect, it } from 'vitest';
import section from '../../../../src/reports/sections/heartbeats.ts';
import { checkReport } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const type = 'heartbeat';
const facts = {
  ...{ last_ok_at: '2026-11-23 02:04 UTC', age: '9 h 56 min', run_time: '4 min' },
  expected_at: '2026-11-24 02:00 UTC',
};
const nightly = checkReport('nightly', { type, facts });
const late = checkReport('invoices', {
  type,
  outcome: 'fail',
  reason: 'no success: one was due',
  owner: '@data',
  facts,
});

describe('jobs in a report', () => {
  it('are a few words on a calm day, and a row each in the thread', async () => {
    const made = await runSection(section, { checks: [nightly, checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], brief: 'jobs 1/1', unknown: [] });
    expect(rowsOf(made, 'Jobs')).toEqual([
      ['nightly', '🟢 OK', '2026-11-23 02:04 UTC', '9 h 56 min', '4 min', '2026-11-24 02:00 UTC', null],
    ]);
  });

  it('that fail are counted, and told in the thread, since the changes tell of them', async () => {
    const made = await runSection(section, { checks: [nightly, late] });
    expect(made).toMatchObject({ attention: 'none', brief: 'jobs 1/2 (1 fail)' });
    expect(saidLines(made)).toEqual([]);
    expect(made.lines).toMatchObject([{ mark: 'fail', item: 'check/invoices', owner: '@data', threadOnly: true }]);
  });

  it('that fail are told in the message of a report without changes', async () => {
    const made = await runSection(section, { checks: [nightly, late] }, { show: 'always' });
    expect(made.attention).toBe('act');
    expect(saidLines(made)).toEqual(['invoices: no success: one was due']);
  });

  it('that could not be measured count as unknown, with the reason', async () => {
    const made = await runSection(section, { checks: [nightly, denied('sync', { type })] });
    expect(made.brief).toBe('jobs 1/2 (1 unknown)');
    expect(made.lines).toMatchObject([{ mark: 'unknown', text: 'sync: AccessDenied: not allowed to read sync' }]);
    expect(rowsOf(made, 'Jobs')[0]).toEqual(expect.arrayContaining(['sync', '⚪ UNKNOWN', 'unknown']));
  });

  it('whose results are old show no times of then', async () => {
    const made = await runSection(section, { checks: [{ ...nightly, outcome: 'stale', reason: 'no result for 2 h' }] });
    expect(rowsOf(made, 'Jobs')[0]?.slice(1, 6)).toEqual(['🕓 STALE', 'unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('are nothing to speak of where none are configured', async () => {
    const made = await runSection(section, { checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('that a file names and that are not there are unknown', async () => {
    const made = await runSection(section, { checks: [nightly] }, { checks: ['nightly', 'nigthly'], groups: ['date'] });
    expect(made.attention).toBe('look');
    expect(made.unknown).toEqual([
      'there is no check nigthly: correct the name in the file of this report, or configure it',
      'there is no group date: correct the name in the file of this report, or configure it',
    ]);
  });

  it('of some groups are those jobs alone', async () => {
    const checks = [nightly, { ...late, group: 'data' }, checkReport('db', { group: 'data' })];
    expect((await runSection(section, { checks }, { groups: 'data' })).brief).toBe('jobs 0/1 (1 fail)');
  });

  it('are counted, 5,000 of them, and a few are listed', async () => {
    const checks = manyChecks(5_000, { type, facts, outcome: 'fail', reason: 'late' });
    const made = await runSection(section, { checks }, { show: 'always' });
    expect(made.brief).toBe('jobs 0/5000 (5000 fail)');
    expect(saidLines(made)[0]).toBe('5000 checks need a look: the first 50 are listed');
    expect(made.lines).toHaveLength(51);
    expect(rowsOf(made, 'Jobs')).toHaveLength(60);
    expect(rowsOf(made, 'Jobs').at(-1)?.[0]).toBe('… and 4941 more');
  });
});
