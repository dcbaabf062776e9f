import type { CheckReport } from '../../health/model.ts';
import type { ReportLine } from '../model.ts';
import { figure, isMeasured } from './facts.ts';

/** One number of a review, and what it was in the one before. */
export interface Count {
  key: string;
  label: string;
  value: number;
  before?: number;
}

/** What a query measures of itself, not of what it counts. */
const ofItself = ['rows', 'connect_ms', 'latency_ms'];

/** The numbers that a check of an audit counts, by its columns; texts are left out: they may name people. Pure. */
export function countsOf(
  check: CheckReport,
  { labels, before }: { labels: Readonly<Record<string, string>>; before: Readonly<Record<string, number>> },
): Count[] {
  if (!isMeasured(check)) return [];
  return Object.entries(check.facts).flatMap(([name, value]) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || ofItself.includes(name)) return [];
    const key = `${check.id}.${name}`;
    return [{ key, label: labels[name] ?? name.replaceAll('_', ' '), value, ...withBefore(before[key]) }];
  });
}

export function withBefore(before: number | undefined): { before?: number } {
  return before === undefined ? {} : { before };
}

/** Numbers that grew to a multiple, as lines. Pure. */
export function unusual(counts: readonly Count[], { times, from }: { times: number; from: number }): ReportLine[] {
  return counts.flatMap(({ label, value, before }) => {
    if (before === undefined || value < before * times || value - before < from) return [];
    const text = `${label} ${figure(value)}, ${figure(before)} in the report before (limit ${figure(times)} times)`;
    return [{ mark: 'warn', text, next: 'see who did it, and whether they had a reason' }];
  });
}
