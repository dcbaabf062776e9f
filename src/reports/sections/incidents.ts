import { z } from 'zod';
import { incidentsBetween, severitiesBetween } from '../../incidents/between.ts';
import { type Waiting, waitingBefore } from '../../incidents/waiting.ts';
import { actionLine, actionRows, ofIncident } from '../actions/items.ts';
import { everybody, listed } from '../everybody.ts';
import { openLine, pastRows } from '../incident-lines.ts';
import type { SectionResult } from '../model.ts';
import { defineReportSection, type SectionContext } from '../section.ts';

/** Whatever is due at all. */
const farMs = 20 * 365 * 86_400_000;

export default defineReportSection({
  name: 'incidents',
  summary: 'Incidents: the open ones, those since the last report, and what is still to be written or done after them',
  options: z.strictObject({
    show: z
      .enum(['open', 'always'])
      .default('open')
      .describe('`always`: overdue follow-ups and reports as lines too, in a report without `actions`'),
  }),
  async run(ctx, { show }): Promise<SectionResult> {
    const { sources, from, now, zone } = ctx;
    const db = sources.store.db();
    const [open, clocks, severities, past, followUps, papers] = await Promise.all([
      sources.incidents.open(everybody),
      sources.incidents.dueClocks(everybody),
      severitiesBetween(db, { from, to: now, viewer: everybody }),
      incidentsBetween(db, { from, to: now, viewer: everybody, most: listed }),
      waiting(ctx, 'followup'),
      waiting(ctx, 'paper'),
    ]);
    const late = clocks.filter(({ dueAt }) => dueAt < now);
    const openLines = open.slice(0, listed).map((incident) =>
      openLine(
        incident,
        late.filter((clock) => clock.incident.id === incident.id),
      ),
    );
    const lateAfter = [...papers.first, ...followUps.first].filter(({ dueAt }) => dueAt < now).map(ofIncident);
    const lines = lateAfter.map((item) => actionLine(item, { now, zone }));
    const isAlways = show === 'always';
    const openCount = severities.reduce((sum, each) => sum + each.open, 0);
    const lateCount = followUps.late + papers.late;
    const serious = open.filter(({ drill }) => !drill);
    return {
      title: openCount > openLines.length ? `Incidents (${openCount} open)` : 'Incidents',
      attention: serious.some(({ acknowledged }) => !acknowledged)
        ? 'act'
        : serious.length > 0 || (isAlways && lateCount > 0)
          ? 'look'
          : 'none',
      lines: [
        ...openLines.toSorted((a, b) => rankOf(a.mark) - rankOf(b.mark)),
        ...(isAlways ? lines : lines.map((line) => ({ ...line, threadOnly: true as const }))),
      ],
      brief: briefOf({ openCount, past: past.total, followUps, papers }),
      tables: [
        ...(past.total > 0 ? [{ title: 'Incidents since the last report', ...pastRows(past.newest, zone) }] : []),
        ...(lateAfter.length > 0
          ? [
              {
                title: 'Overdue after incidents',
                columns: ['What', 'Who', 'Due', 'Late by'],
                rows: actionRows(lateAfter, { now, zone }),
              },
            ]
          : []),
      ],
      values: { open: openCount, declared: severities.reduce((sum, each) => sum + each.declared, 0) },
    };
  },
});

function waiting({ sources, now, zone }: SectionContext, kind: Waiting['kind']) {
  const until = new Date(now.getTime() + farMs);
  return waitingBefore(sources.store.db(), { until, now, zone, viewer: everybody, most: listed, kinds: [kind] });
}

function rankOf(mark: string | undefined): number {
  return ['fail', 'warn'].includes(mark ?? '') ? ['fail', 'warn'].indexOf(mark ?? '') : 2;
}

interface Counted {
  total: number;
  late: number;
}

/** "no open incidents · 2 since the last report · follow-ups 4 open, 1 overdue". */
function briefOf(of: { openCount: number; past: number; followUps: Counted; papers: Counted }): string {
  const { openCount, past, followUps, papers } = of;
  const counts = ({ total, late }: Counted, what: string) =>
    total === 0 ? [] : [`${what} ${total} open${late > 0 ? `, ${late} overdue` : ''}`];
  return [
    openCount === 0 ? 'no open incidents' : `${openCount} open incident${openCount === 1 ? '' : 's'}`,
    ...(past > 0 ? [`${past} since the last report`] : []),
    ...counts(followUps, 'follow-ups'),
    ...counts(papers, 'incident papers'),
  ].join(' · ');
}
