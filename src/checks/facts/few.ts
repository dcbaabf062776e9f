import { cleanText } from './text.ts';

/** More names than this are read by nobody; their number is a fact of its own. */
const mostNames = 20;
const longestName = 200;

/** Names from outside as a fact: cleaned, the first 20, then `and 5 more`. */
export function few(names: readonly string[]): string[] {
  const shown = names.slice(0, mostNames).map((name) => cleanText(name, longestName));
  return names.length > mostNames ? [...shown, `and ${names.length - mostNames} more`] : shown;
}

/** Distinct values with their number, most frequent first; equal ones keep their order. */
export function tally(values: readonly string[]): [value: string, times: number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** `2026-11-23 12:15 UTC`: the same at every look, unlike an age. */
export function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
