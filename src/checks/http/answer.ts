import type { Facts } from '../../kernel/check.ts';
import type { Redact } from '../facts/text.ts';
import { wholeText } from '../facts/text.ts';
import { decodeBody } from './encoding.ts';
import type { HttpOutcome } from './request.ts';

/** Deeper JSON would overflow the stack of whatever walks it later. */
const maxDepth = 100;
/** A longer text beside its own JSON could be more than a check's facts may hold; it is null then, never a part. */
const maxCharsBesideJson = 1_048_576;

/**
 * Facts of an answer, apart from its latency; texts are whole. A body that should be JSON and isn't leaves `json` out
 * and says why; a body whose content-encoding can't be undone is null.
 * Undefined = unpacked it has more than `maxBytes`.
 */
export async function answerFacts(
  answer: HttpOutcome & { kind: 'answer' },
  { method, maxBytes, redact }: { method: string; maxBytes: number; redact: Redact },
): Promise<Facts | undefined> {
  const contentType = answer.headers['content-type'] ?? '';
  const decoded = await decodeBody(answer.body, answer.headers['content-encoding'], maxBytes);
  if (decoded.kind === 'too_large') return undefined;
  const facts = {
    reachable: true,
    error: '',
    status: answer.status,
    body_bytes: decoded.kind === 'body' ? decoded.body.length : answer.body.length,
    content_type: wholeText(contentType),
    location: wholeText(redact(withoutUser(answer.headers.location ?? ''))),
  };
  if (decoded.kind === 'unreadable') return { ...facts, body: null, json_error: decoded.why };
  const raw = textOf(decoded.body, contentType);
  const bodiless = method === 'HEAD' || answer.status === 204 || answer.status === 304;
  const read: Facts = bodiless ? {} : jsonFacts(raw, contentType, redact);
  const body = 'json' in read && raw.length > maxCharsBesideJson ? null : wholeText(redact(raw));
  return { ...facts, body, json_error: '', ...read };
}

/** By the charset that the answer names, else UTF-8; without a byte-order mark. */
function textOf(body: Buffer, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new TextDecoder().decode(body);
  }
}

function jsonFacts(raw: string, contentType: string, redact: Redact): Facts {
  const declared = /\bjson\b/i.test(contentType);
  if (!declared && !/^\s*[[{]/.test(raw)) return {};
  if (depthOf(raw) > maxDepth) return { json_error: `JSON nested deeper than ${maxDepth} levels` };
  try {
    return { json: needsRewrite(raw, redact) ? rewriteStrings(JSON.parse(raw), redact) : JSON.parse(raw) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The engine's own message quotes the body, which may hold personal data.
    return declared ? { json_error: raw.trim() === '' ? 'the body is empty' : 'the body is not valid JSON' } : {};
  }
}

function depthOf(raw: string): number {
  if (raw.length < 2 * maxDepth) return 0;
  let depth = 0;
  let deepest = 0;
  for (const [token] of raw.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth -= 1;
  }
  return deepest;
}

/** Escapes can hide a secret, a NUL or half a surrogate: the store can't keep the latter two. */
function needsRewrite(raw: string, redact: Redact): boolean {
  return raw.includes('\\') || redact(raw) !== raw;
}

function rewriteStrings(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value).replaceAll('\0', '').toWellFormed();
  if (Array.isArray(value)) return value.map((item) => rewriteStrings(item, redact));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, item]) => [
    redact(key).replaceAll('\0', '').toWellFormed(),
    rewriteStrings(item, redact),
  ]);
  return Object.fromEntries(entries);
}

function withoutUser(location: string): string {
  return location.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, '$1//');
}
