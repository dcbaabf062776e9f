/** Secrets that are known by their look, wherever they stand. Each pattern is linear: a mask keeps the kind's prefix. */

/** Slack, GitHub, GitLab, Stripe, Google, npm, Docker, Datadog and others that begin with their kind. */
const prefixed = new RegExp(
  `(?<![A-Za-z0-9])(${[
    'xox[a-z]-',
    'xoxe\\.xox[bp]-',
    'xapp-',
    'xwfp-',
    'gh[pousr]_',
    'github_pat_',
    'gl(?:pat|dt|rt|ptt|cbt|ft|oas|soat|imt|agent)-',
    'glsa_',
    '[rs]k_(?:live|test)_',
    'whsec_',
    'ya29\\.',
    'GOCSPX-',
    'npm_',
    'pypi-',
    'hv[sbr]\\.',
    'dckr_pat_',
    'dop_v1_',
    'ddapp_',
    'ddapi_',
    'shp(?:at|ca|ss)_',
    'lin_api_',
    'sk-(?:ant-|proj-)?',
    'SG\\.',
    'AGE-SECRET-KEY-',
    'eyJ',
  ].join('|')})`,
  'g',
);

/** Without one of these no prefix is there. */
const prefixChar = /[-_.]|eyJ/;
const fixedStart = /A[KSBC][IC]A|AIza|u\+|R0|SK/;

/** How long the rest must be where the prefix alone could begin an ordinary word. */
const least: Record<string, number> = { npm_: 20, 'pypi-': 40, 'sk-': 20, 'SG.': 30, glsa_: 20, eyJ: 8, 'ya29.': 12 };

/** Where ordinary names begin in the same way (`sk-prod-eu-west-1`, `hvs.prod.example.com`): a real one looks random. */
const ambiguous = /^(?:sk-|npm_|hv[sbr]\.|xapp-|SG\.|pypi-|lin_api_)/;

/** Whether a part of it mixes digits with capitals and small letters, or digits with letters at length. */
function looksRandom(token: string): boolean {
  if (/^\d-[A-Z0-9]{5,}-\d/.test(token)) return true;
  return token.split(/[-_.]/).some((part) => {
    if (part.length < 8 || !/\d/.test(part)) return false;
    return part.length >= 20 ? /[a-z]/i.test(part) : /[a-z]/.test(part) && /[A-Z]/.test(part);
  });
}

/** Kinds of a fixed length: AWS key ids, Google API keys, PagerDuty's two, Twilio. */
const fixed = [
  /(?<![A-Za-z0-9])(AKIA|ASIA|ABIA|ACCA)(?:[A-Z0-9]{6,128}|\.{3}[A-Z0-9]+)/g,
  /(?<![\w-])(AIza)[\w-]{30,45}/g,
  /(?<![\w+-])(u\+)[\w-]{18}(?![\w-])/g,
  /(?<![A-Za-z0-9])(R0)(?=[A-Z]*\d)[0-9A-Z]{30}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])(SK)[0-9a-f]{32}(?![A-Za-z0-9])/g,
];

const pemStart = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?!\*\*\*)/g;
const pemEnd = /-----END [A-Z0-9 ]{1,60}-----/y;
/** Of what a key's body consists, also as one line with `\\n` in it. */
const pemBody = /(?:[\w+/=\s\\:,.()*]|-(?!----))*/y;

/** Slack's addresses that work without a token: incoming webhooks, answers to commands and buttons. */
const hook = /(hooks\.slack\.com\/(?:services|workflows|triggers|commands|actions|app)\/)(?!\*{3})[\w./-]+/g;

