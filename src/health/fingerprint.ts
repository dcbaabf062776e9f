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

function printOf({ type, target, fail, warn, clear, heldForMs }: Check): string {
  const rules = [fail, warn, clear].map((conditions) => conditions.map(({ source }) => source));
  const whole = JSON.stringify([type, target, rules, heldForMs], (_, value: unknown) =>
    typeof value === 'bigint' || value instanceof RegExp ? String(value) : value,
  );
  return createHash('sha256').update(whole).digest('base64url');
}
