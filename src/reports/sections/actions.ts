import { z } from 'zod';
import { waitingBefore } from '../../incidents/waiting.ts';
import { type ActionItem, actionLine, actionRows, ofChecklist, ofIncident } from '../actions/items.ts';
import { everybody, listed } from '../everybody.ts';
import { markedTitle, outcomeOf } from '../marks.ts';
import type { SectionResult } from '../model.ts';
import { defineReportSection, type SectionContext } from '../section.ts';

/** All that waits for a person and is late, or due before the next report: the longest late first. */
export default defineReportSection({
  name: 'actions',
  summary:
    'Action items: follow-ups, reports, tasks, breach deadlines and checklists that are late or due before the next report',
  options: z.strictObject({
    title: z.string().max(80).default('Action items').describe('its few words; `{ok}` becomes ✅, ⚠️, ❌ or ⚪'),
    show: z.enum(['due', 'always']).default('due').describe('`always`: says "None" too'),
  }),
  async run(ctx, { title, show }): Promise<SectionResult> {
    const { total, late, first } = await itemsOf(ctx);
    const attention = late > 0 ? 'act' : total > 0 ? 'look' : 'none';
    const count = total > first.length ? ` (${total}, ${late} overdue)` : '';
    const head = `${markedTitle(title, outcomeOf({ attention }))}${count}`;
    const lines = first.map((item) => actionLine(item, ctx));
    return {
      title: head,
      attention,
      lines: total === 0 && show === 'always' ? [{ text: 'None' }] : lines,
      ...(show === 'always' && { always: true as const }),
      brief: late > 0 ? `${late} overdue` : total > 0 ? `${total} due` : 'nothing overdue',
      ...(total > 0 && {
        tables: [
          {
            title: total > first.length ? `Action items, the first ${first.length} of ${total}` : 'Action items',
            columns: ['What', 'Who', 'Due', 'Late by'],
            rows: actionRows(first, ctx),
          },
        ],
      }),
      values: { late, total },
    };
  },
});

async function itemsOf(ctx: SectionContext): Promise<{ total: number; late: number; first: ActionItem[] }> {
  const { sources, now, until, zone } = ctx;
  const [incidents, open] = await Promise.all([
    waitingBefore(sources.store.db(), { until, now, zone, viewer: everybody, most: listed }),
    sources.checklists.open(),
  ]);
  const checklists = open.flatMap((state) => ofChecklist(state) ?? []).filter(({ dueAt }) => dueAt < until);
  const first = [...incidents.first.map(ofIncident), ...checklists];
  return {
    total: incidents.total + checklists.length,
    late: incidents.late + checklists.filter(({ dueAt }) => dueAt < now).length,
    first: first.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()).slice(0, listed),
  };
}
