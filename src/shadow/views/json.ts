import type { ShadowAlert, ShadowReport } from '../model.ts';
import { suggestionsFor } from '../suggest.ts';

/** The whole report, for scripts; times in UTC, durations in ms. */
export function shadowJson(report: ShadowReport): object {
  const { config, from, to, forMs, checks, alerts, posts, homeless } = report;
  return {
    config,
    from,
    to,
    complete: to.getTime() - from.getTime() >= forMs,
    alerts: alerts.map(alertJson),
    posts,
    groups_without_channel: homeless,
    checks: checks.map(({ id, results, unknown, reasons, next, p95Ms, longestMs, timeoutMs, alerts: own, limits }) => ({
      ...{
        id,
        results,
        unknown,
        reasons,
        next: next ?? null,
        p95_ms: p95Ms,
        longest_ms: longestMs,
        timeout_ms: timeoutMs,
      },
      alerts: own.length,
      limits: limits.map(({ unit, ...limit }) => ({ ...limit, unit: unit ?? null })),
    })),
    suggestions: suggestionsFor(report),
  };
}

function alertJson({ check, group, worst, reason, rule, beganAt, openedAt, closedAt, lastedMs }: ShadowAlert): object {
  const times = { began_at: beganAt, opened_at: openedAt, closed_at: closedAt ?? null, lasted_ms: lastedMs };
  return { check, group, worst, reason, rule: rule ?? null, ...times };
}
