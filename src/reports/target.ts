import { z } from 'zod';
import { formatValue } from '../conditions/format.ts';

/** What a number should be: `< 500`. */
export interface Target {
  op: '<' | '<=' | '>' | '>=';
  value: number;
}

const help = 'what it should be, such as "< 500", ">= 99.9" or "< 80 %"';

/** `< 500`, `>= 99.9`; a unit behind the number is for readers. */
export const target = z
  .string({ error: help })
  .transform((text, context): Target => {
    const [, op, number] = /^([<>]=?|[≤≥])\s*(-?\d+(?:\.\d+)?)\s*[^\d\s]{0,10}$/.exec(text.trim()) ?? [];
    if (op !== undefined)
      return { op: op.replace('≤', '<=').replace('≥', '>=') as Target['op'], value: Number(number) };
    context.addIssue({ code: 'custom', message: help });
    return z.NEVER;
  })
  .meta({ title: '`< 500`, `>= 99.9`' });

/** Whether a number is what it should be. Pure. */
export function meets(value: number, { op, value: limit }: Target): boolean {
  if (op === '<') return value < limit;
  if (op === '<=') return value <= limit;
  return op === '>' ? value > limit : value >= limit;
}

/** Whether less is better. Pure. */
export function isUpper({ op }: Target): boolean {
  return op === '<' || op === '<=';
}

/** `< 500 ms`. */
export function targetWords({ op, value }: Target, unit: string | undefined): string {
  return `${op} ${formatValue(value, unit)}`;
}

/** A number as a report says it: three digits, or all before the point. */
export function shown(value: number, unit: string | undefined): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return formatValue(unit === 'bytes' || Math.abs(value) < 0.1 ? value : Number(value.toFixed(digits)), unit);
}
