import type { Health } from '../../health/health.ts';
import type { CheckReport, HealthReport } from '../../health/model.ts';
import type { UnmeasuredReason } from '../../kernel/check.ts';
import { type Found, ok, type Part, problem, unknown } from '../model.ts';

/** Why a check that says nothing needs a person who mends Rounds, not the system that it watches. */
const ours = new Set<UnmeasuredReason>(['denied', 'no_credentials', 'not_entitled', 'misconfigured']);

/** Below the deadline of a part: what was measured until then is told. */
const defaultWithinMs = 8_000;

/** Whether the checks can measure: each is asked once, costly ones by their last result. What they find is not told. */
export function checksPart(health: Pick<Health, 'measure'>, { withinMs = defaultWithinMs } = {}): Part {
  return {
    name: 'checks',
    look: async (signal) => {
      const enough = new AbortController();
      const timer = setTimeout(() => enough.abort(), withinMs);
      try {
        let report: HealthReport | undefined;
        const options = { scope: { kind: 'all' } as const, signal: AbortSignal.any([signal, enough.signal]) };
        for await (const next of health.measure(options)) report = next;
        if (report === undefined) return [unknown('no check was measured in time')];
        return findingsOf(report, withinMs);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Pure. */
export function findingsOf(
  { checks, pending }: Pick<HealthReport, 'checks' | 'pending'>,
  withinMs: number = defaultWithinMs,
): Found[] {
  const late = checks.filter(({ id }) => pending.includes(id));
  const seen = checks.filter(({ id }) => !pending.includes(id));
  const mute = seen.filter(({ outcome, attempts }) => outcome === 'unknown' && attempts > 0);
  const rare = seen.filter(({ attempts }) => attempts === 0);
  const measured = seen.length - mute.length - rare.length;
  const later = rare.length > 0 ? `; not measured yet: ${names(rare)}` : '';
  return [
    ...mute
      .filter((check) => !lacksSecret(check))
      .map((check) =>
        check.why !== undefined && ours.has(check.why)
          ? problem(`${check.id}: ${check.reason}`, check.next)
          : unknown(`${check.id} can't be measured: ${check.reason}`, check.next),
      ),
    ...(late.length > 0 ? [unknown(`no result within ${withinMs / 1_000} s: ${names(late)}`)] : []),
    ...(measured > 0 || checks.length === 0 ? [ok(`${measured} of ${checks.length} can measure${later}`)] : []),
    ...(measured === 0 && rare.length > 0 ? [unknown(`not measured yet: ${names(rare)}`)] : []),
  ];
}

/** The part `secrets` tells it, once for all checks that need the secret. */
function lacksSecret({ why, reason }: CheckReport): boolean {
  return why === 'no_credentials' && reason.startsWith('secret ');
}

function names(checks: readonly CheckReport[]): string {
  const ids = checks.map(({ id }) => id);
  return ids.length > 8 ? `${ids.slice(0, 8).join(', ')} and ${ids.length - 8} more` : ids.join(', ');
}
