import { describe, expect, it } from 'vitest';
import section from '../../../../src/reports/sections/cost.ts';
import { checkReport } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const aws = (id: string, over = {}, facts = {}) =>
  checkReport(id, {
    ...{ type: 'cost', ...over },
    facts: {
      ...{ day: '2026-11-21', day_cost: 20.5, average_cost: 18, over_average_pct: 13.9, currency: 'USD' },
      ...{ top: ['Amazon RDS 12.30', 'Amazon EC2 8.20'], rising: [], month_to_date: 412.2, budget: 500 },
      ...{ budget_pct: 82.4, forecast: 560, ...facts },
    },
  });

describe('costs in a report', () => {
  it('are the month against its budget on a calm day, and by service in the thread', async () => {
    const before = { 'aws/Amazon RDS': 10.1 };
    const made = await runSection(section, { checks: [aws('aws')], before });
    expect(made).toMatchObject({ attention: 'none', lines: [], brief: 'costs 412.2 USD this month (82 % of 500)' });
    expect(rowsOf(made, 'Costs')).toEqual([['aws', '🟢 OK', '2026-11-21', 20.5, 18, '13.9 %', 412.2, 500, 560, null]]);
    expect(rowsOf(made, 'Costs by service, of the newest whole day')).toEqual([
      ['Amazon RDS', '12.3 (+2.2)', '10.1', 'aws'],
      ['Amazon EC2', '8.2', null, 'aws'],
    ]);
    expect(made.values).toEqual({
      ...{ 'aws.day_cost': 20.5, 'aws.month_to_date': 412.2 },
      ...{ 'aws/Amazon RDS': 12.3, 'aws/Amazon EC2': 8.2 },
    });
  });

  it('of several accounts are added up, but never two currencies, nor a part of the budgets', async () => {
    const brief = async (...checks: ReturnType<typeof aws>[]) => (await runSection(section, { checks })).brief;
    expect(await brief(aws('a'), aws('b', {}, { month_to_date: 100 }))).toBe(
      'costs 512.2 USD this month (51 % of 1,000)',
    );
    expect(await brief(aws('a'), aws('b', {}, { budget: null }))).toBe('costs 824.4 USD this month');
    expect(await brief(aws('a'), aws('b', {}, { currency: 'EUR' }))).toBe('costs unknown');
  });

  it('over the limit are told in the thread, and in the message if so wished', async () => {
    const checks = [aws('aws', { outcome: 'fail', reason: '612 USD this month' }, { month_to_date: 612 })];
    const made = await runSection(section, { checks });
    expect(made).toMatchObject({ attention: 'none', brief: 'costs 612 USD this month (122 % of 500) (1 fail)' });
    expect(made.lines).toMatchObject([{ mark: 'fail', item: 'check/aws', threadOnly: true }]);
    expect(saidLines(await runSection(section, { checks }, { show: 'always' }))).toEqual(['aws: 612 USD this month']);
  });

  it('that could not be read are unknown, also where others could', async () => {
    const made = await runSection(section, { checks: [denied('aws', { type: 'cost' })] });
    expect(made.brief).toBe('costs unknown (1 unknown)');
    expect(made.lines).toMatchObject([{ text: 'aws: AccessDenied: not allowed to read aws' }]);
    expect(rowsOf(made, 'Costs')[0]).toEqual([
      'aws',
      '⚪ UNKNOWN',
      ...Array(7).fill('unknown'),
      'AccessDenied: not allowed to read aws',
    ]);
    const both = await runSection(section, { checks: [denied('other', { type: 'cost' }), aws('aws')] });
    expect(both.brief).toBe('costs unknown (1 unknown)');
    const blind = await runSection(section, { checks: [aws('aws', {}, { month_to_date: null })] });
    expect(blind).toMatchObject({ attention: 'look', unknown: ['aws: the costs of this month are not known'] });
  });

  it('are nothing to speak of where none are configured', async () => {
    const made = await runSection(section, { checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [], values: {} });
    expect(made.brief).toBeUndefined();
  });

  it('are added up, 5,000 of them, and a few are listed', async () => {
    const { facts } = aws('aws', {}, { month_to_date: 2, budget: 4, top: ['Amazon RDS 1.00'] });
    const made = await runSection(section, { checks: manyChecks(5_000, { type: 'cost', facts }) });
    expect(made.brief).toBe('costs 10,000 USD this month (50 % of 20,000)');
    expect(rowsOf(made, 'Costs')).toHaveLength(60);
  });
});
