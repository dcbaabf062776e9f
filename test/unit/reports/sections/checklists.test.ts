import { describe, expect, it } from 'vitest';
import type { ChecklistState } from '../../../../src/reports/ports.ts';
import section from '../../../../src/reports/sections/checklists.ts';
import { noon } from '../../../support/reports.ts';
import { rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const at = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);
const list = (id: number, over: Partial<ChecklistState> = {}): ChecklistState => ({
  ...{
    id,
    name: 'morning',
    title: 'Morning checks',
    owner: '@ops',
    startedAt: at(-4),
    dueAt: at(2),
    done: 3,
    total: 12,
  },
  ...over,
});
const done = list(1, { done: 12, closed: { at: at(-1), how: 'done' } });
const late = list(3, { name: 'weekly', title: 'Weekly', startedAt: at(-9), dueAt: at(-2) });

describe('checklists in a report', () => {
  it('are a few words when none is overdue', async () => {
    const made = await runSection(section, { open: [list(2)], ended: [done] });
    expect(made).toMatchObject({ attention: 'none', lines: [], brief: 'checklists done 1, open 1' });
    expect(rowsOf(made, 'Checklists')).toEqual([
      ['Morning checks', 'open', '3/12', '@ops', 'Mon 23 Nov 08:00 UTC', 'Mon 23 Nov 14:00 UTC'],
      ['Morning checks', 'done', '12/12', '@ops', 'Mon 23 Nov 08:00 UTC', 'Mon 23 Nov 11:00 UTC'],
    ]);
  });

  it('that are overdue are told with owner and age', async () => {
    const made = await runSection(section, {
      open: [late, list(2)],
      ended: [list(4, { closed: { at: at(-3), how: 'closed' } })],
    });
    expect(made).toMatchObject({ attention: 'act', brief: 'checklists given up 1, open 1, overdue 1' });
    expect(made.lines).toEqual([
      {
        ...{ mark: 'fail', text: 'Weekly: 3/12 done, overdue by 2 h', since: at(-2).toISOString(), owner: '@ops' },
        ...{ item: 'checklist/3', next: 'finish it, or close it with a reason' },
      },
    ]);
  });

  it('are told in the thread alone of a report that has them elsewhere', async () => {
    const made = await runSection(section, { open: [late] }, { show: 'thread' });
    expect([made.attention, saidLines(made), made.lines.length]).toEqual(['none', [], 1]);
  });

  it('without a time that they are due are never overdue', async () => {
    const { dueAt: _, ...endless } = list(2, { startedAt: at(-900) });
    expect(await runSection(section, { open: [endless] })).toMatchObject({ attention: 'none', lines: [] });
  });

  it('are those of some names alone', async () => {
    const made = await runSection(section, { open: [late, list(2)] }, { only: 'morning' });
    expect(made).toMatchObject({ attention: 'none', brief: 'checklists open 1' });
  });

  it('are nothing to speak of where there are none', async () => {
    const made = await runSection(section);
    expect(made).toMatchObject({ attention: 'none', lines: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('are counted, 5,000 of them, and a few are listed', async () => {
    const open = Array.from({ length: 5_000 }, (_, id) => ({ ...late, id }));
    const made = await runSection(section, { open });
    expect(made.brief).toBe('checklists overdue 5000');
    expect(saidLines(made)[0]).toBe('5000 checklists are overdue: the first 50 are listed');
    expect(made.lines).toHaveLength(51);
    expect(rowsOf(made, 'Checklists')).toHaveLength(60);
  });

  it('that cannot be read are no calm section', async () => {
    const checklists = { open: async () => Promise.reject(new Error('away')), endedBetween: async () => [] };
    await expect(runSection(section, { sources: { checklists } })).rejects.toThrow('away');
  });
});
