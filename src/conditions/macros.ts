import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scope } from './read.ts';
import { describe, isObject, type Read, unknown, value, worse } from './value.ts';

const macros = ['exists', 'all', 'exists_one', 'filter', 'map'] as const;
export type Macro = (typeof macros)[number];

/** The evaluator that runs what the macros contain. */
export interface Evaluator {
  evaluate(node: ASTNode, scope: Scope): Read;
  truth(node: ASTNode, scope: Scope): Read;
  textOf(node: ASTNode, scope: Scope): string;
}

/** CEL's macros over lists: they bind a variable, so they are no functions. */
export function isMacro(name: string): name is Macro {
  return macros.some((macro) => macro === name);
}

/** One scope per element: a list's elements, or an object's keys, as CEL has it. */
export function elementsOf(
  by: Evaluator,
  receiver: ASTNode,
  variable: ASTNode | undefined,
  scope: Scope,
): Scope[] | Read {
  const read = by.evaluate(receiver, scope);
  if (read.kind !== 'value') return read;
  const path = by.textOf(receiver, scope);
  const name = variable?.op === 'id' ? variable.args : '';
  const bind = (element: unknown, at: string): Scope => ({
    ...scope,
    bound: new Map([...scope.bound, [name, { value: element, path: at }]]),
  });
  if (Array.isArray(read.value)) return read.value.map((element, index) => bind(element, `${path}[${index}]`));
  if (isObject(read.value)) return Object.keys(read.value).map((key) => bind(key, key));
  return unknown(`${path} is not a list: it is ${describe(read.value)}`);
}

/** `exists` and `all` decide like `||` and `&&`; the others need every element. */
export function evaluateMacro(by: Evaluator, name: Macro, receiver: ASTNode, args: ASTNode[], scope: Scope): Read {
  const scopes = elementsOf(by, receiver, args[0], scope);
  if (!Array.isArray(scopes)) return scopes;
  const [, first, second] = args;
  if (!first) return unknown(`${name} needs a variable and a condition`);
  if (name === 'exists') return quantify(by, scopes, first, true);
  if (name === 'all') return quantify(by, scopes, first, false);
  const kept: unknown[] = [];
  let bad: Read | undefined;
  for (const each of scopes) {
    const filtered = name !== 'map' || second ? by.truth(first, each) : value(true);
    if (filtered.kind !== 'value') bad = bad ? worse(bad, filtered, bad) : filtered;
    else if (filtered.value === true) {
      const read = name === 'map' ? by.evaluate(second ?? first, each) : by.evaluate(args[0] ?? first, each);
      if (read.kind === 'value') kept.push(read.value);
      else bad = bad ? worse(bad, read, bad) : read;
    }
  }
  if (bad) return bad;
  return value(name === 'exists_one' ? kept.length === 1 : kept);
}

function quantify(by: Evaluator, scopes: Scope[], predicate: ASTNode, decisive: boolean): Read {
  let result: Read = value(!decisive);
  for (const scope of scopes) {
    const read = by.truth(predicate, scope);
    if (read.kind === 'value' && read.value === decisive) return read;
    result = worse(result, read, result);
  }
  return result;
}
