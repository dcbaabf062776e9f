import { z } from 'zod';
import type { Document } from '../../config/model.ts';
import { duration } from '../../config/schema/scalars.ts';
import { fewRows } from '../estate/few.ts';
import type { ReportLine } from '../model.ts';
import { dateOf } from '../schedule.ts';
import { defineReportSection } from '../section.ts';

const dayMs = 86_400_000;

/** Documents and when they must be reviewed, the longest overdue first. */
export default defineReportSection({
  name: 'documents',
  summary: 'Documents that must be reviewed (`documents` of ops.yml): which are overdue, and which are due soon',
  options: z.strictObject({
    soon: duration(0, 365 * dayMs)
      .prefault('14d')
      .describe('how long before it is due a review is named'),
  }),
  async run({ sources: { ops }, now, zone }, { soon }) {
    const today = Date.parse(dateOf(now, zone));
    const all = ops.documents
      .map((document) => ({ document, dueMs: Date.parse(document.reviewed) + document.everyMs }))
      .toSorted((a, b) => a.dueMs - b.dueMs);
    const overdue = all.filter(({ dueMs }) => dueMs < today);
    const due = all.filter(({ dueMs }) => dueMs >= today && dueMs <= today + soon);
    return {
      title: 'Documents',
      attention: overdue.length > 0 ? 'look' : 'none',
      lines: [
        ...overdue.map(({ document, dueMs }) => lineOf(document, `overdue for ${days(today - dueMs)}`, 'warn')),
        ...due.map(({ document, dueMs }) => lineOf(document, `due ${dayOf(dueMs)}`, 'info')),
      ],
      ...(all.length > 0 && { brief: `documents ${all.length - overdue.length}/${all.length} reviewed` }),
      tables: fewRows(all, {
        title: 'Documents',
        columns: ['Document', 'Owner', 'Reviewed', 'Due', 'Where'],
        row: ({ document: { title, owner, reviewed, url }, dueMs }) => [
          ...[title, owner ?? null, reviewed, dayOf(dueMs), url ?? null],
        ],
      }),
    };
  },
});

function lineOf({ id, title, owner, reviewed, url }: Document, when: string, mark: 'warn' | 'info'): ReportLine {
  return {
    ...{ mark, text: `${title}: review ${when} (last ${reviewed})`, item: `document/${id}` },
    ...(owner !== undefined && { owner }),
    next: `review it, then set \`reviewed\` of ${id} in ops.yml`,
    ...(url !== undefined && { runbook: url }),
  };
}

/** A date is written as midnight in UTC. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function days(ms: number): string {
  return `${Math.round(ms / dayMs)} d`;
}
