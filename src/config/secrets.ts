import { readFileSync } from 'node:fs';
import { Unmeasured } from '../kernel/check.ts';
import { maskAlways } from '../kernel/redact.ts';
import { type Reveal, Secret } from '../kernel/secret.ts';

/**
 * The value of variable NAME, else the trimmed content of the file that NAME_FILE names; undefined when neither holds
 * anything. Throws the file system's error when the file can't be read.
 */
export function readSecret(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const value = env[name]?.trim();
  if (value) return value;
  const file = env[`${name}_FILE`]?.trim();
  if (!file) return undefined;
  return readFileSync(file, 'utf8').trim() || undefined;
}

/**
 * Reveals secrets from the environment, read again at each use so that a rotated file counts at once. What was revealed is
 * masked from then on in all that leaves the process.
 */
export function makeReveal(env: NodeJS.ProcessEnv): Reveal {
  return (value) => {
    if (!(value instanceof Secret)) return value;
    const revealed = reveal(value.name, env);
    maskAlways(revealed);
    return revealed;
  };
}

function reveal(name: string, env: NodeJS.ProcessEnv): string {
  const next = `set ${name}, or ${name}_FILE to a file that holds it`;
  let value: string | undefined;
  try {
    value = readSecret(name, env);
  } catch (cause) {
    throw new Unmeasured('no_credentials', `secret ${name}: its file can't be read (${errorCode(cause)})`, {
      next,
      cause,
    });
  }
  if (value === undefined) throw new Unmeasured('no_credentials', `secret ${name} is not set`, { next });
  return value;
}

/** `ENOENT`, `EACCES`…; the message of anything else. */
export function errorCode(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}

/** Names of all secrets that a parsed value refers to, sorted. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (part instanceof Secret) names.add(part.name);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit);
  };
  visit(value);
  return [...names].sort();
}

/** Whether a secret has a value now. */
export function isSet(name: string, env: NodeJS.ProcessEnv): boolean {
  try {
    return readSecret(name, env) !== undefined;
  } catch {
    // An unreadable file is a secret without a value; the check that needs it says why.
    return false;
  }
}
