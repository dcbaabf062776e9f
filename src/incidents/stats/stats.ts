import type { After } from '../after/after.ts';
import type { Room } from '../ports.ts';
import type { Viewer } from '../store.ts';
import type { StatsPeriod } from './period.ts';
import * as rows from './store.ts';

/** How incidents went over some time. */
export interface Statistics {
  period: StatsPeriod;
  all: rows.Figures | undefined;
  /** Worst first. */
  severities: rows.Figures[];
  /** Most incidents first. */
  systems: rows.Figures[];
  /** Oldest first; one without incidents is there too. */
  months: (rows.Figures | { key: string; count: 0 })[];
  leftOut: rows.LeftOut;
  /** Private incidents may be among them, of whatever time: the answer is for the viewer alone. */
  confidential: boolean;
  /** Whatever the time. */
  followUps: { open: number; overdue: number };
  overduePapers: { report: number; postmortem: number };
}

/** Counts what a viewer may see, in one pass each. */
export async function statisticsOf(
  { period, viewer }: { period: StatsPeriod; viewer: Viewer },
  { store, severities, clock }: Room,
  after: Pick<After, 'countFollowUps' | 'papersDue'>,
): Promise<Statistics> {
  const db = store.db();
  const figures = (grouping: rows.Grouping) => rows.figuresOf(db, { period, viewer, grouping });
  const [[all], bySeverity, systems, byMonth, leftOut, confidential, followUps, papers] = await Promise.all([
    ...[figures('all'), figures('severity'), figures('system'), figures('month')],
    rows.sortedOut(db, { period, viewer }),
    rows.seesPrivate(db, viewer),
    after.countFollowUps(viewer),
    after.papersDue(viewer),
  ] as const);
  const now = clock.now();
  const rank = (id: string) => severities.all.findIndex((severity) => severity.id === id);
  const late = papers.filter(({ dueAt, drill }) => !drill && dueAt !== undefined && dueAt < now);
  return {
    period,
    all,
    severities: bySeverity.toSorted((a, b) => rank(a.key) - rank(b.key)),
    systems,
    months: period.months.map(({ key }) => byMonth.find((each) => each.key === key) ?? { key, count: 0 }),
    leftOut,
    confidential,
    followUps,
    overduePapers: {
      report: late.filter(({ kind }) => kind === 'report').length,
      postmortem: late.filter(({ kind }) => kind === 'postmortem').length,
    },
  };
}
