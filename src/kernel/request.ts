import { randomBytes, randomUUID } from 'node:crypto';

/** A new reference: six characters that name a request in an answer, in the log and in the audit. */
export function newRequest(): string {
  return randomBytes(3).toString('hex').toUpperCase();
}

/** What must happen once for what was asked is keyed by this, however often Slack delivers it. */
export function keyOf({ key }: { key?: string }): string {
  return key ?? `command:${randomUUID()}`;
}
