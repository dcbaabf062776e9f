import { type ASTNode, ParseError, TypeError as TypeMistake } from '@marcbachmann/cel-js';
import { closest, distance } from 'fastest-levenshtein';
import type { FactSpecs } from '../kernel/check.ts';
import type { ConditionProblem } from './model.ts';

const example = 'a CEL condition such as status != 200 or json.state == "down"';

/** "did you mean latency_ms? facts: status (number), latency_ms (number, ms)". */
export function unknownFact(name: string, source: string, facts: FactSpecs): ConditionProblem {
  return { found: `${name} in \`${source}\` is not a fact of this check`, allowed: factsInWords(name, facts) };
}

export function factsInWords(name: string, facts: FactSpecs): string {
  const names = Object.keys(facts);
  if (names.length === 0) return 'this check has no facts';
  const nearest = closest(name, names);
  const apart = distance(name, nearest);
  // Two letters, or 40 %: `latency` still finds `latency_ms`; a name that shares no letter finds nothing.
  const near = apart <= Math.max(2, 0.4 * nearest.length) && apart < Math.min(name.length, nearest.length);
  const all = names.map((each) => {
    const spec = facts[each];
    return `${each} (${spec?.type}${spec?.unit ? `, ${spec.unit}` : ''})`;
  });
  return `${near ? `did you mean ${nearest}? ` : ''}facts: ${all.join(', ')}`;
}

/** What CEL's parser or type checker said, in words an operator knows. */
export function refused(error: unknown, source: string): ConditionProblem {
  if (error instanceof ParseError) {
    const at = error.range?.start ?? 0;
    return {
      found: `\`${source}\` can't be read at ${position(source, at)}: ${parseWords(error.summary)}`,
      allowed: hintAt(source, at),
    };
  }
  if (error instanceof TypeMistake) {
    const words = typeWords(error.summary);
    return { found: `\`${source}\`: ${words.found}`, allowed: words.allowed };
  }
  return { found: `\`${source}\`: ${error instanceof Error ? error.message : String(error)}`, allowed: example };
}

export function notBoolean(source: string, type: string): ConditionProblem {
  return { found: `\`${source}\` is a ${plainType(type)}, not true or false`, allowed: `a comparison: ${example}` };
}

export function problemAt(source: string, node: ASTNode, words: string, allowed: string): ConditionProblem {
  return { found: `\`${source}\` at ${position(source, node.start)}: ${words}`, allowed };
}

/** `baseline` of a text, a list or json: what is usual is a number. */
export function notNumber(
  source: string,
  { node, fact }: { node: ASTNode; fact: string },
  facts: FactSpecs,
): ConditionProblem {
  const numbers = Object.keys(facts).filter((name) => facts[name]?.type === 'number');
  const words = `baseline() is of a number, and ${fact} is ${facts[fact]?.type === 'json' ? 'json' : `a ${facts[fact]?.type}`}`;
  const allowed = numbers.length === 0 ? 'this check has no number' : `baseline() of ${numbers.join(', ')}`;
  return problemAt(source, node, words, allowed);
}

function position(source: string, at: number): string {
  const before = source.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return before.length === 1 ? `character ${column}` : `line ${before.length}, character ${column}`;
}

function parseWords(summary: string): string {
  return summary.replace(/\bEOF\b/, 'the end').replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
}

const habits: [RegExp, string][] = [
  [/(^|[^=!<>])=($|[^=])/, '== compares'],
  [/\sand\s/i, '&& for and'],
  [/\sor\s/i, '|| for or'],
  [/(^|[\s(])not\s/i, '! for not'],
];

function hintAt(source: string, at: number): string {
  // Text in quotes is not code: "this and that" is no habit.
  const code = source.replace(/'[^']*'|"[^"]*"/g, (quoted) => '_'.repeat(quoted.length));
  const hints = habits.filter(([pattern]) => pattern.test(code)).map(([, hint]) => hint);
  if (hints.length > 0) return hints.join(', ');
  return at >= source.length ? `something behind the last operator: ${example}` : example;
}

function typeWords(summary: string): { found: string; allowed: string } {
  const binary = /^no such overload: (.+?) (==|!=|<=|>=|<|>|in|[-+*/%]) (.+)$/.exec(summary);
  if (binary?.[1] && binary[2] && binary[3]) {
    const [left, op, right] = [plainType(binary[1]), binary[2], plainType(binary[3])];
    return { found: `${op} between a ${left} and a ${right} is not possible`, allowed: allowedFor(op, left, right) };
  }
  if (summary.startsWith('has()')) {
    return { found: 'has() asks for a field of a json fact', allowed: 'has(json.field)' };
  }
  const words = summary.replaceAll(/\b(double|int|uint|dyn|null_type)\b/g, (type) => plainType(type));
  return { found: words, allowed: example };
}

function allowedFor(op: string, left: string, right: string): string {
  if (right === 'null' || left === 'null')
    return "has(json.field) asks whether it is there; a check's own facts are never null";
  if (op === 'in') return 'a value in a list of the same type: status in [200, 204]';
  return left === 'number' || right === 'number' ? 'numbers with numbers, without quotes' : 'both sides of one type';
}

function plainType(type: string): string {
  if (type === 'double' || type === 'int' || type === 'uint') return 'number';
  if (type === 'null' || type === 'null_type') return 'null';
  if (type.startsWith('list')) return 'list';
  if (type.startsWith('map')) return 'object';
  return type === 'dyn' ? 'json value' : type;
}
