import type { Facts } from '../kernel/check.ts';

/** Facts above this are no measurement but a dump: the check is unknown. Counted in characters of JSON. */
const factsCeiling = 4_000_000;
/** What a report and the history keep. */
export const factsKept = 64_000;

const deepest = 32;
const cutStringAt = 1_000;
const cutListAt = 100;

export type PlainFacts =
  | { kind: 'facts'; facts: Facts; size: number }
  | { kind: 'too_large' }
  | { kind: 'invalid'; why: string };

class TooLarge extends Error {}

/** Copies what a probe returned into plain JSON that PostgreSQL takes too; NaN and infinities become null. */
export function plainFacts(raw: unknown): PlainFacts {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { kind: 'invalid', why: `${raw === null ? 'null' : Array.isArray(raw) ? 'a list' : typeof raw}` };
  }
  const budget = { left: factsCeiling };
  try {
    const facts = plain(raw, budget, 0) as Facts;
    return { kind: 'facts', facts, size: factsCeiling - budget.left };
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'too_large' };
    return { kind: 'invalid', why: 'an object that cannot be read' };
  }
}

/** Any value as plain JSON, without what `jsonb` refuses (U+0000, lone surrogates). Throws above the ceiling. */
export function plainJson(value: unknown): unknown {
  return plain(value, { left: factsCeiling }, 0);
}

function plain(value: unknown, budget: { left: number }, depth: number): unknown {
  spend(budget, typeof value === 'string' ? value.length + 2 : 4);
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || depth >= deepest) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, budget, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON(), budget, depth + 1);
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined || typeof item === 'function' || name === '__proto__') continue;
    spend(budget, name.length + 4);
    out[storable(name)] = plain(item, budget, depth + 1);
  }
  return out;
}

function spend(budget: { left: number }, characters: number): void {
  budget.left -= characters;
  if (budget.left < 0) throw new TooLarge('too large');
}

function storable(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}

/**
 * What is kept of plain facts: all of them when they are small, else long strings and lists cut, and what is still
 * too large left out (null). `cut` names the facts that lost something.
 */
export function keptFacts(facts: Facts, size: number): { facts: Facts; cut: string[] } {
  if (size <= factsKept) return { facts, cut: [] };
  const cut: string[] = [];
  const sizes = new Map<string, number>();
  const kept: Facts = {};
  for (const [name, value] of Object.entries(facts)) {
    const before = sizeOf(value);
    kept[name] = before > cutStringAt ? shorten(value) : value;
    sizes.set(name, sizeOf(kept[name]) + name.length + 4);
    if (sizeOf(kept[name]) !== before) cut.push(name);
  }
  let left = [...sizes.values()].reduce((sum, one) => sum + one, 0);
  for (const [name, one] of [...sizes].sort((a, b) => b[1] - a[1])) {
    if (left <= factsKept) break;
    left -= one;
    delete kept[name];
    if (!cut.includes(name)) cut.push(name);
  }
  return { facts: kept, cut };
}

/** Facts without what takes more than 1,000 characters: what a later probe may compare with. */
export function briefFacts(facts: Facts, size: number): Facts {
  if (size <= cutStringAt) return facts;
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => sizeOf(value) <= cutStringAt));
}

/** A value that takes at most 1 KB as JSON: a larger one becomes its beginning, as text, with its length. */
export function briefValue(value: unknown): unknown {
  if (value === undefined || fits(value)) return value;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const ending = `… (${text.length} characters)`;
  let start = text.slice(0, cutStringAt);
  while (!fits(start + ending)) start = start.slice(0, start.length * 0.8);
  return start.toWellFormed() + ending;
}

function fits(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') <= 1_024;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function shorten(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > cutStringAt
      ? `${value.slice(0, cutStringAt).toWellFormed()}… (${value.length} characters)`
      : value;
  }
  if (Array.isArray(value)) return value.slice(0, cutListAt).map(shorten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shorten(item)]));
}
