import type { z } from 'zod';
import { compileCondition } from '../../src/conditions/compile.ts';
import { sayRule } from '../../src/conditions/say.ts';
import type { CheckType, Facts } from '../../src/kernel/check.ts';

/** What the first default rule that fires says about facts, fail before warn; undefined = none fires. */
export function saidByDefault<S extends z.ZodType>(
  type: CheckType<S>,
  params: unknown,
  facts: Facts,
): string | undefined {
  const target = type.params.parse(params);
  const specs = type.facts(target);
  const { fail = [], warn = [] } = type.rules(target);
  for (const rule of [...fail, ...warn]) {
    const compiled = compileCondition(rule, specs);
    if (!compiled.ok) throw new Error(`${rule.when}: ${compiled.problem.found}`);
    if (compiled.condition.evaluate(facts).kind === 'true') return sayRule(compiled.condition, facts, specs);
  }
  return undefined;
}
