import { createHash } from 'node:crypto';
import type { Check } from '../config/model.ts';

/**
 * Tells whether two configured checks ask and judge the same: type, target, rules and hold. What is known of a check says
 * nothing about another under the same id. A secret counts by its name.
 */
export function fingerprintOf({ type, target, fail, warn, clear, heldForMs }: Check): string {
  const rules = [fail, warn, clear].map((conditions) => conditions.map(({ source }) => source));
  const whole = JSON.stringify([type, target, rules, heldForMs], (_, value: unknown) =>
    typeof value === 'bigint' || value instanceof RegExp ? String(value) : value,
  );
  return createHash('sha256').update(whole).digest('base64url');
}
