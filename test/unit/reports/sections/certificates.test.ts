import { describe, expect, it } from 'vitest';
import section from '../../../../src/reports/sections/certificates.ts';
import { checkReport } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const tls = (id: string, days_left: number, over = {}) =>
  checkReport(id, {
    ...{ type: 'tls', facts: { days_left, names: [`${id}.example.com`], not_after: '2027-01-09T12:00:00.000Z' } },
    ...over,
  });
const acm = checkReport('acm', {
  type: 'acm',
  facts: {
    ...{ in_use: 4, days_left: 51.5, first_to_expire: 'shop.example.com (eu-west-1)' },
    ...{ first_not_after: '2027-01-13T23:59:59.000Z', expired: [], expiring_now: [], expiring: [] },
  },
});

describe('certificates in a report', () => {
  it('are the fewest days that are left on a calm day, soonest first in the thread', async () => {
    const made = await runSection(section, { checks: [tls('far', 200), acm, tls('www', 47.9)] });
    expect(made).toMatchObject({ attention: 'none', lines: [], brief: 'certificates ≥ 47 d', unknown: [] });
    expect(made.values).toEqual({ soonest_days: 47.9 });
    expect(rowsOf(made, 'Certificates').map((row) => row.slice(0, 3))).toEqual([
      ['www.example.com', 47, '2027-01-09'],
      ['shop.example.com (eu-west-1)', 51, '2027-01-13'],
      ['far.example.com', 200, '2027-01-09'],
    ]);
    expect(rowsOf(made, 'Certificates')[1]?.[5]).toBe('and 3 more in use, later');
  });

  it('that are over are no number of days', async () => {
    const over = tls('www', -2.5, { outcome: 'fail', reason: 'the certificate expired' });
    const made = await runSection(section, { checks: [over, acm] }, { show: 'always' });
    expect(made).toMatchObject({ attention: 'act', brief: 'certificates one over for 3 d (1 fail)' });
    expect(saidLines(made)).toEqual(['www: the certificate expired']);
  });

  it('that could not be read are unknown, and the others still told', async () => {
    const made = await runSection(section, { checks: [denied('acm', { type: 'acm' }), tls('www', 47)] });
    expect(made.brief).toBe('certificates ≥ 47 d (1 unknown)');
    expect(made.lines).toMatchObject([{ text: 'acm: AccessDenied: not allowed to read acm', threadOnly: true }]);
    expect(rowsOf(made, 'Certificates')[1]).toEqual([
      'acm',
      'unknown',
      null,
      'acm',
      '⚪ UNKNOWN',
      'AccessDenied: not allowed to read acm',
    ]);
  });

  it('of which none is known are never calm words', async () => {
    expect((await runSection(section, { checks: [denied('acm', { type: 'acm' })] })).brief).toBe(
      'certificates unknown (1 unknown)',
    );
    const blind = checkReport('www', { type: 'tls', facts: { days_left: null } });
    const made = await runSection(section, { checks: [blind] });
    expect(made).toMatchObject({ attention: 'look', unknown: ['www: the days left are not known'] });
  });

  it('have no end to know where ACM has none in use', async () => {
    const none = { ...acm, facts: { in_use: 0, days_left: null } };
    expect((await runSection(section, { checks: [none, tls('www', 47)] })).unknown).toEqual([]);
  });

  it('are nothing to speak of where none are configured', async () => {
    const made = await runSection(section, { checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('are counted, 5,000 of them, and the soonest listed', async () => {
    const checks = manyChecks(5_000, { type: 'tls', facts: { days_left: 90 } }, [{ facts: { days_left: 31 } }]);
    const made = await runSection(section, { checks });
    expect(made.brief).toBe('certificates ≥ 31 d');
    expect(rowsOf(made, 'Certificates')).toHaveLength(60);
    expect(rowsOf(made, 'Certificates')[0]?.[1]).toBe(31);
  });
});
