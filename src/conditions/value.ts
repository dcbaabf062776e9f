/** Why a part of a condition has no value. */
export type Bad = { kind: 'unknown'; why: string } | { kind: 'not_yet'; why: string };

/** What came of a part of a condition. */
export type Read = { kind: 'value'; value: unknown } | Bad;

export function value(of: unknown): Read {
  return { kind: 'value', value: of };
}

export function unknown(why: string): Bad {
  return { kind: 'unknown', why };
}

/** The worst of two: unknown, then not yet, then `fallback`. */
export function worse(left: Read, right: Read, fallback: Read): Read {
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'not_yet') return left;
  if (right.kind === 'not_yet') return right;
  return fallback;
}

export type Kind = 'number' | 'string' | 'bool' | 'list' | 'object' | 'other';

/** `other` are the values that only CEL's functions make: timestamps, durations, bytes. */
export function kindOf(of: unknown): Kind {
  if (typeof of === 'number' || typeof of === 'bigint') return 'number';
  if (typeof of === 'string') return 'string';
  if (typeof of === 'boolean') return 'bool';
  if (Array.isArray(of)) return 'list';
  return isObject(of) ? 'object' : 'other';
}

/** A plain object, as JSON makes it. */
export function isObject(of: unknown): of is Record<string, unknown> {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return false;
  const prototype: unknown = Object.getPrototypeOf(of);
  return prototype === Object.prototype || prototype === null;
}

/** `a string ("false")`: what was found, for the words of a reason. */
export function describe(of: unknown): string {
  const kind = kindOf(of);
  if (kind === 'string') return `a string (${JSON.stringify(cut(String(of), 40))})`;
  if (kind === 'number' || kind === 'bool') return `a ${kind} (${String(of)})`;
  if (kind === 'list') return 'a list';
  return kind === 'object' ? 'an object' : 'a value of another type';
}

/** At most `length` characters, never half of a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
