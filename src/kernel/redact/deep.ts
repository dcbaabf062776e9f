import { isSecretName } from './names.ts';
import { isNoValue } from './pairs.ts';
import { redact } from './text.ts';

const maxDepth = 64;

/**
 * A copy of plain data with every text redacted, keys included; a value under the name of a secret is masked whole.
 * Dates stay, maps, sets and errors become plain data, what refers back to itself `[circular]`.
 */
export function redactDeep(value: unknown): unknown {
  return copy(value, '', []);
}

function copy(value: unknown, key: string, above: readonly object[]): unknown {
  if (typeof value === 'string') return text(value, key);
  if (typeof value === 'number' || typeof value === 'bigint') return number(value, key);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= maxDepth) return '[too deep]';
  const here = [...above, value];
  if (Array.isArray(value)) return value.map((item) => copy(item, key, here));
  if (value instanceof Set) return [...value].map((item) => copy(item, key, here));
  if (value instanceof Map)
    return members(
      [...value].map(([name, item]) => [String(name), item]),
      here,
    );
  if (value instanceof Error) return members(errorMembers(value), here);
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), key, here);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return members(Object.entries(value), here);
}

function members(entries: [string, unknown][], above: readonly object[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(([name, item]) => [redact(name), copy(item, name, above)]));
}

function errorMembers(error: Error): [string, unknown][] {
  return [['name', error.name], ['message', error.message], ['stack', error.stack], ...Object.entries(error)];
}

function text(value: string, key: string): string {
  if (value === '' || key === '') return redact(value);
  if (isSecretName(key)) return isNoValue(value, key) ? redact(value) : '***';
  return keyed(value, key);
}

/** A number is masked only for the name it stands under: counts and times are numbers too. */
function number(value: number | bigint, key: string): unknown {
  const written = String(value);
  if (isSecretName(key) && !isNoValue(written, key)) return '***';
  const shown = keyed(written, key);
  return shown === written ? value : shown;
}

/** `phone`, `ssn`, `mrn`, `dob` tell what a bare number is: it is read with its name before it. */
function keyed(value: string, key: string): string {
  const redacted = redact(value);
  if (redacted !== value || !/^[\w +()./-]{2,40}$/.test(value) || !/^[\w -]{2,40}$/.test(key)) return redacted;
  const line = `${key}: ${value}`;
  const shown = redact(line);
  return shown.startsWith(`${key}: [`) ? shown.slice(key.length + 2) : redacted;
}
