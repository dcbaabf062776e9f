import type { OpenProblem } from '../alerts/store.ts';
import type { Check, Ops } from '../config/model.ts';
import type { CheckReport } from '../health/model.ts';
import type { Store } from '../store/store.ts';
import type { Heard } from './heard.ts';
import type { CheckPast, ShadowAlert, ShadowReport } from './model.ts';
import { limitsIn, problemsIn, type Results, resultsIn, unknownReasons } from './past.ts';

interface Run extends Pick<ShadowReport, 'from' | 'to' | 'forMs' | 'posts' | 'homeless'> {
  ops: Pick<Ops, 'file' | 'checks'>;
  store: Store;
  heard: Heard;
  /** What is known of each check at the end. */
  last: readonly CheckReport[];
}

/** What the run's database says came of it. */
export async function reportOf({ ops, store, heard, last, ...run }: Run): Promise<ShadowReport> {
  const groups = new Map(ops.checks.map(({ id, group }) => [id, group]));
  const problems = await problemsIn(store);
  const alerts = problems.map((problem) => {
    return alertOf(problem, { rule: heard.ruleAt(problem.checkId, problem.openedAt), to: run.to, groups });
  });
  const [results, reasons] = [await resultsIn(store), await unknownReasons(store)];
  const latest = new Map(last.map((report) => [report.id, report]));
  const checks: CheckPast[] = [];
  for (const check of ops.checks) {
    const own = alerts.filter((alert) => alert.check === check.id);
    checks.push({
      ...timesOf(check, results.get(check.id)),
      reasons: reasons.get(check.id) ?? [],
      next: latest.get(check.id)?.next,
      alerts: own,
      limits: own.length > 0 ? await limitsIn(store, check) : [],
    });
  }
  return { config: ops.file, checks, alerts, ...run };
}

function timesOf({ id, everyMs, timeoutMs, attempts, openAfter }: Check, found: Results | undefined) {
  const none: Results = { results: 0, unknown: 0, p95Ms: 0, longestMs: 0 };
  return { id, everyMs, timeoutMs, attempts, openAfter, ...(found ?? none) };
}

function alertOf(
  { checkId, worst, worstReason, said, beganAt, openedAt, endedAt }: OpenProblem,
  { rule, to, groups }: { rule: string | undefined; to: Date; groups: ReadonlyMap<string, string> },
): ShadowAlert {
  return {
    ...{ check: checkId, group: groups.get(checkId) ?? '', worst, rule, beganAt, openedAt },
    reason: worstReason ?? said.reason,
    closedAt: endedAt,
    lastedMs: Math.max(0, (endedAt ?? to).getTime() - beganAt.getTime()),
  };
}
