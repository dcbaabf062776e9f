import type { z } from 'zod';
import type { CheckReport } from '../../health/model.ts';
import type { SectionContext } from '../section.ts';

type Measured = Pick<CheckReport, 'facts'>;

/** A number that was measured; null = it is not known. */
export function numberOf({ facts }: Measured, name: string): number | null {
  const value = facts[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A text that says something. */
export function textOf({ facts }: Measured, name: string): string | null {
  const value = facts[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function listOf({ facts }: Measured, name: string): string[] | null {
  const value = facts[name];
  return Array.isArray(value) ? value.map(String) : null;
}

/** How many names a list of a check stands for: behind the first 20 it says `and 5 more`. */
export function countOf(list: readonly string[]): number {
  const more = /^and (\d+) more$/.exec(list.at(-1) ?? '')?.[1];
  return more === undefined ? list.length : list.length - 1 + Number(more);
}

/** Whether its facts are of now: what is stale, blocked or could not be measured tells nothing. */
export function isMeasured({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome === 'ok' || outcome === 'warn' || outcome === 'fail' || outcome === 'muted';
}

/** The parameters of a configured check, as far as they have this shape. */
export function paramsOf<T>({ sources }: SectionContext, id: string, shape: z.ZodType<T>): T | undefined {
  return shape.safeParse(sources.ops.checks.find((check) => check.id === id)?.target).data;
}

const figures = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `45,230`; what is not known is `unknown`. */
export function figure(value: number | null): string {
  return value === null ? 'unknown' : figures.format(value);
}

/** `3 (+1)`: with how it changed since the report before. */
export function changed(value: number | null, before: number | undefined): string {
  if (value === null || before === undefined || value === before) return figure(value);
  return `${figure(value)} (${value > before ? '+' : '−'}${figure(Math.abs(value - before))})`;
}
