import { redact, redactDeep } from '../kernel/redact.ts';
import type { Asker, AuditEntry } from './model.ts';

/** A row of the audit as it is stored: redacted. */
export interface Payload extends AuditEntry {
  actor: string;
  request: string;
}

/** Longest JSON of `before`, of `after` and of a text; more is cut, so that one verb can't fill the database. */
const MAX_CHARS = 16_384;

/** One row as JSON with its keys in a fixed order: what the chain commits to. */
export function writePayload(asker: Asker, entry: AuditEntry): { payload: string; searchable: Searchable } {
  const searchable = {
    actor: plainText(asker.actor),
    action: plainText(entry.action),
    target: plainText(entry.target),
  };
  const payload: Payload = {
    ...searchable,
    request: plainText(asker.request),
    ...(entry.before === undefined ? {} : { before: cut(entry.before) }),
    ...(entry.after === undefined ? {} : { after: cut(entry.after) }),
    ...(entry.reason === undefined ? {} : { reason: plainText(redact(entry.reason)) }),
  };
  return { payload: JSON.stringify(payload), searchable };
}

/** What has a column of its own beside the payload. */
export type Searchable = Record<'actor' | 'action' | 'target', string>;

/** Reads what `writePayload` wrote; undefined when it is something else. */
export function readPayload(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPayload(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null) return false;
  const { actor, action, target, request, reason } = value as Partial<Payload>;
  const texts = [actor, action, target, request, reason ?? ''];
  return texts.every((text) => typeof text === 'string') && reason !== null;
}

function cut(value: unknown): unknown {
  const written = JSON.stringify(redactDeep(value), (_key, inner: unknown) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  );
  // A function has no JSON.
  if (written === undefined) return undefined;
  const json = written.replaceAll(unfit, '$1\uFFFD');
  if (json.length <= MAX_CHARS) return JSON.parse(json);
  return { cut: true, chars: json.length, start: json.slice(0, MAX_CHARS).toWellFormed() };
}

/** How JSON escapes what PostgreSQL's JSON can't read: a NUL, and half of a surrogate pair, which JSON leaves no other way. */
const unfit = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** PostgreSQL's text has no NUL and no half of a surrogate pair. */
function plainText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed().slice(0, MAX_CHARS).toWellFormed();
}
