import type { CheckReport, Outcome } from '../health/model.ts';
import { checkItem, type ReportLine } from './model.ts';

/** A check that needs a look, as a line. Pure. */
export function checkLine(check: CheckReport): ReportLine {
  const { id, outcome, reason, since, owner, next, runbook } = check;
  return {
    mark: outcome,
    text: `${id}: ${reason}`,
    since: since.toISOString(),
    ...(owner !== undefined && { owner }),
    ...(next !== undefined && { next }),
    ...(runbook !== undefined && { runbook }),
    item: checkItem(id),
  };
}

/** Worst first; what is blocked or muted says nothing of its own. */
const open: readonly Outcome[] = ['fail', 'unknown', 'warn', 'stale'];

/** Whether somebody must look at it. Pure. */
export function isOpen({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return open.includes(outcome);
}

/** What one report of checks is to the one before it. */
export interface Compared {
  /** Not ok, and not so bad before; without a report before, since its time began. */
  worse: CheckReport[];
  /** Not ok, and as bad before. */
  standing: CheckReport[];
  /** Ok, and not so before. */
  well: CheckReport[];
}

/** Sorts checks by what they were in the report before (`before`, by id; undefined = there is none). Pure. */
export function compared(
  checks: readonly CheckReport[],
  { before, from }: { before: ReadonlyMap<string, Outcome> | undefined; from: Date },
): Compared {
  const isWorse = ({ id, outcome, since }: CheckReport) => {
    if (!before) return since >= from;
    const was = before.get(id);
    return was === undefined || !open.includes(was) || open.indexOf(outcome) < open.indexOf(was);
  };
  const bad = checks.filter(isOpen);
  return {
    worse: bad.filter(isWorse),
    standing: bad.filter((check) => !isWorse(check)),
    well: checks.filter(({ id, outcome }) => outcome === 'ok' && open.includes(before?.get(id) ?? 'ok')),
  };
}

/** What lines about these checks ask of a reader. Pure. */
export function attentionOf(checks: readonly Pick<CheckReport, 'outcome'>[]): 'none' | 'look' | 'act' {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'act';
  return checks.some(isOpen) ? 'look' : 'none';
}
