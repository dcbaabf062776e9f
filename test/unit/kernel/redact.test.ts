import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { escapeSlack } from '../../../src/kernel/escape.ts';
import { maskAlways, redact, redactDeep, redactSecrets } from '../../../src/kernel/redact.ts';
import { redactionCorpus } from '../../support/redaction-corpus.ts';

const corpus = redactionCorpus();
const positives = corpus.filter(({ secrets }) => secrets.length > 0);
const oneKind = /^(?:e-mail|password|auth|token)$/;

describe('redact', () => {
  it('finds a secret wherever it stands in a text', () => {
    const one = fc.constantFrom(...positives.filter(({ family }) => oneKind.test(family)));
    const around = fc.constantFrom(...corpus.filter(({ secrets }) => secrets.length === 0).map(({ line }) => line));
    fc.assert(
      fc.property(around, one, around, (before, { line, secrets }, after) => {
        const shown = redact(`${before}\n${line}\n${after}`);
        expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds e-mail, passwords in addresses and tokens in text that is escaped for Slack', () => {
    const escaped = positives.filter(({ family, line }) => oneKind.test(family) && !/['"`_*~]/.test(line));
    expect(escaped.length).toBeGreaterThan(60);
    for (const { line, secrets } of escaped) {
      const shown = redact(escapeSlack(line));
      expect(
        secrets.filter((secret) => shown.includes(escapeSlack(secret))),
        line,
      ).toEqual([]);
    }
  });

  it('changes a redacted text no more', () => {
    const pieces = fc.constantFrom(
      ...positives.map(({ line }) => line),
      ...positives.flatMap(({ secrets }) => secrets),
      ...[
        'password=',
        'token: "',
        '***',
        '∗∗∗',
        '[e-mail]',
        '@',
        '://',
        ':',
        '=',
        ' ',
        '\n',
        '"',
        "'",
        '\\',
        '+',
        '1',
        'a',
        '.',
      ],
      ...['-----BEGIN PRIVATE KEY-----', 'Authorization: ', 'Bearer ', 'cookie: a=b', 'MRN ', 'phone ', 'ssn ', 'dob '],
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const once = redact(given);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps secrets masked and personal data visible where only its owner reads', () => {
    expect(redactSecrets('owner: a@b.example, password=hunter2')).toBe('owner: a@b.example, password=***');
  });
});

/** Of each, a megabyte: what makes a careless pattern look at the same characters again and again. */
const adversarial = [
  ...[
    'a',
    '1',
    '-',
    ' ',
    '@',
    'a@',
    'a.',
    'a@b.',
    'a-',
    '%40',
    '+1',
    '1 ',
    '1-',
    '://',
    '://a:',
    'a:b@',
    '://a:b',
    '_',
    '\\',
    '"',
  ],
  ...[
    'password',
    'password=',
    'password="',
    'password: ',
    'password `',
    "password='",
    'token="\\',
    'cookie: ',
    'cookie: a=b;',
  ],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----END ',
    '-----',
    'eyJ',
    'xoxb-',
    'sk-',
    'SG.',
    'bearer ',
    'basic aaaaaa ',
    '[ "',
  ],
  ...[
    'mrn',
    'mrn ',
    'patient id ',
    'ssn ',
    'phone ',
    'phone 1',
    'born ',
    'call 12 ',
    'reach a',
    "identified by '",
    'dob 1/',
  ],
  ...[
    'Key (',
    'Key (a)=(',
    'failing row contains (',
    "Duplicate entry '",
    '4111 ',
    '4111',
    '555-',
    '(555) ',
    '0049 ',
    'AKIA',
  ],
  ...[
    'authorization: bearer ',
    'hooks.slack.com/services/',
    '&sig=',
    'é',
    '\u2060',
    '\u2060@',
    '--token ',
    '{',
    'R0',
    'u+',
    '-u ',
    '-u a:',
    '?key=',
    '?key=a-1-',
    'password=a&',
    'pass=',
    'x\u200b',
  ],
];

test.each(adversarial)('a megabyte of %j takes time in proportion to its length', (unit) => {
  const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
  const startedAt = performance.now();
  redact(text);
  // Quadratic time would be minutes; a busy machine may need ten times what an idle one does.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

describe('redactDeep', () => {
  it('masks by the name a value stands under, and leaves numbers and dates alone', () => {
    const at = new Date(0);
    expect(
      redactDeep({
        password: 12_345_678,
        token: 'abcdef',
        phone: 5_551_234_567,
        ssn: '123456789',
        mrn: 48_213,
        dob: '1980-02-03',
        credentials: { user: 'x', password: 'y' },
        tokens: ['abc', 'def'],
        list: ['a@b.example', 5, null, true],
        'a@b.example': 1,
        secret: 'API_TOKEN',
        count: 2_125_550_147,
        at,
      }),
    ).toEqual({
      password: '***',
      token: '***',
      phone: '[phone]',
      ssn: '[ssn]',
      mrn: '[mrn]',
      dob: '[date of birth]',
      credentials: { user: 'x', password: '***' },
      tokens: ['***', '***'],
      list: ['[e-mail]', 5, null, true],
      '[e-mail]': 1,
      secret: 'API_TOKEN',
      count: 2_125_550_147,
      at,
    });
  });

  it('takes errors, maps, sets, buffers, and what refers to itself', () => {
    const loop: Record<string, unknown> = { name: 'x' };
    loop.self = loop;
    expect(redactDeep(loop)).toEqual({ name: 'x', self: '[circular]' });
    expect(redactDeep(new Map([['password', 'x']]))).toEqual({ password: '***' });
    expect(redactDeep(new Set(['a@b.example']))).toEqual(['[e-mail]']);
    expect(redactDeep({ body: Buffer.from('x') })).toEqual({ body: { type: 'Buffer', data: [120] } });
    expect(redactDeep(new Error('for a@b.example'))).toMatchObject({ message: 'for [e-mail]' });
  });

  it('never throws, and changes redacted data no more', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true }), (value) => {
        const once = redactDeep(value);
        expect(redactDeep(once)).toEqual(once);
      }),
    );
  });
});

describe('what is known to be secret', () => {
  it('is masked wherever it stands, the longest first; what is short or public is not', () => {
    maskAlways('opensesame', undefined, 'short', ' opensesame-and-more\n', 'postgres');
    expect(redact('opensesame-and-more, opensesame, short, postgres')).toBe('***, ***, short, postgres');
    maskAlways('a+b(c)*d.e[1]');
    expect(redact('x a+b(c)*d.e[1]y')).toBe('x ***y');
    expect(redactSecrets('opensesame')).toBe('***');
  });

  it('is found in data too: in keys, numbers, errors', () => {
    maskAlways('hailhydra', '4815162342');
    expect(redactDeep({ hailhydra: 1, number: 4_815_162_342, error: new Error('hailhydra!') })).toMatchObject({
      '***': 1,
      number: '***',
      error: { message: '***!' },
    });
  });

  it('is found as it is written in an address, and escaped for Slack', () => {
    maskAlways('z*&<@8/:_k~`9', 'https://x:p%26ssw0rd9@db');
    for (const said of ['z*&<@8/:_k~`9', 'p&ssw0rd9'])
      for (const text of [said, escapeSlack(said), encodeURIComponent(said)])
        expect([redact(text), redact(`(${text})`)], text).toEqual(['***', '(***)']);
  });

  it('of plain words is no part of a longer name', () => {
    maskAlways('clinicmain');
    expect(redact('clinicmain-db, my-clinicmain, clinicmains; clinicmain.')).toBe(
      'clinicmain-db, my-clinicmain, clinicmains; ***.',
    );
  });

  it('costs little with many values and much text', () => {
    maskAlways(...Array.from({ length: 200 }, (_, at) => `value-${at}-${'x'.repeat(40)}`));
    const startedAt = performance.now();
    redact('everything is as it should be, value- '.repeat(25_000));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('characters that hide something', () => {
  it.each([
    ['pass\u200bword=hunter2', 'password=***'],
    ['pwd\u200b=\u200bhunter2', 'pwd=***'],
    ['password:\u200b hunter2x', 'password: ***'],
    ['api_\u00adkey=k3y9f8e7d', 'api_key=***'],
    ['pass\u2060word=hunter2', 'password=***'],
    ['token:\u2060s3cr3t99', 'token:***'],
    ['t\u202eoken=9f8e7d6c5b', 'token=***'],
    ['anna@\u2060\u200bexample.com', '[e-mail]'],
    ['xo\u{e0041}xb-123456-abcdef', 'xoxb-***'],
    ['\u202elive\u2066 \u200fok', 'live ok'],
  ])('hide nothing in %j', (text, shown) => {
    expect(redact(text)).toBe(shown);
    expect(redact(escapeSlack(text))).toBe(shown);
  });

  it('stay where they belong: in emoji, in other scripts, in escaped addresses', () => {
    for (const kept of [
      '👩\u200d👩\u200d👧 on call',
      'می\u200cخواهم',
      escapeSlack('see https://x.example, mailto:x, @x'),
    ])
      expect(redact(kept)).toBe(kept);
  });
});
