import { holdsSecret, isSecretName } from '../kernel/redact.ts';
import type { Mistake, Path } from './mistake.ts';
import { isMap } from './mistake.ts';

/** Secrets written in plain text into the parameters of a check: by the name of the key, or by the look of the value. */
export function findInlineSecrets(value: unknown, path: Path): Mistake[] {
  if (Array.isArray(value)) return value.flatMap((entry, at) => findInlineSecrets(entry, [...path, at]));
  if (isReference(value)) return [];
  if (isMap(value)) return Object.entries(value).flatMap(([key, entry]) => findInlineSecrets(entry, [...path, key]));
  if (typeof value !== 'string' || value === '') return [];
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  if (!isSecretName(key) && !holdsSecret(value)) return [];
  if (/^https?:/i.test(value) && !isSecretName(key)) {
    const allowed = 'a URL without user and password; for http: headers: {authorization: {secret: NAME}}';
    return [{ path, found: 'a URL with a secret in it (not shown)', allowed }];
  }
  return [
    {
      path,
      found: 'a secret in plain text (not shown)',
      allowed: `a reference such as {secret: ${variableFor(path, key)}}: put the value into that environment variable`,
    },
  ];
}

function isReference(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && typeof value.secret === 'string';
}

/** A likely name: `checks[2].http.headers.authorization` → HTTP_AUTHORIZATION. */
function variableFor(path: Path, key: string): string {
  const type = path.find((part, at) => at > 1 && typeof part === 'string') ?? '';
  const name = [...new Set([String(type), key])].join('_').toUpperCase();
  return name.replace(/[^A-Z0-9]+/g, '_').replace(/^[^A-Z]+/, '');
}
