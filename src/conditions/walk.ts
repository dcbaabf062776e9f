import type { ASTNode } from '@marcbachmann/cel-js';
import { wantedText } from './conversions.ts';
import { isMacro } from './macros.ts';
import { isPattern } from './patterns.ts';

export interface Walked {
  /** Root names it reads, in order, each once; variables of `exists(s, …)` left out. */
  names: string[];
  /** What `baseline` is asked of, each time. */
  usual: { node: ASTNode; fact: string }[];
  /** The first thing that CEL has and conditions refuse. */
  odd?: { node: ASTNode; found: string; allowed: string };
}

/** Looks through a parsed condition: what it reads, and what it had better not contain. */
export function walk(ast: ASTNode): Walked {
  const found: Walked = { names: [], usual: [] };
  visit(ast, new Set(), found);
  return found;
}

function visit(node: ASTNode, bound: ReadonlySet<string>, found: Walked): void {
  if (node.op === 'id') {
    if (!bound.has(node.args) && !found.names.includes(node.args)) found.names.push(node.args);
    return;
  }
  found.odd ??= oddity(node);
  if (node.op === 'call' && node.args[0] === 'baseline') {
    const [fact, ...rest] = node.args[1];
    if (fact?.op === 'id' && rest.length === 0 && !bound.has(fact.args)) found.usual.push({ node, fact: fact.args });
    else
      found.odd ??= {
        node,
        found: 'baseline() takes the bare name of a fact',
        allowed: 'such as baseline(latency_ms)',
      };
  }
  if (node.op === 'rcall' && isMacro(node.args[0])) {
    const [, receiver, [variable, ...rest]] = node.args;
    visit(receiver, bound, found);
    const inner = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound;
    for (const each of rest) visit(each, inner, found);
    return;
  }
  for (const each of childrenOf(node)) visit(each, bound, found);
}

/** The nodes directly below. */
export function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function oddity(node: ASTNode): Walked['odd'] {
  if (node.op === 'value' && node.args === null) {
    const found = 'null is never read: a value that is null makes the condition unknown';
    return { node, found, allowed: 'has(json.field) asks whether a value is there; null counts as absent' };
  }
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const pattern = node.args[2][0];
    if (pattern?.op === 'value' && typeof pattern.args === 'string' && !isPattern(pattern.args)) {
      return {
        node: pattern,
        found: 'not a regular expression that conditions know',
        allowed: 'RE2 syntax such as "^ok", so no look-around, no back-references, no repeat above 1000',
      };
    }
  }
  if (node.op === 'call') {
    const [name, [argument]] = node.args;
    const wanted = argument?.op === 'value' ? wantedText(name, argument.args) : undefined;
    if (argument && wanted) return { node: argument, found: `${name}() does not take this text`, allowed: wanted };
  }
  return undefined;
}
