import type { Check } from '../../src/config/model.ts';
import type { CheckReport } from '../../src/health/model.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import type { SectionResult } from '../../src/reports/model.ts';
import type { ChecklistState } from '../../src/reports/ports.ts';
import type { ReportSection, SectionContext, Sources } from '../../src/reports/section.ts';
import { checkReport, healthReport, noon } from './reports.ts';

const dayMs = 86_400_000;

interface Scene {
  checks?: CheckReport[];
  /** Parameters of checks, by their ids. */
  params?: Record<string, unknown>;
  /** Why the checks could not be measured. */
  unmeasured?: string;
  open?: ChecklistState[];
  ended?: ChecklistState[];
  /** Numbers that the report before kept. */
  before?: Record<string, number>;
  sources?: Partial<Sources>;
  from?: Date;
  now?: Date;
}

/** What a section is given: a day that ends at noon, and these checks, each of which is configured. */
export function sectionContext(scene: Scene = {}): SectionContext {
  const { checks = [], params = {}, open = [], ended = [], now = noon } = scene;
  const configured = checks.map(({ id, group, type }) => ({ id, group, type, target: params[id] }) as Check);
  return {
    sources: {
      ops: { checks: configured, groups: new Map(), team: { name: '', zone: 'UTC', holidays: [] }, maintenance: [] },
      checklists: {
        open: async () => open,
        endedBetween: async (from, to) => ended.filter(({ closed }) => closed && closed.at >= from && closed.at <= to),
      },
      names: async () => new Map(),
      ...scene.sources,
    } as Sources,
    async health() {
      if (scene.unmeasured !== undefined) throw new OpsError('unavailable', scene.unmeasured);
      return healthReport(checks);
    },
    ...{ from: scene.from ?? new Date(now.getTime() - dayMs), now, zone: 'UTC' },
    until: new Date(now.getTime() + dayMs),
    previous: scene.before && { title: '', attention: 'none', lines: [], values: scene.before, madeAt: noon },
    previousChecks: undefined,
    items: new Map(),
    signal: new AbortController().signal,
  };
}

/** Runs a section with options as a file writes them. */
export function runSection(section: ReportSection, scene: Scene = {}, options: unknown = {}): Promise<SectionResult> {
  return section.run(sectionContext(scene), section.options.parse(options));
}

/** So many checks, the first of which are as the test says. */
export function manyChecks(count: number, over: Partial<CheckReport>, first: Partial<CheckReport>[] = []) {
  return Array.from({ length: count }, (_, at) => checkReport(`${over.type}-${at}`, { ...over, ...first[at] }));
}

/** A check that AWS let nobody measure. */
export function denied(id: string, over: Partial<CheckReport>): CheckReport {
  const reason = `AccessDenied: not allowed to read ${id}`;
  return checkReport(id, {
    outcome: 'unknown',
    reason,
    next: 'grant the role what iam-policy prints',
    facts: {},
    ...over,
  });
}

/** Texts of the lines that stand in the message. */
export function saidLines({ lines }: SectionResult): string[] {
  return lines.filter(({ threadOnly }) => !threadOnly).map(({ text }) => text);
}

/** Rows of one of its tables. */
export function rowsOf({ tables = [] }: SectionResult, title: string): (string | number | null)[][] {
  return tables.find((table) => table.title === title)?.rows ?? [];
}
