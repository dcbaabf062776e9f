import { randomBytes } from 'node:crypto';

/** A new reference: six characters that name a request in an answer, in the log and in the audit. */
export function newRequest(): string {
  return randomBytes(3).toString('hex').toUpperCase();
}
