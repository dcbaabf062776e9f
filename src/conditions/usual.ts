import type { ASTNode } from '@marcbachmann/cel-js';
import type { UsualRead } from './model.ts';
import type { Scope } from './read.ts';
import { type Read, unknown, value } from './value.ts';
import { childrenOf } from './walk.ts';

/** `baseline(fact)`: what the fact usually is at this hour. */
export function readUsual(fact: string, { usuals }: Scope): Read {
  const usual = usuals.get(fact);
  if (usual?.kind === 'known') return value(usual.median);
  if (usual?.kind !== 'not_yet') return unknown(`baseline(${fact}) is not known: the earlier days were not read`);
  return { kind: 'not_yet', why: `baseline(${fact}) needs ${usual.needs} days, has ${usual.days}` };
}

/** What these nodes took as usual, each fact once. */
export function usualsIn(nodes: readonly ASTNode[], scope: Scope): UsualRead[] {
  const names = [...new Set(nodes.flatMap(factsIn))];
  return names.flatMap((fact) => {
    const usual = scope.usuals.get(fact);
    if (usual?.kind !== 'known') return [];
    const unit = scope.specs[fact]?.unit;
    return [{ fact, median: usual.median, days: usual.days, ...(unit === undefined ? {} : { unit }) }];
  });
}

function factsIn(node: ASTNode): string[] {
  const fact = factOf(node);
  return fact === undefined ? childrenOf(node).flatMap(factsIn) : [fact];
}

function factOf(node: ASTNode): string | undefined {
  if (node.op !== 'call' || node.args[0] !== 'baseline') return undefined;
  const argument = node.args[1][0];
  return argument?.op === 'id' ? argument.args : undefined;
}

/** How many times `baseline(fact)` a node is: `3 * baseline(fact)`, `baseline(fact) / 2`; undefined = it is something else. */
export function multipleOf(node: ASTNode, fact: string): number | undefined {
  if (factOf(node) === fact) return 1;
  if (node.op !== '*' && node.op !== '/') return undefined;
  const [left, right] = node.args;
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)];
  if (factOf(left) === fact && rightNumber) return node.op === '*' ? rightNumber : 1 / rightNumber;
  return node.op === '*' && factOf(right) === fact ? leftNumber : undefined;
}

function numberOf(node: ASTNode): number | undefined {
  if (node.op !== 'value' || (typeof node.args !== 'number' && typeof node.args !== 'bigint')) return undefined;
  return Number(node.args);
}
