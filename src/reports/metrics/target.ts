import { formatValue } from '../../conditions/format.ts';
import type { TrendLimit } from '../../health/periods.ts';
import { limitsOn } from '../../health/trend.ts';

/** Where a number should be. */
export interface Target {
  op: '<' | '<=' | '>' | '>=';
  value: number;
}

/** `< 500`, `>= 99.9`, also with a unit behind it; undefined = it is none. Pure. */
export function readTarget(text: string): Target | undefined {
  const [, op, value] = /^(<=?|>=?|≤|≥)\s*(-?\d+(?:\.\d+)?)\s*(?:%|[a-zA-Z/]+)?$/.exec(text.trim()) ?? [];
  if (op === undefined) return undefined;
  return { op: (op === '≤' ? '<=' : op === '≥' ? '>=' : op) as Target['op'], value: Number(value) };
}

export function meets(value: number, { op, value: bound }: Target): boolean {
  if (op === '<') return value < bound;
  if (op === '<=') return value <= bound;
  return op === '>' ? value > bound : value >= bound;
}

/** Whether less is better. Pure. */
export function isUpper({ op }: Target): boolean {
  return op === '<' || op === '<=';
}

const sign = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const;

/** `< 500 ms`, with all its digits: 99.95 is not 100. Pure. */
export function targetWords({ op, value }: Target, unit: string | undefined): string {
  return `${sign[op]} ${formatValue(value, unit)}`;
}

const turned = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const;

/** What the rules of a check leave a number: the first limit that warns, else that fails. Pure. */
export function targetOf(check: Parameters<typeof limitsOn>[0], fact: string): Target | undefined {
  const limits = limitsOn(check, fact);
  const limit: TrendLimit | undefined = limits.find(({ level }) => level === 'warn') ?? limits[0];
  return limit && { op: turned[limit.op], value: limit.value };
}
