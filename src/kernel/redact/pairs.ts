import { isSecretName, secretWords } from './names.ts';

/** Secrets known by the name in front of them: `password=…`, `"api_key": "…"`, `Authorization: …`, `--token …`. */

const named = new RegExp(
  `(?:${secretWords})(\\\\{0,3}["'\`]?\\]?)([ \\t]{0,4}(?:=>|:=|[:=])[ \\t]{0,4}|[ \\t]{1,4}(?:is[ \\t]|was[ \\t])?)`,
  'gi',
);
const nameChars = /[\w.-]*$/;
/** Also the first of a list. */
const quoteAt = /(?:\[ ?)?(\\{0,3})(["'`])/y;
const schemeAt = /(?:bearer|basic|token|digest|negotiate|apikey|hmac|aws4-hmac-sha256)[ \t]+/iy;
const cookieAt = /[^\s;"'`,\\]+(?:;[ \t]*[^\s;"'`,\\=]+=[^\s;"'`,\\]*)*/y;
/** An `&` ends a value when the next pair of an address follows it, or nothing does. */
const wordAt = /(?:[^\s&;"'`<>|\\]|&(?:amp;)?(?!amp;|[lg]t;|[\w.%[\]-]{1,40}=)(?=[\w!#$%*+.@^~-]))+/y;

/** What stands for a value and is none: variables, placeholders, masks, words of prose and types. */
const placeholder = /^(?:\$(?:[A-Z_]{2,}|[{(]|\d{1,3}$)|%[sdvr({]|\{|<|&lt;|\?$|[*∗•x.…]{2,}$|\[[\w -]+\]?$|=)/i;
const proseWords =
  /^(?:null|nil|none|nothing|true|false|undefined|unset|empty|missing|required|optional|invalid|expired|wrong|passed|failed|skipped|ok|yes|no|not|is|in|of|the|an?|for|from|to|and|or|string!?|str|text|varchar|secret|hidden|redacted|masked|changed|unchanged|rotated|revoked|denied|rejected|accepted|disabled|enabled|default|unknown|present|absent|bearer|basic|same-origin|include|omit)[,.:;)]*$/i;
const address = /^[a-z][a-z0-9+.-]{1,20}:\u2060?\/\//i;
const path = /^(?:\.{0,2}|~)\/[a-z0-9._-]+(?:\/[a-z0-9._-]+)+$/;
const code =
  /^(?:os\.environ|process\.env|env\.|secrets?\.|vault[:.]|var\.|self\.|this\.|config\.|data\.)|\($|\(\)|^\w+\(/;

interface Found {
  name: string;
  /** `=` without spaces, as in an address, a log field, a connection string. */
  tight: boolean;
  /** The name begins its line, as in YAML. */
  first: boolean;
}

export function maskPairs(text: string): string {
  let out = '';
  let at = 0;
  named.lastIndex = 0;
  for (let match = named.exec(text); match; match = named.exec(text)) {
    const from = named.lastIndex;
    const [, close = '', separator = ''] = match;
    const found = nameBefore(text, match.index, from - separator.length - close.length, separator);
    const span = found && valueSpan(text, from, found);
    if (!span) continue;
    out += `${text.slice(at, span.from)}***`;
    at = span.to;
    named.lastIndex = at;
  }
  return at === 0 ? text : out + text.slice(at);
}

/** The whole name that ends with the word found, when it names a secret and what follows it can be a value. */
function nameBefore(text: string, index: number, end: number, separator: string): Found | undefined {
  const lead = nameChars.exec(text.slice(Math.max(0, index - 40), index))?.[0] ?? '';
  const name = lead + text.slice(index, end);
  if (!isSecretName(name)) return undefined;
  const before = text.slice(Math.max(0, index - lead.length - 16), index - lead.length);
  // `arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-main`
  if (/:\d{12}:$/.test(before)) return undefined;
  const flag = name.startsWith('--');
  const spoken = /^[ \t]+(?:is|was)/.test(separator);
  if (separator.trim() === '' && !flag && !/^(?:password|passwd)$|[-_]/i.test(name)) return undefined;
  return {
    name: separator.trim() === '' && !flag ? `${name} ` : name,
    tight: separator === '=' || flag,
    first: !spoken && /(?:^|\n|\\n)[ \t]*(?:- )?(?:export )?\\{0,3}["']?$/.test(before),
  };
}

function valueSpan(text: string, from: number, found: Found): { from: number; to: number } | undefined {
  quoteAt.lastIndex = from;
  const quote = quoteAt.exec(text);
  if (quote) return quotedSpan(text, quoteAt.lastIndex, quote[1] ?? '', quote[2] ?? '', found);
  if (found.name.endsWith(' ')) return randomSpan(text, from, found.name);
  if (/cookie$/i.test(found.name)) {
    cookieAt.lastIndex = from;
    const cookies = cookieAt.exec(text)?.[0];
    return cookies?.includes('=') ? { from, to: from + cookies.length } : undefined;
  }
  const start = /authorization$/i.test(found.name) ? afterScheme(text, from) : from;
  wordAt.lastIndex = start;
  const word = wordAt.exec(text)?.[0] ?? '';
  const value = word.replace(/[,.:)\]}]+$/, '');
  if (value === '' || !isValue(value, found, text, start + word.length, start > from)) return undefined;
  return { from: start, to: start + value.length };
}

/**
 * Without a separator only a quoted value is one (`ALTER ROLE x PASSWORD 'y'`), and what is surely random behind a name
 * of several words (`aws_secret_access_key wJalr…`).
 */
function randomSpan(text: string, from: number, name: string) {
  randomAt.lastIndex = from;
  const value = /[-_]/.test(name) ? (randomAt.exec(text)?.[0] ?? '') : '';
  return /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value) ? { from, to: from + value.length } : undefined;
}
const randomAt = /[A-Za-z0-9+/_=]{20,}(?![\w.-])/y;

function afterScheme(text: string, from: number): number {
  schemeAt.lastIndex = from;
  return schemeAt.test(text) ? schemeAt.lastIndex : from;
}

/** To the closing quote, written with as many backslashes as the opening one; else to the end of the line. */
function quotedSpan(text: string, from: number, slashes: string, quote: string, found: Found) {
  const close = slashes + quote;
  let to = from;
  for (; to < text.length && text[to] !== '\n'; to += 1) {
    if (text.startsWith(close, to)) break;
    if (text[to] === '\\' && slashes === '') to += 1;
  }
  to = Math.min(to, text.length);
  const start = /authorization$/i.test(found.name) ? Math.min(afterScheme(text, from), to) : from;
  if (to - start > 80) return { from: start, to };
  const value = text.slice(start, to);
  if (value === '' || isNoValue(value, found.name)) return undefined;
  // `unexpected token: "}"`
  if (/tokens?$/i.test(found.name) && value.length < 4) return undefined;
  return { from: start, to };
}

/** Whether a text under the name of a secret stands for one without being it. */
export function isNoValue(value: string, name: string, tight = false): boolean {
  if (placeholder.test(value) || proseWords.test(value) || address.test(value) || path.test(value)) return true;
  if (value === name || /^[*∗]{3}|[*∗]{3}$/.test(value)) return true;
  if (/^secrets?$/i.test(name)) return variable.test(value) || (!tight && resource.test(value));
  if (/tokens?$/i.test(name)) return /^\d{1,10}$/.test(value);
  if (/^pwd$/i.test(name)) return /^[/~][\w./@+-]*$/.test(value);
  return counter.test(name) && count.test(value);
}
/** `pass=12 fail=0`, `"pass": "62 of 64"`, `pass: 120ms`. */
const counter = /^(?:(?:tests?|checks?|results?|summary|counts?|total|num|n)[-_.])?pass$/i;
const count = /^\d{1,6}(?:\.\d{1,3})?(?:%|ms|s|m|h|min|(?:\/| of )\d{1,6})?$/;
/** `PASS: tests/checkout.sh`, as runners of tests write it. */
const testName = /^test|[-_/.]/i;
/** `{secret: API_TOKEN}` and `secret: db-main` name where a secret is kept. */
const variable = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{1,12})$/;
const resource = /^[a-z][a-z0-9]*(?:[-/][a-z0-9]+)+$/;

function isValue(value: string, found: Found, text: string, end: number, hasScheme: boolean): boolean {
  if (isNoValue(value, found.name, found.tight) || code.test(value)) return false;
  if (found.tight || hasScheme) return true;
  if (found.name === 'PASS' && testName.test(value)) return false;
  if (value.length < 4) return false;
  const secretive = /\d/.test(value)
    ? /[a-z]/i.test(value) || isPassword(found.name)
    : /[!@#$%^+=]|[a-z][A-Z]/.test(value);
  if (secretive || /^[\w+/=-]{24,}$/.test(value)) return true;
  const last = end >= text.length || /^[ \t]*(?:\r?\n|\\[rn]|$)/.test(text.slice(end, end + 8));
  return found.first && last;
}

function isPassword(name: string): boolean {
  return /pass(?:wor)?d$|pass$|pwd$|phrase$|code$/i.test(name);
}
