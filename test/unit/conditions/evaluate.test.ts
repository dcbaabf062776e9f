import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Condition } from '../../../src/conditions/model.ts';
import type { FactSpecs, Facts } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  status: { type: 'number', help: 'HTTP status' },
  latency_ms: { type: 'number', unit: 'ms', help: 'time to the last byte' },
  name: { type: 'string', help: 'name' },
  up: { type: 'bool', help: 'it is up' },
  stopped: { type: 'list', help: 'stopped services' },
  deadlocks_per_min: { type: 'number', help: 'rate', rate: true },
  json: { type: 'json', help: 'body' },
};

function compile(when: string): Condition {
  const compiled = compileCondition({ when }, specs);
  if (!compiled.ok) throw new Error(`${compiled.problem.found} / ${compiled.problem.allowed}`);
  return compiled.condition;
}

function evaluate(when: string, facts: Facts): string {
  const result = compile(when).evaluate(facts);
  return 'why' in result ? `${result.kind}: ${result.why}` : result.kind;
}

const decided: [string, Facts, 'true' | 'false'][] = [
  ['status != 200', { status: 503 }, 'true'],
  ['status != 200', { status: 200 }, 'false'],
  ['status == 200.0', { status: 200 }, 'true'],
  ['200 == status', { status: 200 }, 'true'],
  ['latency_ms * 2 > 500', { latency_ms: 251 }, 'true'],
  ['latency_ms + 1 == 3', { latency_ms: 2 }, 'true'],
  ['1 - latency_ms < 0', { latency_ms: 2 }, 'true'],
  ['latency_ms / 2 == 1.5', { latency_ms: 3 }, 'true'],
  ['latency_ms / status * 100 >= 50', { latency_ms: 1, status: 2 }, 'true'],
  ['status % 100 == 3', { status: 503 }, 'true'],
  ['-latency_ms < -3', { latency_ms: 4 }, 'true'],
  ['1 + 2 * 3 == status', { status: 7 }, 'true'],
  ['7 / 2 == 3 && status == 1', { status: 1 }, 'true'],
  ['status in [200, 204]', { status: 204 }, 'true'],
  ['!(status in [200, 204])', { status: 500 }, 'true'],
  ['status in [200.5]', { status: 200.5 }, 'true'],
  ["'web' in stopped", { stopped: ['api', 'web'] }, 'true'],
  ["'web' in stopped", { stopped: [] }, 'false'],
  ['size(stopped) > 1', { stopped: ['a', 'b'] }, 'true'],
  ['stopped.size() > 1', { stopped: ['a'] }, 'false'],
  ["stopped == ['a']", { stopped: ['a'] }, 'true'],
  ["stopped.exists(s, s.startsWith('w'))", { stopped: ['a', 'web'] }, 'true'],
  ["stopped.all(s, s == 'a')", { stopped: ['a', 'b'] }, 'false'],
  ["stopped.exists_one(s, s == 'a')", { stopped: ['a', 'b', 'a'] }, 'false'],
  ["name + '!' == 'a!'", { name: 'a' }, 'true'],
  ["name < 'b'", { name: 'a' }, 'true'],
  ["name.contains('ERR') || name.matches('^a+$')", { name: 'aaa' }, 'true'],
  ['size(name) == 3', { name: 'aaa' }, 'true'],
  ["int('5') + 1 == status", { status: 6 }, 'true'],
  ["name.matches('b+')", { name: 'aabba' }, 'true'],
  ["name.matches('^b+')", { name: 'aabba' }, 'false'],
  ["name.matches('(?i)error [0-9]{3}$')", { name: 'an\nERROR 503' }, 'true'],
  ['int(json.a) + int(json.b) == 3', { json: { a: '-4', b: '+7' } }, 'true'],
  ['int(json.a) == 5', { json: { a: 5.9 } }, 'true'],
  ['double(json.a) > 0.5 && double(json.b) == 1000', { json: { a: '.75', b: '1e3' } }, 'true'],
  [
    "timestamp(json.at) == timestamp('2024-02-29T00:00:00.5Z')",
    { json: { at: '2024-02-29T01:00:00.5+01:00' } },
    'true',
  ],
  ['up', { up: true }, 'true'],
  ['!up', { up: true }, 'false'],
  ['up == false', { up: false }, 'true'],
  ['up ? status > 1 : status > 100', { up: true, status: 2 }, 'true'],
  ["json.status != 'healthy'", { json: { status: 'sick' } }, 'true'],
  ['json.connected == false', { json: { connected: true } }, 'false'],
  ['!json.database.connected', { json: { database: { connected: false } } }, 'true'],
  ['json.a[1].b > 1', { json: { a: [1, { b: 2 }] } }, 'true'],
  ["json['a b'] == 1", { json: { 'a b': 1 } }, 'true'],
  ['json.a == json.b', { json: { a: 1, b: 1 } }, 'true'],
  ['json.a == [1, 2]', { json: { a: [1, 2] } }, 'true'],
  ["json.a == {'x': 1}", { json: { a: { x: 1 } } }, 'true'],
  ["json.a == {'x': 1}", { json: { a: { x: 2 } } }, 'false'],
  ["json.a == {'x': 1}", { json: { a: { y: 1 } } }, 'false'],
  ["'x' in json.a", { json: { a: { x: 1 } } }, 'true'],
  ["'x' in json.a", { json: { a: { x: null } } }, 'false'],
  ['has(json.x)', { json: {} }, 'false'],
  ['has(json.x)', { json: { x: null } }, 'false'],
  ['has(json.x)', { json: { x: false } }, 'true'],
  ['has(json.x) && json.x > 1', { json: {} }, 'false'],
  ["json.services.exists(s, s.state != 'up')", { json: { services: [{ state: 'up' }, { state: 'down' }] } }, 'true'],
  ["json.parts.exists(p, p.state != 'up')", { json: { parts: [] } }, 'false'],
  ["size(json.parts) == 0 || json.parts.exists(p, p.state != 'up')", { json: { parts: [] } }, 'true'],
  ["size(json.parts) == 0 || json.parts.exists(p, p.state != 'up')", { json: { parts: [{ state: 'up' }] } }, 'false'],
  ['json.l.filter(x, x > 1).size() == 2', { json: { l: [1, 2, 3] } }, 'true'],
  ['json.l.map(x, x * 2)[0] == 2', { json: { l: [1] } }, 'true'],
  ['json.l.map(x, x > 1, x * 2) == [4]', { json: { l: [1, 2] } }, 'true'],
  ['json.m.exists(k, k == "a")', { json: { m: { a: 1 } } }, 'true'],
  ["timestamp(json.at) < timestamp('2025-01-01T00:00:00Z')", { json: { at: '2024-01-01T00:00:00Z' } }, 'true'],
  [
    "timestamp(json.a) - timestamp(json.b) > duration('5m')",
    { json: { a: '2024-01-01T00:06:00Z', b: '2024-01-01T00:00:00Z' } },
    'true',
  ],
  // The body decides nothing where another side already did.
  ['status != 200 || json.x > 1', { status: 503 }, 'true'],
  ['json.x > 1 || status != 200', { status: 503 }, 'true'],
  ['json.x > 1 && status != 200', { status: 200 }, 'false'],
  ['deadlocks_per_min > 1 || status != 200', { status: 503 }, 'true'],
  // Large integers, exact and as they come from a database.
  ['status > 9007199254740992', { status: 9007199254740993n }, 'true'],
  ['status == 9007199254740993', { status: 9007199254740993n }, 'true'],
  ['status == 9007199254740992', { status: 9007199254740993n }, 'false'],
  ['status == 5', { status: 5n }, 'true'],
  ['json.n / 2 == 2.5', { json: { n: 5n } }, 'true'],
];

