import type { ASTNode } from '@marcbachmann/cel-js';
import type { Limit } from './model.ts';

type Op = Limit['op'];

const negated: Record<Op, Op> = { '<': '>=', '>=': '<', '>': '<=', '<=': '>' };
const flipped: Record<Op, Op> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/**
 * Comparisons of a fact with a number, as they stand in the text: `500 < latency_ms` and `!(latency_ms <= 500)` are both
 * `latency_ms > 500`. What is computed (`used > size * 0.8`) or inside a fact (`json.a > 1`) has no limit to draw.
 */
export function limitsOf(ast: ASTNode): Limit[] {
  const found = within(ast, false);
  return found.filter((each, at) => found.findIndex((other) => isSame(each, other)) === at);
}

function within(node: ASTNode, isNegated: boolean): Limit[] {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const limit = comparison(node.args, isNegated ? negated[node.op] : node.op);
      return limit ? [limit] : [];
    }
    case '!_':
      return within(node.args, !isNegated);
    case '&&':
    case '||':
      return node.args.flatMap((each) => within(each, isNegated));
    case '?:':
      return node.args.slice(1).flatMap((each) => within(each, isNegated));
    // Neither in `exists(s, …)`, whose variables may bear a fact's name, nor in `(a > 1) == false`.
    default:
      return [];
  }
}

function comparison([left, right]: [ASTNode, ASTNode], op: Op): Limit | undefined {
  const [leftNumber, rightNumber] = [numberIn(left), numberIn(right)];
  if (left.op === 'id' && rightNumber !== undefined) return { fact: left.args, op, limit: rightNumber };
  if (right.op === 'id' && leftNumber !== undefined) return { fact: right.args, op: flipped[op], limit: leftNumber };
  return undefined;
}

function numberIn(node: ASTNode): number | undefined {
  if (node.op === '-_') {
    const positive = numberIn(node.args);
    return positive === undefined ? undefined : -positive;
  }
  if (node.op !== 'value' || (typeof node.args !== 'number' && typeof node.args !== 'bigint')) return undefined;
  const value = Number(node.args);
  return Number.isFinite(value) ? value : undefined;
}

function isSame(one: Limit, other: Limit): boolean {
  return one.fact === other.fact && one.op === other.op && one.limit === other.limit;
}
