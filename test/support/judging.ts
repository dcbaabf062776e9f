import { compileCondition } from '../../src/conditions/compile.ts';
import type { Condition } from '../../src/conditions/model.ts';
import type { Judged } from '../../src/health/judge.ts';
import type { FactSpecs, Rule } from '../../src/kernel/check.ts';

/** Compiles conditions as the config does; a mistake fails the test. */
export function conditionsOf(rules: (string | Rule)[], specs: FactSpecs): Condition[] {
  return rules.map((rule) => {
    const compiled = compileCondition(typeof rule === 'string' ? { when: rule } : rule, specs);
    if (!compiled.ok) throw new Error(`${compiled.problem.found} / ${compiled.problem.allowed}`);
    return compiled.condition;
  });
}

/** The judged part of a check that runs every minute, without a hold. */
export function judgedOf(
  rules: { fail?: (string | Rule)[]; warn?: (string | Rule)[]; clear?: (string | Rule)[] },
  specs: FactSpecs,
  setting: Partial<Judged> = {},
): Judged {
  return {
    fail: conditionsOf(rules.fail ?? [], specs),
    warn: conditionsOf(rules.warn ?? [], specs),
    clear: conditionsOf(rules.clear ?? [], specs),
    heldForMs: 0,
    everyMs: 60_000,
    staleAfterMs: 180_000,
    ...setting,
  };
}
