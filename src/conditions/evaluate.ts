import type { ASTNode } from '@marcbachmann/cel-js';
import { callLibrary } from './call.ts';
import { wantedText } from './conversions.ts';
import { type Evaluator, evaluateMacro, isMacro } from './macros.ts';
import { arithmetic, equal, type Operand, ordered, within } from './operators.ts';
import { matches } from './patterns.ts';
import { keyText, member, type Place, root, type Scope, usable } from './read.ts';
import { readUsual } from './usual.ts';
import { type Bad, describe, type Read, unknown, value, worse } from './value.ts';

/**
 * Evaluates a checked condition with three-valued logic: what can't be read is unknown, never false.
 * CEL's own evaluation is not used because its dynamic equality answers false for values of different types,
 * and NaN compares as false: both would be a false "ok".
 */
export function evaluate(node: ASTNode, scope: Scope): Read {
  switch (node.op) {
    case 'value':
      return value(literal(node.args));
    case 'id':
    case '.':
    case '[]': {
      const found = locate(node, scope);
      return found.kind === 'place' ? usable(found) : found;
    }
    case '||':
      return logical(node.args, true, scope);
    case '&&':
      return logical(node.args, false, scope);
    case '!_': {
      const operand = truth(node.args, scope);
      return operand.kind === 'value' ? value(operand.value !== true) : operand;
    }
    case '-_': {
      const operand = evaluate(node.args, scope);
      if (operand.kind !== 'value') return operand;
      if (typeof operand.value === 'number' || typeof operand.value === 'bigint') return value(-operand.value);
      return unknown(`${textOf(node.args, scope)} is not a number: it is ${describe(operand.value)}`);
    }
    case '?:': {
      const condition = truth(node.args[0], scope);
      if (condition.kind !== 'value') return condition;
      return evaluate(condition.value === true ? node.args[1] : node.args[2], scope);
    }
    case 'list':
      return every(node.args, scope);
    case 'map': {
      const keys = every(
        node.args.map(([key]) => key),
        scope,
      );
      const values = every(
        node.args.map(([, each]) => each),
        scope,
      );
      if (keys.kind !== 'value' || values.kind !== 'value') return worse(keys, values, keys);
      return value(Object.fromEntries(list(keys.value).map((key, index) => [String(key), list(values.value)[index]])));
    }
    case 'call': {
      const [name, args] = node.args;
      if (name === 'has' && args[0]) return has(args[0], scope);
      if (name === 'baseline' && args[0]?.op === 'id') return readUsual(args[0].args, scope);
      if (name === 'abs' && args[0]) return absolute(args[0], scope);
      return library(`${name}(${args.map((_, index) => `a${index}`).join(', ')})`, args, node, scope);
    }
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (isMacro(name)) return evaluateMacro(evaluator, name, receiver, args, scope);
      const rest = args.map((_, index) => `a${index + 1}`).join(', ');
      return library(`a0.${name}(${rest})`, [receiver, ...args], node, scope);
    }
    case '.?':
    case '[?]':
      return unknown(`${node.op} is not part of conditions`);
    default:
      return binary(node.op, node.args, scope);
  }
}

export const evaluator: Evaluator = { evaluate, truth, textOf };

/** Evaluates what must be true or false. */
export function truth(node: ASTNode, scope: Scope): Read {
  const read = evaluate(node, scope);
  if (read.kind !== 'value' || typeof read.value === 'boolean') return read;
  return unknown(`${textOf(node, scope)} is not true or false: it is ${describe(read.value)}`);
}