const noInt = 'is not a whole number in decimal digits';
const noDouble = 'is not a number in decimal digits';
const noMoment = 'is not a moment that exists, such as 2026-01-31T08:00:00Z';

const undecided: [string, Facts, string][] = [
  ...['', ' 5', '5 ', '0x10', '0b1', '5.0', '1e3', '1_000', '٣'].map((n): [string, Facts, string] => [
    'int(json.n) > 5',
    { json: { n } },
    `unknown: int(json.n) can't be computed: a string (${JSON.stringify(n)}) ${noInt}`,
  ]),
  ...['', ' ', '1,5', '0x10', 'Infinity', 'NaN', '.', '1e'].map((n): [string, Facts, string] => [
    'double(json.n) > 5',
    { json: { n } },
    `unknown: double(json.n) can't be computed: a string (${JSON.stringify(n)}) ${noDouble}`,
  ]),
  ...['', '2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z'].map(
    (at): [string, Facts, string] => [
      "timestamp(json.at) < timestamp('2027-01-01T00:00:00Z')",
      { json: { at } },
      `unknown: timestamp(json.at) can't be computed: a string (${JSON.stringify(at)}) ${noMoment}`,
    ],
  ),
  [
    'name.matches(json.pattern)',
    { name: 'x', json: { pattern: '(' } },
    'unknown: name.matches(json.pattern): not a regular expression that conditions know',
  ],
  ['latency_ms > 500', {}, 'unknown: latency_ms is missing'],
  ['latency_ms > 500', { latency_ms: null }, 'unknown: latency_ms is null'],
  ['latency_ms > 500', { latency_ms: Number.NaN }, 'unknown: latency_ms is not a number (NaN)'],
  [
    'latency_ms > 500',
    { latency_ms: Number.POSITIVE_INFINITY },
    'unknown: latency_ms is not a finite number (Infinity)',
  ],
  ['latency_ms > 500', { latency_ms: '612' }, 'unknown: latency_ms is not a number: it is a string ("612")'],
  ['up', { up: 'false' }, 'unknown: up is not true or false: it is a string ("false")'],
  ["name == 'x'", { name: 5 }, 'unknown: name is not a string: it is a number (5)'],
  ["'x' in stopped", { stopped: 'x' }, 'unknown: stopped is not a list: it is a string ("x")'],
  ["'x' in stopped", { stopped: ['a', null] }, 'unknown: stopped[1] is null'],
  ["'x' in stopped", { stopped: [1] }, 'unknown: stopped[0] is not a string: it is a number (1)'],
  ['json.database.latency > 50', { json: { database: {} } }, 'unknown: json.database.latency is missing'],
  ['json.database.latency > 50', { json: {} }, 'unknown: json.database is missing'],
  ['json.database.latency > 50', {}, 'unknown: json is missing'],
  ['json.database.latency > 50', { json: 'oops' }, 'unknown: json is not an object: it is a string ("oops")'],
  ['json.a > 1', { json: [1] }, 'unknown: json is a list, it has no a'],
  ['json.exists(k, json[k] == 1)', { json: [{ toString: 0 }] }, 'unknown: json is a list, it has no an object'],
  ['json.a[3] > 1', { json: { a: [1] } }, 'unknown: json.a[3] is missing'],
  ['json.toString == "x"', { json: {} }, 'unknown: json.toString is missing'],
  [
    'json.connected == false',
    { json: { connected: 'false' } },
    `unknown: json.connected is a string ("false"), which can't be compared with a bool (false)`,
  ],
  ['json.connected == false', { json: { connected: null } }, 'unknown: json.connected is null'],
  ["json.status != 'healthy'", { json: { status: null } }, 'unknown: json.status is null'],
  ["json.status != 'healthy'", { json: {} }, 'unknown: json.status is missing'],
  [
    "json.status != 'healthy'",
    { json: { status: 1 } },
    `unknown: json.status is a number (1), which can't be compared with a string ("healthy")`,
  ],
  ['!json.connected', { json: { connected: 0 } }, 'unknown: json.connected is not true or false: it is a number (0)'],
  [
    'json.connected',
    { json: { connected: 'yes' } },
    'unknown: json.connected is not true or false: it is a string ("yes")',
  ],
  ['json.n > 1', { json: { n: Number.NaN } }, 'unknown: json.n is not a number (NaN)'],
  ['1 in json.l', { json: { l: [1, null] } }, 'unknown: json.l[1] is null'],
  ['1 in json.l', { json: { l: ['1'] } }, `unknown: 1 is a number (1), which can't be compared with a string ("1")`],
  [
    'json.code in [200]',
    { json: { code: '200' } },
    `unknown: json.code is a string ("200"), which can't be compared with a number (200)`,
  ],
  ['size(json.l) > 0', { json: { l: [Number.NaN] } }, 'unknown: json.l[0] is not a number (NaN)'],
  ['json.s.exists(s, s.up == false)', { json: { s: [{ up: true }, {}] } }, 'unknown: json.s[1].up is missing'],
  [
    'json.s.all(s, s.up)',
    { json: { s: [{ up: true }, { up: 'no' }] } },
    'unknown: json.s[1].up is not true or false: it is a string ("no")',
  ],
  [
    'json.s.filter(s, s.n > 1).size() > 0',
    { json: { s: [{ n: '2' }] } },
    `unknown: json.s[0].n is a string ("2"), which can't be compared with a number (1)`,
  ],
  ['json.s.exists(s, s > 1)', { json: { s: 5 } }, 'unknown: json.s is not a list: it is a number (5)'],
  ['has(json.a.b)', { json: {} }, 'unknown: json.a is missing'],
  ['has(json.a)', {}, 'unknown: json is missing'],
  ['latency_ms / status > 1', { latency_ms: 1, status: 0 }, 'unknown: latency_ms / status is not a number (Infinity)'],
  ['size(stopped) / 0 > 1', { stopped: [] }, 'unknown: size(stopped) / 0 divides by zero'],
  [
    "json.name.contains('x')",
    { json: { name: 5 } },
    "unknown: json.name.contains('x') can't be computed: found no matching overload for 'number.contains(string)'",
  ],
  [
    'double(name) > 1',
    { name: 'abc' },
    'unknown: double(name) can\'t be computed: a string ("abc") is not a number in decimal digits',
  ],
  [
    'json.n == 9007199254740993',
    { json: JSON.parse('{"n": 9007199254740993}') },
    'unknown: json.n is too large to be compared exactly (9007199254740992)',
  ],
  ['-json.x < 3', { json: { x: 'a' } }, 'unknown: json.x is not a number: it is a string ("a")'],
  ['json.a * 2 > 3', { json: { a: '2' } }, "unknown: json.a * 2 can't be computed: no such overload: string * number"],
  ['json.x > 1 && status == 200', { status: 200 }, 'unknown: json is missing'],
  ['json.x > 1 || status != 200', { status: 200 }, 'unknown: json is missing'],
  ['deadlocks_per_min > 5', {}, 'not_yet: deadlocks_per_min needs a second sample'],
  ['deadlocks_per_min > 5', { deadlocks_per_min: null }, 'not_yet: deadlocks_per_min needs a second sample'],
  ['!(deadlocks_per_min > 5)', {}, 'not_yet: deadlocks_per_min needs a second sample'],
  ['deadlocks_per_min > 5', { deadlocks_per_min: Number.NaN }, 'unknown: deadlocks_per_min is not a number (NaN)'],
  ['deadlocks_per_min > 5 || status != 200', { status: 200 }, 'not_yet: deadlocks_per_min needs a second sample'],
  ['deadlocks_per_min > 5 || status != 200', {}, 'unknown: status is missing'],
  ['deadlocks_per_min + status > 5', {}, 'unknown: status is missing'],
];

describe('a condition over good facts', () => {
  test.each(decided)('%s on %o is %s', (when, facts, outcome) => {
    expect(evaluate(when, facts)).toBe(outcome);
  });
});

describe('a condition that reads a bad fact is never false', () => {
  test.each(undecided)('%s on %o', (when, facts, why) => {
    expect(evaluate(when, facts)).toBe(why);
  });
});

test('a condition says which facts it reads, without the variables of its macros', () => {
  const condition = compile('status > 1 && json.services.exists(s, s.n > latency_ms) || status < 0');
  expect(condition.reads).toEqual(['status', 'json', 'latency_ms']);
});
