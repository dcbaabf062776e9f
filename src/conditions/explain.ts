import type { ASTNode } from '@marcbachmann/cel-js';
import { evaluate, evaluator, locate, textOf, truth } from './evaluate.ts';
import { elementsOf } from './macros.ts';
import type { Explanation } from './model.ts';
import { plainNumber, type Scope } from './read.ts';
import { multipleOf, usualsIn } from './usual.ts';
import { childrenOf } from './walk.ts';

type Op = Explanation['op'];

const negated: Record<Op, Op> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>', is: 'is' };
const flipped: Record<Op, Op> = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=', is: 'is' };

/** The first comparison that made the condition what it is (`outcome`); a false one comes with its negated operator. */
export function explain(node: ASTNode, scope: Scope, outcome: boolean): Explanation | undefined {
  switch (node.op) {
    case '||':
    case '&&': {
      if (outcome === (node.op === '||')) {
        const decided = node.args.find((side) => became(side, scope, outcome));
        return decided && explain(decided, scope, outcome);
      }
      // All of it decided: how far from usual it is says more than a floor beside it.
      const [left, right] = node.args.map((side) => explain(side, scope, outcome));
      return right?.usual && !left?.usual ? right : (left ?? right);
    }
    case '!_':
      return explain(node.args, scope, !outcome);
    case '?:': {
      const branch = became(node.args[0], scope, true) ? node.args[1] : node.args[2];
      return explain(branch, scope, outcome);
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.args, outcome ? node.op : negated[node.op], scope);
    case 'in': {
      const [element, list] = node.args;
      if (!readsFact(element)) return { ...subject(list, scope), op: 'is', limit: undefined };
      return { ...subject(element, scope), op: 'is', limit: outcome ? undefined : read(list, scope) };
    }
    case 'call':
      if (node.args[0] === 'has' && node.args[1][0]) {
        const found = locate(node.args[1][0], scope);
        return {
          fact: textOf(node.args[1][0], scope),
          op: 'is',
          value: plain(found.kind === 'place' ? found.value : null),
          limit: undefined,
        };
      }
      return { ...subject(node, scope), op: 'is', limit: !outcome };
    case 'rcall':
      return called(node, scope, outcome);
    case 'value':
      return undefined;
    default:
      return { ...subject(node, scope), op: 'is', limit: !outcome };
  }
}

function comparison([left, right]: [ASTNode, ASTNode], op: Op, scope: Scope): Explanation {
  // What is usual is a limit: `0.5 * baseline(requests) > requests` reads the requests.
  const turned = isMeasured(left) === isMeasured(right) ? !readsFact(left) && readsFact(right) : isMeasured(right);
  const [subjectNode, limitNode] = turned ? [right, left] : [left, right];
  const usual = usualsIn([left, right], scope);
  const multiple = subjectNode.op === 'id' ? multipleOf(limitNode, subjectNode.args) : undefined;
  return {
    ...{ ...subject(subjectNode, scope), op: turned ? flipped[op] : op, limit: read(limitNode, scope) },
    ...(usual.length > 0 && { usual }),
    ...(multiple !== undefined && { multiple }),
  };
}

/** `exists` and `all` are explained by the element that decided; `text.contains("x")` by the text. */
function called(node: Extract<ASTNode, { op: 'rcall' }>, scope: Scope, outcome: boolean): Explanation | undefined {
  const [name, receiver, args] = node.args;
  if (args[1] && ((name === 'exists' && outcome) || (name === 'all' && !outcome))) {
    const scopes = elementsOf(evaluator, receiver, args[0], scope);
    const predicate = args[1];
    const decided = Array.isArray(scopes) ? scopes.find((each) => became(predicate, each, outcome)) : undefined;
    if (decided) return explain(predicate, decided, outcome);
  }
  return { ...subject(receiver, scope), op: 'is', limit: undefined };
}

function subject(node: ASTNode, scope: Scope): Pick<Explanation, 'fact' | 'value' | 'unit'> {
  const unit = node.op === 'id' && !scope.bound.has(node.args) ? scope.specs[node.args]?.unit : undefined;
  return { fact: textOf(node, scope), value: read(node, scope), ...(unit === undefined ? {} : { unit }) };
}

function read(node: ASTNode, scope: Scope): unknown {
  const found = evaluate(node, scope);
  return found.kind === 'value' ? plain(found.value) : null;
}

/** As JSON can carry it: large ints as text, times as ISO. */
function plain(of: unknown): unknown {
  if (of === undefined) return null;
  if (typeof of === 'bigint') {
    const double = plainNumber(of);
    return typeof double === 'bigint' ? String(double) : double;
  }
  if (Array.isArray(of)) return of.map(plain);
  if (of instanceof Date) return of.toISOString();
  return of;
}

function became(node: ASTNode, scope: Scope, outcome: boolean): boolean {
  const found = truth(node, scope);
  return found.kind === 'value' && found.value === outcome;
}

/** Reads a fact as it is now. */
function isMeasured(node: ASTNode): boolean {
  if (node.op === 'call' && node.args[0] === 'baseline') return false;
  return node.op === 'id' || childrenOf(node).some(isMeasured);
}

function readsFact(node: ASTNode): boolean {
  return node.op === 'id' || childrenOf(node).some(readsFact);
}