/** `\u2060`: escaped text has a word joiner behind the colon of an address. */
const urlPassword = /(?<=:\u2060?\/\/)([^\s/:@"'`<>]*:)[^\s/"'`<>]+(?=@)/g;
const urlToken = /(?<=:\u2060?\/\/)[\w.~-]{20,}(?=@)/g;
const signed = /([?&;](?:X-Amz-(?:Signature|Security-Token|Credential)|sig|signature)=)[^\s&"'`<>|;]+/gi;

const keyed = /([?&;]key=)([\w-]{8,200})(?![\w./%-])/gi;
/** Names and numbers in a row: `orders-2026-11`, `OPS-12345`. */
const slug = /^(?:[a-z]+|\d+)(?:[-_](?:[a-z]+|\d+))*$/i;

/** The text with every secret known by its look masked. */
export function maskTokens(text: string): string {
  let masked = text;
  if (masked.includes('-----BEGIN')) masked = maskKeys(masked);
  if (prefixChar.test(masked)) masked = maskPrefixed(masked);
  if (fixedStart.test(masked)) for (const pattern of fixed) masked = masked.replace(pattern, '$1***');
  if (masked.includes('key=')) {
    masked = masked.replace(keyed, (whole, name: string, key: string) => (slug.test(key) ? whole : `${name}***`));
  }
  if (masked.includes('//')) {
    masked = masked
      .replace(hook, '$1***')
      .replace(urlPassword, '$1***')
      .replace(urlToken, '***')
      .replace(signed, '$1***');
  }
  return masked;
}

const rest = /[\w.-]+/y;

/** The rest of each token is looked at once and cut out by hand: it may be of any length. */
function maskPrefixed(text: string): string {
  let out = '';
  let at = 0;
  let end = 0;
  prefixed.lastIndex = 0;
  for (let match = prefixed.exec(text); match; match = prefixed.exec(text)) {
    const prefix = match[0];
    const from = prefixed.lastIndex;
    // One word may begin with a prefix many times: its end is looked for once.
    if (from >= end) {
      rest.lastIndex = from;
      end = from + (rest.exec(text)?.[0].length ?? 0);
    }
    if (end - from < (least[prefix] ?? 6)) continue;
    if (ambiguous.test(prefix) && !looksRandom(text.slice(from, Math.min(end, from + 200)))) continue;
    out += `${text.slice(at, from)}***`;
    at = end;
    prefixed.lastIndex = at;
  }
  return at === 0 ? text : out + text.slice(at);
}

/** Private keys, to their end or as far as they look like one. */
function maskKeys(text: string): string {
  let out = '';
  let at = 0;
  pemStart.lastIndex = 0;
  while (pemStart.exec(text)) {
    const from = pemStart.lastIndex;
    pemBody.lastIndex = from;
    const to = from + (pemBody.exec(text)?.[0].length ?? 0);
    pemEnd.lastIndex = to;
    out += `${text.slice(at, from)}***`;
    at = pemEnd.test(text) ? pemEnd.lastIndex : to;
    pemStart.lastIndex = at;
  }
  return at === 0 ? text : out + text.slice(at);
}

const schemes = /(?<![A-Za-z0-9])(bearer|basic)([ \t]{1,3})(["']?)([\w.~+/=*-]{6,})/gi;
/** What prose puts behind the name of a scheme. */
const prose =
  /^(?:auth\w*|tokens?|realm\w*|errors?|schemes?|credentials?|challenges?|headers?|access|requests?|required|missing|invalid|expired|plans?|checks?|tier|support|monitoring)$/i;

/** `Bearer …` and `Basic …` with what follows masked, unless it is a word of prose. */
export function maskAuth(text: string): string {
  return text.replace(schemes, (whole, scheme: string, space: string, quote: string, value: string) => {
    const plain = prose.test(value.replace(/=+$/, '')) || value.endsWith('***');
    const basic = scheme.toLowerCase() === 'basic';
    if (plain || (basic && whole.length < text.length && !looksEncoded(value))) return whole;
    return `${scheme}${space}${quote}***`;
  });
}

/** Base64 has digits, `=` or capitals inside; a word of prose doesn't. */
function looksEncoded(value: string): boolean {
  return /\d|=|[a-z][A-Z]/.test(value);
}
