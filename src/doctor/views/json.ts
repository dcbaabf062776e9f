import { countStates, type Finding, verdictOf } from '../model.ts';

/** What `rounds doctor --json` prints. The shape is a promise to scripts: keys are only ever added. */
export function doctorJson(findings: readonly Finding[]): unknown {
  return {
    verdict: verdictOf(findings),
    counts: countStates(findings),
    findings: findings.map(({ part, state, message, fix }) => ({ part, state, message, fix: fix ?? null })),
  };
}
