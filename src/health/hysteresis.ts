import type { Condition } from '../conditions/model.ts';
import { sayClear } from '../conditions/say.ts';
import type { Facts } from '../kernel/check.ts';
import type { Judgement, Outcome } from './model.ts';

/** The last outcome that was ok, warn or fail, and the rules that fired then, by source. */
export interface Settled {
  outcome: Outcome;
  rules: readonly string[];
}

type NotClear = Omit<Judgement, 'notes' | 'next'>;

/**
 * For a check that was warn or fail and whose rules no longer fire: why it is not ok yet, or undefined when it is.
 * A clear rule that is false keeps it at warn; one that can't be evaluated makes it unknown; one that waits for a second
 * sample proves nothing, so it keeps it at warn too.
 */
export function stillNotClear(clear: readonly Condition[], facts: Facts, previous: Outcome): NotClear | undefined {
  if (previous !== 'warn' && previous !== 'fail') return undefined;
  let waiting: NotClear | undefined;
  for (const condition of clear) {
    const rule = condition.source;
    const result = condition.evaluate(facts);
    if (result.kind === 'unknown')
      return { outcome: 'unknown', rule, reason: `can't judge \`${rule}\`: ${result.why}` };
    if (result.kind === 'true' || waiting) continue;
    const explanation = condition.explain(facts);
    waiting = {
      outcome: 'warn',
      rule,
      ...(explanation && { value: explanation.value, limit: explanation.limit, unit: explanation.unit }),
      reason: result.kind === 'not_yet' ? `was ${previous}; ${result.why}` : sayClear(condition, facts),
    };
  }
  return waiting;
}
