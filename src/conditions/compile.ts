import type { ASTNode } from '@marcbachmann/cel-js';
import type { FactSpecs, Facts, Rule } from '../kernel/check.ts';
import { environmentOf } from './environment.ts';
import { truth } from './evaluate.ts';
import { explain } from './explain.ts';
import { limitsOf } from './limits.ts';
import type { CompileCondition, Condition, ConditionProblem, Usuals } from './model.ts';
import { factsInWords, notBoolean, notNumber, problemAt, refused, unknownFact } from './problems.ts';
import type { Scope } from './read.ts';
import { placeholdersOf } from './template.ts';
import { walk } from './walk.ts';

/**
 * Compiles a rule against the facts it may read: CEL's own parser and type checker, with numbers of both kinds mixed
 * freely. The condition evaluates to unknown, never to false, when what decides it is missing, null, NaN or mistyped.
 */
export const compileCondition: CompileCondition = (rule, facts) => {
  const checked = check(rule, facts);
  if ('found' in checked) return { ok: false, problem: checked };
  return { ok: true, condition: conditionOf(rule, facts, checked) };
};

/** Knows no facts: for parsing alone. */
const grammar = environmentOf({}, []);

interface Checked {
  ast: ASTNode;
  reads: string[];
  usual: string[];
}

function check(rule: Rule, facts: FactSpecs): Checked | ConditionProblem {
  const source = rule.when.trim();
  if (source === '') return { found: 'an empty condition', allowed: 'a CEL condition such as status != 200' };
  try {
    // Parsing needs no facts; names are looked at before types, so that a typo is answered with the nearest name.
    const { ast } = grammar.parse(source);
    const { names, usual, odd } = walk(ast);
    const stranger = names.find((name) => !Object.hasOwn(facts, name));
    if (stranger !== undefined) return unknownFact(stranger, source, facts);
    if (odd) return problemAt(source, odd.node, odd.found, odd.allowed);
    const mistaken = usual.find(({ fact }) => facts[fact]?.type !== 'number');
    if (mistaken) return notNumber(source, mistaken, facts);
    if (names.length === 0) {
      return {
        found: `\`${source}\` reads no fact`,
        allowed: `a condition over the facts; ${factsInWords('', facts)}`,
      };
    }
    const typed = environmentOf(facts, names).parse(source).check();
    if (!typed.valid) return refused(typed.error, source);
    if (typed.type !== 'bool' && typed.type !== 'dyn') return notBoolean(source, typed.type ?? 'value');
    return badPlaceholder(rule, facts) ?? { ast, reads: names, usual: [...new Set(usual.map(({ fact }) => fact))] };
  } catch (error) {
    return refused(error, source);
  }
}

function badPlaceholder(rule: Rule, facts: FactSpecs): ConditionProblem | undefined {
  for (const { text, path } of placeholdersOf(rule.say ?? '')) {
    const name = path?.[0];
    if (name === undefined) return { found: `{${text}} in say is not a path`, allowed: '{fact} or {json.field}' };
    if (!Object.hasOwn(facts, name)) {
      return { found: `{${text}} in say is not a fact of this check`, allowed: factsInWords(name, facts) };
    }
  }
  return undefined;
}

const nothingUsual: Usuals = new Map();

function conditionOf(rule: Rule, specs: FactSpecs, checked: Checked, usuals = nothingUsual): Condition {
  const { ast, reads, usual } = checked;
  const scopeOf = (facts: Facts): Scope => ({ facts, specs, usuals, bound: new Map() });
  return {
    rule,
    source: rule.when.trim(),
    reads,
    limits: limitsOf(ast),
    usual,
    given: (told) => conditionOf(rule, specs, checked, told),
    evaluate(facts) {
      const read = truth(ast, scopeOf(facts));
      if (read.kind !== 'value') return read;
      return { kind: read.value === true ? 'true' : 'false' };
    },
    explain(facts) {
      const read = truth(ast, scopeOf(facts));
      return read.kind === 'value' ? explain(ast, scopeOf(facts), read.value === true) : undefined;
    },
  };
}
