import { z } from 'zod';
import { identifier, oneOrMany } from '../../config/schema/scalars.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { fewLines, fewRows } from '../estate/few.ts';
import type { ReportLine } from '../model.ts';
import type { ChecklistState } from '../ports.ts';
import { defineReportSection } from '../section.ts';
import { dayWords } from '../views/words.ts';

const options = z.strictObject({
  only: oneOrMany(identifier)
    .default([])
    .describe('names of checklists; default: all')
    .meta({ title: 'id, or a list' }),
  show: z
    .enum(['thread', 'always'])
    .default('always')
    .describe('where it tells of overdue ones: in the message, or in the thread, for reports that have `actions`'),
});

/** Checklists that ended since the report before, and those under way. */
export default defineReportSection({
  name: 'checklists',
  summary: 'Checklists: how many were done since the report before, and what is overdue, with its owner and age',
  options,
  async run({ sources, from, now, zone }, { only, show }) {
    const isMeant = ({ name }: ChecklistState) => only.length === 0 || only.includes(name);
    const [open, ended] = await Promise.all([sources.checklists.open(), sources.checklists.endedBetween(from, now)]);
    const [waiting, over] = [open.filter(isMeant), ended.filter(isMeant)];
    const overdue = waiting.filter(({ dueAt }) => dueAt !== undefined && dueAt < now);
    const done = over.filter(({ closed }) => closed?.how === 'done').length;
    const counts: [number, string][] = [
      [done, 'done'],
      [over.length - done, 'given up'],
      [waiting.length - overdue.length, 'open'],
      [overdue.length, 'overdue'],
    ];
    const words = counts.filter(([count]) => count > 0).map(([count, word]) => `${word} ${count}`);
    return {
      title: 'Checklists',
      attention: overdue.length > 0 && show === 'always' ? 'act' : 'none',
      lines: fewLines(overdue, {
        of: 'checklists are overdue',
        line: (run) => ({ ...overdueLine(run, now), ...(show === 'thread' && { threadOnly: true as const }) }),
      }),
      ...(words.length > 0 && { brief: `checklists ${words.join(', ')}` }),
      tables: fewRows([...overdue, ...waiting.filter((run) => !overdue.includes(run)), ...over], {
        title: 'Checklists',
        columns: ['Checklist', 'State', 'Done', 'Owner', 'Begun', 'Due or ended'],
        row: (run) => [
          run.title,
          stateOf(run, now),
          `${run.done}/${run.total}`,
          run.owner ?? null,
          dayWords(run.startedAt, zone),
          timeOf(run, zone),
        ],
      }),
      values: { done, open: waiting.length, overdue: overdue.length },
    };
  },
});

function overdueLine({ id, title, owner, done, total, dueAt }: ChecklistState, now: Date): ReportLine {
  const late = dueAt === undefined ? '' : `, overdue by ${formatDuration(now.getTime() - dueAt.getTime())}`;
  return {
    ...{ mark: 'fail', text: `${title}: ${done}/${total} done${late}`, item: `checklist/${id}` },
    ...(dueAt && { since: dueAt.toISOString() }),
    ...(owner !== undefined && { owner }),
    next: 'finish it, or close it with a reason',
  };
}

function stateOf({ closed, dueAt }: ChecklistState, now: Date): string {
  if (closed) return closed.how === 'done' ? 'done' : 'given up';
  return dueAt !== undefined && dueAt < now ? 'overdue' : 'open';
}

function timeOf({ closed, dueAt }: ChecklistState, zone: string): string | null {
  const at = closed?.at ?? dueAt;
  return at === undefined ? null : dayWords(at, zone);
}
