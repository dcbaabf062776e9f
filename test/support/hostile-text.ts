import fc from 'fast-check';

/** Text as somebody would write it who wants to notify people, show a link, break a message or hide what it says. */

const live = [
  ...['<!channel>', '<!here>', '<!everyone>', '<!here|x>', '<@U0ANNA0001>', '<@W1>', '<#C0OPS00001>', '<!subteam^S1>'],
  ...['<!subteam^S1|@on-call>', '<!date^1763712000^{date}|x>', '<!date^1^{time}^https://evil.example|x>', '@here'],
  ...['@channel', '@everyone', '@anna', '<https://evil.example|Sign in>', '<https://evil.example>', 'http://x.example'],
  ...['HTTPS://evil.example', 'evil.example', 'mailto:a@b.example', '<mailto:a@b.example|a>', 'tel:+1-212-555-0147'],
  ...['<tel:+12125550147|x>', '[click](https://evil.example)', '![x](https://evil.example/i.png)', '<slack://open>'],
];
const encoded = [
  ...['&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;', '&#60;!channel&#62;', '&lt', '&', '&amp;', '%3C!channel%3E'],
  ...['\\u003c!channel\\u003e', '＜!channel＞', '<\u200b!channel>', '<!chan\u2060nel>', '\u202e>lennahc!<\u202c'],
];
const broken = [
  '<!chan',
  'nel>',
  '<',
  '>',
  '<<',
  '>>',
  '|',
  '<@',
  '<!',
  '<https:',
  '//',
  'https:',
  '<<!channel>>',
  '<a<!here>b>',
];
const marks = ['*', '_', '~', '`', '```', '***', '*_~`', '> ', '>>> ', '• ', '1. ', '# ', '---', ':skull:', '|a|b|'];
const odd = [
  ...[
    '\n',
    '\r\n',
    '\t',
    ' ',
    '\u00a0',
    '\u2028',
    '\0',
    '\u001b[31m',
    '\u0007',
    '\ud83d',
    '\udc00',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '\u200b',
    '\u200d',
    '\u2060',
    '\u202e',
    '\u2066',
    'Z\u0351\u036b\u0343',
    '👩‍👩‍👧‍👦',
    '🔴',
    'ﷺ',
    '𝕏',
    '漢字',
    'שלום',
    'ı',
    'ß',
  ],
];
const words = [
  'word',
  'db-main',
  'api_latency',
  'FAIL',
  'OK',
  '12.5',
  'null',
  '$(x)',
  '{{x}}',
  '%s',
  '__proto__',
  '-1',
  "'; --",
];
const secrets = [
  ...[
    'anna@example.com',
    'password=hunter2',
    '"token":"abcdef123"',
    'Bearer abc.def.123',
    'xoxb-123456-abcdef',
    '078-05-1120',
  ],
  ...[
    '+1 212 555 0147',
    'https://u:p@x.example/?sig=abc',
    'MRN: 123456',
    '4111 1111 1111 1111',
    '-----BEGIN PRIVATE KEY-----',
  ],
];

const piece = fc.constantFrom(...live, ...encoded, ...broken, ...marks, ...odd, ...words, ...secrets);
const short = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
const nested = fc
  .tuple(fc.constantFrom(...live), fc.constantFrom(...live), fc.nat({ max: 40 }))
  .map(([outer, inner, at]) => `${outer.slice(0, at)}${inner}${outer.slice(at)}`);
const long = fc
  .tuple(short, fc.integer({ min: 100, max: 15_000 }))
  .map(([text, length]) => text.repeat(Math.ceil(length / text.length)).slice(0, length));

/** Never empty: what says nothing is another matter. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: short },
  { weight: 15, arbitrary: nested },
  { weight: 22, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: long },
);
