import type { Chart } from '../charts/model.ts';
import { type Counts, type Outcome, verdictOf } from '../health/model.ts';

/** How much of a reader's attention something wants: `act` = somebody must do something. */
export type Attention = 'none' | 'look' | 'act';

/** A line of a report. Texts are plain: views escape them. Times are ISO texts, since lines are stored. */
export interface ReportLine {
  /** What stands before it; `new` goes with another one. */
  mark?: Outcome | 'info';
  isNew?: true;
  text: string;
  /** Since when: `since 03:04`, in the reader's zone. */
  since?: string;
  /** `@platform`, or a name. */
  owner?: string;
  /** What to do next. */
  next?: string;
  /** A URL, or the name of a file in templates/runbooks. */
  runbook?: string;
  /** What it is about, so that people can acknowledge or snooze it: `check/main-db`, `followup/7`. */
  item?: string;
  /** Kept out of the message: the thread and the exports have it. */
  threadOnly?: true;
}

export interface ReportTable {
  title: string;
  columns: string[];
  rows: (string | number | null)[][];
}

/** What one section found, as it is kept. */
export interface SectionResult {
  /** The few words before its lines: `Backups`. */
  title: string;
  attention: Attention;
  /** Worst first; nothing without a reader. */
  lines: ReportLine[];
  /** Its lines are shown also when nothing in it wants attention; a quiet day stays one line. */
  always?: true;
  /** Its part of the one line of a quiet day: `backups 6/6`. */
  brief?: string;
  /** What it could not find out, and why; a report with one is no quiet one. */
  unknown?: string[];
  /** In full, for the thread and the exports. */
  tables?: ReportTable[];
  /** Drawn in the thread. */
  charts?: Chart[];
  /** Numbers that the next report compares with, by name. */
  values?: Record<string, number>;
}

/** A section of a report that was made: `name` is its file's, `key` tells two of the same kind apart. */
export interface MadeSection extends SectionResult {
  name: string;
  key: string;
  tookMs: number;
}

/** A report as it was made and is kept. */
export interface Report {
  id: number;
  name: string;
  /** The planned time; absent = somebody asked for it. */
  slot?: Date;
  from: Date;
  madeAt: Date;
  askedBy?: string;
  previousId?: number;
  title: string;
  verdict: Outcome;
  content: ReportContent;
  plan: PostPlan;
  version: number;
  shown: number;
  message?: { channel: string; ts: string; postedAt: Date };
  /** Why it could not be posted when that was tried last. */
  problem?: string;
}

export interface ReportContent {
  sections: MadeSection[];
  counts: Counts;
  /** All checks of the report, in the order of `/ops health`. */
  checks: { id: string; group: string; outcome: Outcome; reason: string }[];
  /** Why the checks could not be measured. */
  unmeasured?: string;
}

/** How and where a report goes, as its file said when it was made. */
export interface PostPlan {
  /** An id or `#name`; absent = nowhere is configured. */
  channel?: string;
  fallback?: string;
  owner?: string;
  audience: string[];
  quiet: Quiet;
  zone: string;
}

/** What a quiet day gets: one line, the whole report, or no message. */
export type Quiet = 'line' | 'full' | 'none';

/** What people did with something that reports name. */
export interface ItemState {
  key: string;
  firstAt: Date;
  acknowledged?: { by: string; at: Date };
  snoozed?: { by: string; until: Date };
}

/** Whether nobody has to look at anything: all checks are well, no section wants attention, and nothing is unknown. Pure. */
export function isQuiet({ counts, checks, sections, unmeasured }: ReportContent): boolean {
  // All of them muted or blocked says nothing of how they are.
  const well = verdictOf(counts) === 'ok' || checks.length === 0;
  return unmeasured === undefined && well && sections.every(isCalm);
}

/** Whether a section asks for nobody and knows all it tells of. Pure. */
export function isCalm({ attention, unknown = [] }: Pick<SectionResult, 'attention' | 'unknown'>): boolean {
  return attention === 'none' && unknown.length === 0;
}

/** How a report stands as a whole: as its checks, but never ok while something in it wants a look. Pure. */
export function standingOf({ content, verdict }: Pick<Report, 'verdict' | 'content'>): Outcome {
  if (content.unmeasured !== undefined) return 'unknown';
  if (verdict !== 'ok' || isQuiet(content)) return verdict;
  const unknown = content.sections.some((each) => (each.unknown ?? []).length > 0);
  return unknown && content.sections.every(({ attention }) => attention !== 'act') ? 'unknown' : 'warn';
}

/** Whether it is kept and not posted: its file wants no message of a quiet day. Pure. */
export function isSilent({ plan, content }: Pick<Report, 'plan' | 'content'>): boolean {
  return plan.quiet === 'none' && isQuiet(content);
}

/** The thing to act on that a check is. */
export const checkItem = (id: string) => `check/${id}`;
