import type { z } from 'zod';
import type { Ops } from '../config/model.ts';
import type { Directory } from '../directory/directory.ts';
import type { Health } from '../health/health.ts';
import type { CheckReport, HealthReport, Outcome } from '../health/model.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { Store } from '../store/store.ts';
import type { ItemState, SectionResult } from './model.ts';
import type { ChecklistsPast } from './ports.ts';

/** What sections read. They change nothing and post nothing. */
export interface Sources {
  ops: Pick<Ops, 'checks' | 'groups' | 'team' | 'maintenance' | 'documents'>;
  health: Pick<
    Health,
    'trend' | 'between' | 'failures' | 'overview' | 'silences' | 'details' | 'series' | 'spent' | 'together'
  >;
  incidents: Pick<Incidents, 'list' | 'open' | 'after' | 'statistics' | 'breach' | 'dueClocks' | 'pageTests'>;
  directory: Pick<Directory, 'people' | 'toCall' | 'state'>;
  checklists: ChecklistsPast;
  /** What people are called, by their ids (`slack:U123`), as far as Slack tells. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** For statements of a section's own, reading alone. */
  store: Pick<Store, 'db'>;
}

/** What one section of one report is given. */
export interface SectionContext {
  sources: Sources;
  /** All checks, measured for this report. Rejects with OpsError when they could not be. */
  health(): Promise<HealthReport>;
  /** What the report is about: from the end of the one before it to now. */
  from: Date;
  now: Date;
  /** When it comes next: what is due by then is said now. Without a plan as far ahead as `from` lies behind. */
  until: Date;
  /** IANA; days and hours are counted in it. */
  zone: string;
  /** What the same section kept when the report was made before; undefined = never, or it failed then. */
  previous: PreviousSection | undefined;
  /** What the checks were then, by id. */
  previousChecks: ReadonlyMap<string, Outcome> | undefined;
  /** What people did with what reports name. */
  items: ReadonlyMap<string, ItemState>;
  /** Aborted when the section takes too long. */
  signal: AbortSignal;
}

export interface PreviousSection extends SectionResult {
  madeAt: Date;
}

/** A section: the default export of a file in `src/reports/sections/`, which gives it its name. */
export interface ReportSection<Options = unknown> {
  name: string;
  /** One line for the reference. */
  summary: string;
  /** What stands behind its name in a report's file; every key with a `describe`. */
  options: z.ZodType<Options>;
  /** What it throws is said in its place, as unknown; the other sections stand. */
  run(ctx: SectionContext, options: Options): Promise<SectionResult>;
}

/** Declares a section of reports. */
export function defineReportSection<Options>(section: ReportSection<Options>): ReportSection<Options> {
  return section;
}

/** Which of the checks a section is about; none named = all of its `types`. */
export interface CheckChoice {
  checks?: readonly string[] | undefined;
  groups?: readonly string[] | undefined;
  types?: readonly string[] | undefined;
}

/** The reports of the chosen checks, in the order of `/ops health`. Pure. */
export function chosen(report: Pick<HealthReport, 'checks'>, choice: CheckChoice): CheckReport[] {
  const { checks = [], groups = [], types = [] } = choice;
  const named = checks.length + groups.length > 0;
  return report.checks.filter(({ id, group, type }) =>
    named ? checks.includes(id) || groups.includes(group) : types.includes(type),
  );
}