/** Where in the facts a path leads; a part that is no path (`f(x).y`) is evaluated first. */
export function locate(node: ASTNode, scope: Scope): Place | Bad {
  if (node.op === 'id') return root(node.args, scope);
  if (node.op === '.') {
    const parent = locate(node.args[0], scope);
    return parent.kind === 'place' ? member(parent, node.args[1], `${parent.path}.${node.args[1]}`) : parent;
  }
  if (node.op === '[]') {
    const parent = locate(node.args[0], scope);
    const key = evaluate(node.args[1], scope);
    if (parent.kind !== 'place') return parent;
    if (key.kind !== 'value') return key;
    return member(parent, key.value, `${parent.path}[${keyText(key.value)}]`);
  }
  const read = evaluate(node, scope);
  return read.kind === 'value'
    ? { kind: 'place', value: read.value, path: node.input.slice(node.start, node.end) }
    : read;
}

/** How a reader finds it: the path, with `exists` variables resolved, else the text as written. */
export function textOf(node: ASTNode, scope: Scope): string {
  if (node.op === 'id' || node.op === '.' || node.op === '[]') {
    const found = locate(node, scope);
    if (found.kind === 'place') return found.path;
  }
  return node.input.slice(node.start, node.end);
}

function logical(sides: [ASTNode, ASTNode], decisive: boolean, scope: Scope): Read {
  const left = truth(sides[0], scope);
  if (left.kind === 'value' && left.value === decisive) return left;
  const right = truth(sides[1], scope);
  if (right.kind === 'value' && right.value === decisive) return right;
  return worse(left, right, value(!decisive));
}

/** CEL's `has(a.b)`: null counts as absent; the parent itself must be there. */
function has(node: ASTNode, scope: Scope): Read {
  const found = locate(node, scope);
  return found.kind === 'place' ? value(found.value !== undefined && found.value !== null) : found;
}

function absolute(node: ASTNode, scope: Scope): Read {
  const read = evaluate(node, scope);
  if (read.kind !== 'value') return read;
  const of = read.value;
  if (typeof of === 'number') return value(Math.abs(of));
  if (typeof of === 'bigint') return value(of < 0n ? -of : of);
  return unknown(`${textOf(node, scope)} is not a number: it is ${describe(of)}`);
}

function binary(op: string, sides: [ASTNode, ASTNode], scope: Scope): Read {
  const [left, right] = [evaluate(sides[0], scope), evaluate(sides[1], scope)];
  if (left.kind !== 'value' || right.kind !== 'value') return worse(left, right, left);
  const a: Operand = { value: left.value, text: textOf(sides[0], scope) };
  const b: Operand = { value: right.value, text: textOf(sides[1], scope) };
  if (op === 'in') return within(a, b);
  if (op === '==') return equal(a, b);
  if (op === '!=') {
    const same = equal(a, b);
    return same.kind === 'value' ? value(same.value !== true) : same;
  }
  if (op === '<' || op === '<=' || op === '>' || op === '>=') return ordered(op, a, b);
  return arithmetic(op, a, b);
}

function library(form: string, args: ASTNode[], node: ASTNode, scope: Scope): Read {
  const read = every(args, scope);
  if (read.kind !== 'value') return read;
  const values = list(read.value);
  const source = node.input.slice(node.start, node.end);
  if (node.op === 'rcall' && node.args[0] === 'matches') return matches(values[0], values[1], source);
  const wanted = node.op === 'call' ? wantedText(node.args[0], values[0]) : undefined;
  if (wanted) return unknown(`${source} can't be computed: ${describe(values[0])} is not ${wanted}`);
  return callLibrary(form, values, source);
}

function every(nodes: ASTNode[], scope: Scope): Read {
  const values: unknown[] = [];
  let bad: Read | undefined;
  for (const node of nodes) {
    const read = evaluate(node, scope);
    if (read.kind === 'value') values.push(read.value);
    else bad = bad ? worse(bad, read, bad) : read;
  }
  return bad ?? value(values);
}

function list(of: unknown): unknown[] {
  return Array.isArray(of) ? of : [];
}

/** CEL's `1u` is an object around a bigint. */
function literal(of: unknown): unknown {
  if (typeof of === 'object' && of !== null && !(of instanceof Uint8Array)) return of.valueOf();
  return of;
}
