import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseOps } from '../../../src/config/load.ts';
import { ConfigError, formatProblems } from '../../../src/config/problems.ts';
import { options, problemsOf } from './sample.ts';

const tenErrors = `team: {zone: Amerika/New_York}
slak: {daily: "#ops"}
roles: {oparator: ["@platform"]}
checks:
  - id: Main_DB
    database: {dsn: "postgres://me:sesame@db/main"}
  - id: api
    web: {url: nope}
    every: 5 minutes
    depends_on: [apii]
  - id: site
    web: {url: "https://a.example"}
    fail: ["status != 200", "statuss > 1"]
maintenance:
  - {id: patch, match: {group: general}, cron: "61 4 * * 0", for: 45m}
`;

test('ten errors are reported at once, each with file, line, path, found and allowed', () => {
  const problems = problemsOf(tenErrors);
  expect(problems.map(({ file, line, path, found }) => [`${file}:${line}`, path, found])).toEqual([
    ['ops.yml:1', 'team.zone', '"Amerika/New_York"'],
    ['ops.yml:2', 'slak', 'unknown key "slak"'],
    ['ops.yml:3', 'roles.oparator', 'unknown key "oparator"'],
    ['ops.yml:5', 'checks[0].id', '"Main_DB"'],
    ['ops.yml:6', 'checks[0].database.dsn', 'a secret in plain text (not shown)'],
    ['ops.yml:8', 'checks[1].web.url', '"nope"'],
    ['ops.yml:9', 'checks[1].every', '"5 minutes"'],
    ['ops.yml:10', 'checks[1].depends_on[0]', 'unknown check "apii"'],
    ['ops.yml:13', 'checks[2].fail[1]', 'unknown fact "statuss"'],
    ['ops.yml:15', 'maintenance[0].cron', '"61 4 * * 0"'],
  ]);
  for (const { allowed } of problems) expect(allowed).not.toBe('');
  expect(formatProblems(problems)).not.toContain('sesame');
});

test('a problem names its check and is three lines', () => {
  expect(formatProblems(problemsOf(tenErrors)).split('\n').slice(-6, -3)).toEqual([
    'ops.yml:13  checks[2] (site).fail[1]',
    '  found: unknown fact "statuss"',
    '  allowed: this check has: status, latency_ms',
  ]);
});

test('a duplicate key does not hide the other mistakes', () => {
  const text = 'team: {name: A}\nteam: {nmae: B}\nchecks: [{id: a, wep: {}}]\n';
  expect(problemsOf(text).map(({ line, found }) => [line, found])).toEqual([
    [2, 'Map keys must be unique'],
    [2, 'unknown key "nmae"'],
    [3, 'unknown check type "wep"'],
  ]);
});

/** Parses; anything but a config or a ConfigError with complete problems fails the test. */
function survives(text: string): void {
  try {
    parseOps(text, 'ops.yml', options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { line, found, allowed } of error.problems) {
      expect(line).toBeGreaterThan(0);
      expect(found).not.toBe('');
      expect(allowed).not.toBe('');
    }
  }
}

test('no text makes it throw anything but a ConfigError', () => {
  const noise = fc.string({
    unit: fc.constantFrom(...'abc:-{}[]&*!|>"\'#%@,?\n  \t01.~', 'checks:\n', '<<: ', '*a', '&a ', '__proto__', '"'),
    maxLength: 200,
  });
  fc.assert(fc.property(noise, survives), { numRuns: 500 });
});

const words = [
  'id',
  'web',
  'url',
  'fail',
  'group',
  'secret',
  'match',
  'cron',
  'override',
  '__proto__',
  'api',
  'off',
  '5m',
];
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...words, 'status > 1', '0 4 * * 0', 'https://a.example', null, true, 0, 1.5, Number.NaN),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words, ...words, 'constructor', ''), tie('any'), { maxKeys: 5 }),
  ),
})).any;

test('no data in any section makes it throw anything but a ConfigError', () => {
  const section = fc.constantFrom('version team slack roles defaults groups maintenance scripts limits x'.split(' '));
  const config = section.chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }),
  );
  const check = fc.record(
    Object.fromEntries(
      ['web', 'database', 'script', 'every', 'stale_after', 'depends_on', 'fail', 'warn', 'defaults', 'override'].map(
        (name) => [name, value],
      ),
    ),
    { requiredKeys: [] },
  );
  const checks = fc.oneof(
    value,
    fc.array(
      fc.oneof(
        value,
        check.map((fields) => ({ id: 'api', ...fields })),
      ),
    ),
  );
  fc.assert(
    fc.property(config, checks, (rest, list) => survives(stringify({ ...rest, checks: list }))),
    { numRuns: 500 },
  );
});
