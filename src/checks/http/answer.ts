import type { Facts } from '../../kernel/check.ts';
import type { Redact } from '../facts/text.ts';
import { cleanText } from '../facts/text.ts';
import type { HttpOutcome } from './request.ts';

const maxTextChars = 2048;
/** Deeper JSON would overflow the stack of whatever walks it later. */
const maxDepth = 100;

/** Facts of an answer, apart from its latency. A body that should be JSON and isn't leaves `json` out and says why. */
export function answerFacts(answer: HttpOutcome & { kind: 'answer' }, method: string, redact: Redact): Facts {
  const contentType = answer.headers['content-type'] ?? '';
  const raw = answer.body.toString('utf8');
  const bodiless = method === 'HEAD' || answer.status === 204 || answer.status === 304;
  return {
    reachable: true,
    error: '',
    status: answer.status,
    body_bytes: answer.body.length,
    content_type: cleanText(contentType, maxTextChars),
    location: cleanText(redact(withoutUser(answer.headers.location ?? '')), maxTextChars),
    body: cleanText(redact(raw), maxTextChars),
    json_error: '',
    ...(bodiless ? {} : jsonFacts(raw, contentType, redact)),
  };
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
