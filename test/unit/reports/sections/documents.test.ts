import { describe, expect, it } from 'vitest';
import type { Document } from '../../../../src/config/model.ts';
import section from '../../../../src/reports/sections/documents.ts';
import { opsOf } from '../../../support/checks.ts';
import { rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const dayMs = 86_400_000;
const plan = (id: string, reviewed: string, days: number, over: Partial<Document> = {}): Document => ({
  ...{ id, title: `Plan ${id}`, reviewed, everyMs: days * dayMs, ...over },
});
/** The report is made on 23 November. */
const run = (documents: Document[], options = {}) =>
  runSection(section, { sources: { ops: opsOf([], { documents }) } }, options);

describe('documents in a report', () => {
  it('that are reviewed in time are a few words', async () => {
    expect(await run([plan('a', '2026-10-01', 180), plan('b', '2026-11-01', 365)])).toMatchObject({
      ...{ attention: 'none', lines: [], brief: 'documents 2/2 reviewed' },
    });
  });

  it('that are overdue are named with owner, age and what to do, the longest overdue first', async () => {
    const dr = plan('dr', '2026-05-01', 180, { owner: '@compliance', url: 'https://wiki.example.com/dr' });
    const made = await run([plan('manual', '2026-10-20', 31), dr, plan('later', '2026-11-22', 365)]);
    expect(made).toMatchObject({ attention: 'look', brief: 'documents 1/3 reviewed' });
    expect(saidLines(made)).toEqual([
      'Plan dr: review overdue for 26 d (last 2026-05-01)',
      'Plan manual: review overdue for 3 d (last 2026-10-20)',
    ]);
    expect(made.lines[0]).toMatchObject({
      ...{ mark: 'warn', owner: '@compliance', runbook: 'https://wiki.example.com/dr', item: 'document/dr' },
      next: 'review it, then set `reviewed` of dr in ops.yml',
    });
    expect(rowsOf(made, 'Documents').map((row) => row[3])).toEqual(['2026-10-28', '2026-11-20', '2027-11-22']);
  });

  it('that are due soon are told, and want nothing yet; on their day they are not overdue', async () => {
    const made = await run([plan('today', '2026-10-24', 30), plan('soon', '2026-11-01', 30)]);
    expect(made).toMatchObject({ attention: 'none', brief: 'documents 2/2 reviewed' });
    expect(saidLines(made)).toEqual([
      'Plan today: review due 2026-11-23 (last 2026-10-24)',
      'Plan soon: review due 2026-12-01 (last 2026-11-01)',
    ]);
    expect((await run([plan('soon', '2026-11-01', 30)], { soon: '1d' })).lines).toEqual([]);
  });

  it('of which there are none say nothing', async () => {
    expect(await run([])).toEqual({ title: 'Documents', attention: 'none', lines: [], tables: [] });
  });

  it('of which there are thousands are counted, and a few listed', async () => {
    const made = await run(Array.from({ length: 5_000 }, (_, at) => plan(`d${at}`, '2020-01-01', 30)));
    expect(made.brief).toBe('documents 0/5000 reviewed');
    expect(rowsOf(made, 'Documents').length).toBeLessThan(100);
  });
});
