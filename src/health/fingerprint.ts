import { createHash } from 'node:crypto';
import type { Check } from '../config/model.ts';

/** A configured check never changes: one hash each. */
const known = new WeakMap<Check, string>();

/**
 * Tells whether two configured checks ask and judge the same: type, target, rules and hold. What is known of a check says
 * nothing about another under the same id. A secret counts by its name.
 */
export function fingerprintOf(check: Check): string {
  const found = known.get(check);
  if (found) return found;
  const print = printOf(check);
  known.set(check, print);
  return print;
}

/** Tells whether two checks measure the same, however they judge it, and count the hours of the same zone. */
export function measuresOf({ type, target }: Check, zone: string): string {
  return hashOf([type, target, zone]);
}

function printOf({ type, target, fail, warn, clear, heldForMs }: Check): string {
  const rules = [fail, warn, clear].map((conditions) => conditions.map(({ source }) => source));
  return hashOf([type, target, rules, heldForMs]);
}

function hashOf(parts: unknown[]): string {
  const whole = JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'bigint' || value instanceof RegExp ? String(value) : value,
  );
  return createHash('sha256').update(whole).digest('base64url');
}
