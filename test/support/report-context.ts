import type { Check } from '../../src/config/model.ts';
import type { CheckReport } from '../../src/health/model.ts';
import type { SectionContext, Sources } from '../../src/reports/section.ts';
import { opsOf } from './checks.ts';
import { healthReport } from './reports.ts';

const minute = 60_000;

/** What a section is given in a test: nothing is known but what the test says. It is a Monday, nine o'clock. */
export function contextOf(
  over: Partial<Omit<SectionContext, 'sources' | 'health'>> & {
    sources?: Partial<Sources>;
    checks?: Check[];
    reports?: CheckReport[];
  } = {},
): SectionContext {
  const { sources, checks = [], reports = [], ...rest } = over;
  const now = rest.now ?? new Date('2026-11-23T09:00:00Z');
  const day = 24 * 60 * minute;
  return {
    // What a test does not give and a section asks fails it.
    sources: {
      ops: opsOf(checks),
      checklists: { open: async () => [], endedBetween: async () => [] },
      ...sources,
    } as Sources,
    health: async () => healthReport(reports),
    from: new Date(now.getTime() - day),
    now,
    until: new Date(now.getTime() + day),
    zone: 'UTC',
    previous: undefined,
    previousChecks: undefined,
    items: new Map(),
    signal: new AbortController().signal,
    ...rest,
  };
}
