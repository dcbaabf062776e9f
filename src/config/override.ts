import type { FactSpecs, Rule, Rules } from '../kernel/check.ts';
import type { Mistake, Path, Read } from './mistake.ts';
import type { FactOverride } from './schema/checks.ts';
import { listWithGuess } from './suggest.ts';

export const levels = ['fail', 'warn', 'clear'] as const;
type Level = (typeof levels)[number];

/** A default rule with the facts it reads. */
export interface DefaultRule {
  level: Level;
  rule: Rule;
  reads: readonly string[];
}

/** `fact op number`; a fact that says whether it was read may stand before it: `clients_limit_read && clients_pct >= 80`. */
const comparison = /^\s*([A-Za-z_]\w*\s*&&\s*)?([A-Za-z_][\w.]*)\s*(<=|>=|==|!=|<|>)\s*-?\d+(?:\.\d+)?\s*$/;

/**
 * Changes the limits of default rules of the form `fact op number`, guarded or not, or drops the rules that read a fact.
 * A fact that no default rule reads, or whose rule has another form, is a mistake.
 */
export function applyOverrides(
  defaults: readonly DefaultRule[],
  overrides: Readonly<Record<string, FactOverride>>,
  specs: FactSpecs,
  path: Path,
): Read<DefaultRule[]> {
  const mistakes: Mistake[] = [];
  let rules = [...defaults];
  for (const [fact, override] of Object.entries(overrides)) {
    const at = [...path, fact];
    const facts = [...new Set(defaults.flatMap((rule) => rule.reads))];
    if (!facts.includes(fact)) {
      const known = Object.hasOwn(specs, fact);
      const allowed = facts.length === 0 ? 'no override: this type has no default rules' : listWithGuess(fact, facts);
      mistakes.push({ path: at, found: known ? `no default rule reads "${fact}"` : `unknown fact "${fact}"`, allowed });
    } else if (override === 'off') {
      rules = rules.filter((rule) => !rule.reads.includes(fact));
    } else {
      for (const level of levels) {
        const limit = override[level];
        if (limit === undefined) continue;
        const changed = changeLevel(rules, fact, level, limit);
        if (changed.ok) rules = changed.rules;
        else mistakes.push({ path: [...at, level], found: changed.found, allowed: changed.allowed });
      }
    }
  }
  return { value: rules, mistakes };
}

type Changed = { ok: true; rules: DefaultRule[] } | { ok: false; found: string; allowed: string };

function changeLevel(rules: DefaultRule[], fact: string, level: Level, limit: number | 'off'): Changed {
  const reading = rules.filter((rule) => rule.level === level && rule.reads.includes(fact));
  if (reading.length === 0) {
    const having = [...new Set(rules.filter((rule) => rule.reads.includes(fact)).map((rule) => rule.level))];
    return {
      ok: false,
      found: `no default ${level} rule reads "${fact}"`,
      allowed: `${having.join(', ')}; or a rule of your own under ${level}`,
    };
  }
  if (limit === 'off') return { ok: true, rules: rules.filter((rule) => !reading.includes(rule)) };
  const other = reading.find((rule) => comparison.exec(rule.rule.when)?.[2] !== fact);
  if (other !== undefined) {
    return {
      ok: false,
      found: `the default rule "${other.rule.when}" has no single limit to change`,
      allowed: `${level}: off, and a rule of your own under ${level}`,
    };
  }
  return {
    ok: true,
    rules: rules.map((rule) => (reading.includes(rule) ? { ...rule, rule: withLimit(rule.rule, limit) } : rule)),
  };
}

/** `latency_ms > 500` with another limit. A text that names the old limit would lie: the generated reason replaces it. */
function withLimit(rule: Rule, limit: number): Rule {
  const [, guard = '', fact, op] = comparison.exec(rule.when)!;
  const old = rule.when.slice(rule.when.indexOf(op!, guard.length) + op!.length).trim();
  const when = `${guard}${fact} ${op} ${limit}`;
  return rule.say === undefined || rule.say.includes(old) ? { when } : { when, say: rule.say };
}

/** The default rules of a type as one list. */
export function listRules(rules: Partial<Rules>): { level: Level; rule: Rule }[] {
  return levels.flatMap((level) => (rules[level] ?? []).map((rule) => ({ level, rule })));
}
