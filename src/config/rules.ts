import type { CompileCondition, Condition } from '../conditions/model.ts';
import type { CheckType, FactSpecs, Rule } from '../kernel/check.ts';
import type { Mistake, Path, Read } from './mistake.ts';
import { applyOverrides, type DefaultRule, levels, listRules } from './override.ts';
import type { CheckFields } from './schema/checks.ts';

type Conditions = Record<(typeof levels)[number], Condition[]>;

/** Where the rules of one check come from. */
export interface RuleSources {
  type: CheckType;
  target: unknown;
  fields: CheckFields;
  /** Whether `fail`, `warn`, `clear` were written as lists: then a problem names the entry. */
  asList: (level: string) => boolean;
  /** Of the check. */
  path: Path;
}

/** The type's default rules, overridden, then the operator's own; compiled against the facts of the check. */
export function compileRules(sources: RuleSources, compile: CompileCondition): Read<Conditions> {
  const { type, target, fields, path } = sources;
  const specs = type.facts(target);
  const defaults = fields.defaults === 'off' ? noDefaults : readDefaults(sources, specs, compile);
  const overridden = applyOverrides(defaults.value, fields.override ?? {}, specs, [...path, 'override']);
  const value: Conditions = { fail: [], warn: [], clear: [] };
  const mistakes = [...defaults.mistakes, ...overridden.mistakes];
  for (const { level, rule } of overridden.value) {
    const compiled = defaults.compiled.get(rule);
    if (compiled !== undefined) value[level].push(compiled);
    else add(value[level], mistakes, rule, specs, [...path, type.type], compile);
  }
  for (const level of levels) {
    for (const [at, rule] of (fields[level] ?? []).entries()) {
      const place = sources.asList(level) ? [...path, level, at] : [...path, level];
      add(value[level], mistakes, rule, specs, place, compile);
    }
  }
  if (mistakes.length === 0 && value.fail.length + value.warn.length === 0) {
    mistakes.push({
      path,
      found: 'no rule: this check could never warn or fail',
      allowed: 'at least one condition under fail or warn',
    });
  }
  return { value, mistakes };
}

interface Defaults extends Read<DefaultRule[]> {
  compiled: Map<Rule, Condition>;
}

const noDefaults: Defaults = { value: [], mistakes: [], compiled: new Map() };

function readDefaults({ type, target, path }: RuleSources, specs: FactSpecs, compile: CompileCondition): Defaults {
  const value: DefaultRule[] = [];
  const mistakes: Mistake[] = [];
  const conditions = new Map<Rule, Condition>();
  for (const { level, rule } of listRules(type.rules(target))) {
    const compiled = compile(rule, specs);
    if (compiled.ok) {
      value.push({ level, rule, reads: compiled.condition.reads });
      conditions.set(rule, compiled.condition);
    } else {
      const found = `default rule "${rule.when}": ${compiled.problem.found}`;
      mistakes.push({ path: [...path, type.type], found, allowed: compiled.problem.allowed });
    }
  }
  return { value, mistakes, compiled: conditions };
}

function add(
  into: Condition[],
  mistakes: Mistake[],
  rule: Rule,
  specs: FactSpecs,
  path: Path,
  compile: CompileCondition,
): void {
  const compiled = compile(rule, specs);
  if (compiled.ok) into.push(compiled.condition);
  else mistakes.push({ path, ...compiled.problem });
}
