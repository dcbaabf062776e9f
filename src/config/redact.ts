import { isSecretName, redactSecrets } from '../kernel/redact.ts';

/** A value as an error may show it: short, on one line, without secrets. `key` is the name it was found under. */
export function shown(value: unknown, key?: PropertyKey): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  if (key !== undefined && isSecretName(String(key))) return 'a text that is not shown, as it may be a secret';
  const text = redactSecrets(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
