import { compileCondition } from '../../conditions/compile.ts';
import type { Check } from '../../config/model.ts';
import { type CheckReport, countOutcomes, type Outcome, verdictOf } from '../../health/model.ts';
import { isOpen } from '../check-line.ts';
import { whyNoValue } from '../metrics/say.ts';
import type { OwnLine } from './options.ts';

/** How a line stands. */
export interface Decided {
  outcome: Outcome;
  /** The checks that are not ok, worst first. */
  bad: CheckReport[];
  total: number;
  /** Why it can't be told. */
  unknown: string[];
}

/** What decides about a line; `undefined` = nothing does. Pure. */
export function decide(
  ok: OwnLine['ok'],
  known: { checks: readonly Check[]; reports: readonly CheckReport[]; now: Date },
): Decided | undefined {
  if (ok === undefined) return undefined;
  return ok.kind === 'condition' ? byCondition(ok, known) : byChecks(ok.ids, known.reports);
}

/** Ids are those of checks, else of groups; `all` is every check where nothing is named so. */
function byChecks(ids: readonly string[], reports: readonly CheckReport[]): Decided {
  const unknown: string[] = [];
  const named = new Set<CheckReport>();
  for (const id of ids) {
    const check = reports.filter((report) => report.id === id);
    const group = check.length > 0 ? check : reports.filter((report) => report.group === id);
    const found = group.length > 0 ? group : id === 'all' ? reports : [];
    if (found.length === 0) unknown.push(`there is no check or group ${id}`);
    for (const report of found) named.add(report);
  }
  const all = [...named];
  const bad = all.filter(isOpen);
  unknown.push(
    ...bad
      .filter(({ outcome }) => outcome === 'unknown' || outcome === 'stale')
      .map(
        ({ id, outcome, reason, next }) => `${id} is ${outcome}: ${reason}${next === undefined ? '' : ` → ${next}`}`,
      ),
  );
  const worst = verdictOf(countOutcomes(all));
  return { outcome: unknown.length > 0 && worst !== 'fail' ? 'unknown' : worst, bad, total: all.length, unknown };
}

/** A condition that is false is a warning: that its check is well says nothing against it. */
function byCondition(
  { check: id, when }: { check: string; when: string },
  { checks, reports, now }: Parameters<typeof decide>[1],
): Decided {
  const cannot = (why: string): Decided => ({ outcome: 'unknown', bad: [], total: 1, unknown: [why] });
  const check = checks.find((each) => each.id === id);
  const report = reports.find((each) => each.id === id);
  if (!check || !report) return cannot(`there is no check ${id}`);
  const compiled = compileCondition({ when }, check.definition.facts(check.target));
  if (!compiled.ok) return cannot(`${when}: found ${compiled.problem.found}; allowed: ${compiled.problem.allowed}`);
  const why = whyNoValue(report, check, now);
  if (why !== undefined) return cannot(why);
  const result = compiled.condition.evaluate(report.facts);
  if (result.kind === 'true') return { outcome: 'ok', bad: [], total: 1, unknown: [] };
  if (result.kind === 'false') return { outcome: 'warn', bad: isOpen(report) ? [report] : [], total: 1, unknown: [] };
  return cannot(`${id}: ${result.why}`);
}
