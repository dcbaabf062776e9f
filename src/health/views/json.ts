import type { CheckReport, HealthReport } from '../model.ts';

/** What `rounds health --json` prints. The shape is a promise to scripts: keys are only ever added. */
export function healthJson(report: HealthReport): unknown {
  return {
    verdict: report.verdict,
    counts: report.counts,
    started_at: report.started_at,
    duration_ms: Math.round(report.duration_ms),
    ...(report.pending.length ? { pending: report.pending } : {}),
    ...(report.warnings?.length ? { warnings: report.warnings } : {}),
    checks: report.checks.map(checkJson),
  };
}

function checkJson(check: CheckReport): unknown {
  return {
    id: check.id,
    type: check.type,
    group: check.group,
    outcome: check.outcome,
    rule: check.rule ?? null,
    value: check.value ?? null,
    limit: check.limit ?? null,
    reason: check.reason,
    why: check.why ?? null,
    next: check.next ?? null,
    notes: check.notes,
    ...(check.muted ? { muted: check.muted } : {}),
    since: check.since,
    at: check.at,
    facts: check.facts,
    owner: check.owner ?? null,
    runbook: check.runbook ?? null,
    duration_ms: Math.round(check.duration_ms),
  };
}
