import { type CheckReport, countOutcomes, type HealthReport, verdictOf, worstFirst } from '../../src/health/model.ts';

export const noon = new Date('2026-11-23T12:00:00Z');

/** A check's report with what a test cares about; the rest is plausible. */
export function checkReport(id: string, over: Partial<CheckReport> = {}): CheckReport {
  return {
    id,
    type: 'http',
    group: 'api',
    outcome: 'ok',
    reason: 'status 200',
    notes: [],
    since: new Date(noon.getTime() - 600_000),
    at: noon,
    facts: { status: 200 },
    duration_ms: 12,
    attempts: 1,
    ...over,
  };
}

export function healthReport(checks: CheckReport[], over: Partial<HealthReport> = {}): HealthReport {
  const counts = countOutcomes(checks);
  const sorted = [...checks].sort(worstFirst);
  return {
    verdict: verdictOf(counts),
    counts,
    started_at: noon,
    duration_ms: 1800,
    checks: sorted,
    pending: [],
    ...over,
  };
}
