import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Condition } from '../../../src/conditions/model.ts';
import { sayClear, sayRule } from '../../../src/conditions/say.ts';
import type { FactSpecs, Facts } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  status: { type: 'number', help: 'HTTP status' },
  latency_ms: { type: 'number', unit: 'ms', help: 'time to the last byte' },
  size_bytes: { type: 'number', unit: 'bytes', help: 'size' },
  up: { type: 'bool', help: 'it is up' },
  names: { type: 'list', help: 'names' },
  json: { type: 'json', help: 'body' },
};

function compile(when: string, say?: string): Condition {
  const compiled = compileCondition({ when, ...(say === undefined ? {} : { say }) }, specs);
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return compiled.condition;
}

describe('a rule that fired says what was read and what was wanted', () => {
  test.each<[string, Facts, object, string]>([
    ['status != 200', { status: 503 }, { fact: 'status', op: '!=', value: 503, limit: 200 }, 'status 503 (want 200)'],
    [
      'latency_ms > 500',
      { latency_ms: 612 },
      { fact: 'latency_ms', op: '>', value: 612, limit: 500, unit: 'ms' },
      'latency_ms 612 ms (limit 500 ms)',
    ],
    [
      'latency_ms > 500',
      { latency_ms: 2504.123 },
      { fact: 'latency_ms', op: '>', value: 2504.123, limit: 500, unit: 'ms' },
      'latency_ms 2500 ms (limit 500 ms)',
    ],
    [
      'latency_ms > 500',
      { latency_ms: 500.26 },
      { fact: 'latency_ms', op: '>', value: 500.26, limit: 500, unit: 'ms' },
      'latency_ms 500.26 ms (limit 500 ms)',
    ],
    [
      'json.status != "healthy"',
      { json: { status: 'unavailable' } },
      { fact: 'json.status', op: '!=', value: 'unavailable', limit: 'healthy' },
      'json.status "unavailable" (want "healthy")',
    ],
    [
      '500 < latency_ms',
      { latency_ms: 612 },
      { fact: 'latency_ms', op: '>', value: 612, limit: 500, unit: 'ms' },
      'latency_ms 612 ms (limit 500 ms)',
    ],
    [
      'latency_ms * 2 > 500',
      { latency_ms: 300 },
      { fact: 'latency_ms * 2', op: '>', value: 600, limit: 500 },
      'latency_ms * 2 600 (limit 500)',
    ],
    [
      'size_bytes >= 1048576',
      { size_bytes: 1572864 },
      { fact: 'size_bytes', op: '>=', value: 1572864, limit: 1048576, unit: 'bytes' },
      'size_bytes 1.5 MiB (limit 1 MiB)',
    ],
    [
      'status < latency_ms',
      { status: 1, latency_ms: 2 },
      { fact: 'status', op: '<', value: 1, limit: 2 },
      'status 1 (limit 2)',
    ],
    [
      '!json.database.connected',
      { json: { database: { connected: false } } },
      { fact: 'json.database.connected', op: 'is', value: false, limit: true },
      'json.database.connected is false',
    ],
    [
      'json.connected == false',
      { json: { connected: false } },
      { fact: 'json.connected', op: '==', value: false, limit: false },
      'json.connected is false',
    ],
    [
      "json.state == 'down'",
      { json: { state: 'down' } },
      { fact: 'json.state', op: '==', value: 'down', limit: 'down' },
      'json.state is "down"',
    ],
    [
      "json.state != 'ok'",
      { json: { state: '' } },
      { fact: 'json.state', op: '!=', value: '', limit: 'ok' },
      'json.state "" (want "ok")',
    ],
    ['up', { up: true }, { fact: 'up', op: 'is', value: true, limit: false }, 'up is true'],
    [
      'status in [500, 503]',
      { status: 503 },
      { fact: 'status', op: 'is', value: 503, limit: undefined },
      'status is 503',
    ],
    [
      '!(status in [200, 204])',
      { status: 503 },
      { fact: 'status', op: 'is', value: 503, limit: [200, 204] },
      'status 503 (want one of 200, 204)',
    ],
    [
      "'web' in names",
      { names: ['api', 'web'] },
      { fact: 'names', op: 'is', value: ['api', 'web'], limit: undefined },
      'names is "api", "web"',
    ],
    [
      '!(status == 200)',
      { status: 503 },
      { fact: 'status', op: '!=', value: 503, limit: 200 },
      'status 503 (want 200)',
    ],
    [
      'status == 200 || latency_ms > 500',
      { status: 503, latency_ms: 612 },
      { fact: 'latency_ms', op: '>', value: 612, limit: 500, unit: 'ms' },
      'latency_ms 612 ms (limit 500 ms)',
    ],
    [
      'json.x == 1 || latency_ms > 500',
      { latency_ms: 612 },
      { fact: 'latency_ms', op: '>', value: 612, limit: 500, unit: 'ms' },
      'latency_ms 612 ms (limit 500 ms)',
    ],
    [
      'has(json.x) && json.x > 1',
      { json: { x: 2 } },
      { fact: 'json.x', op: 'is', value: 2, limit: undefined },
      'json.x is 2',
    ],
    ['!has(json.x)', { json: {} }, { fact: 'json.x', op: 'is', value: null, limit: undefined }, 'json.x is missing'],
    [
      'up ? status > 1 : status > 100',
      { up: true, status: 2 },
      { fact: 'status', op: '>', value: 2, limit: 1 },
      'status 2 (limit 1)',
    ],
    [
      "json.s.exists(s, s.state != 'up')",
      { json: { s: [{ state: 'up' }, { state: 'down' }] } },
      { fact: 'json.s[1].state', op: '!=', value: 'down', limit: 'up' },
      'json.s[1].state "down" (want "up")',
    ],
    [
      '!json.s.all(s, s.n > 1)',
      { json: { s: [{ n: 2 }, { n: 0 }] } },
      { fact: 'json.s[1].n', op: '<=', value: 0, limit: 1 },
      'json.s[1].n 0 (limit 1)',
    ],
    [
      'size(names) > 1',
      { names: ['a', 'b'] },
      { fact: 'size(names)', op: '>', value: 2, limit: 1 },
      'size(names) 2 (limit 1)',
    ],
    [
      "json.text.contains('ERR')",
      { json: { text: 'an ERR' } },
      { fact: 'json.text', op: 'is', value: 'an ERR', limit: undefined },
      'json.text is "an ERR"',
    ],
    [
      'status > 9007199254740992',
      { status: 9007199254740993n },
      { fact: 'status', op: '>', value: '9007199254740993', limit: '9007199254740992' },
      'status 9007199254740993 (limit 9007199254740992)',
    ],
  ])('%s', (when, facts, explanation, said) => {
    const condition = compile(when);
    expect(condition.explain(facts)).toEqual(explanation);
    expect(sayRule(condition, facts, specs)).toBe(said);
  });
});

test('what could not be evaluated explains nothing', () => {
  expect(compile('status > 1').explain({})).toBeUndefined();
  expect(sayRule(compile('status > 1'), {}, specs)).toBe('status > 1 is true');
});

test('an explanation is plain JSON', () => {
  const explanation = compile('status > 5').explain({ status: 9007199254740993n });
  expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({ value: '9007199254740993', limit: 5 });
});

describe('the words of a rule', () => {
  const facts = {
    latency_ms: 612.34567,
    size_bytes: 5,
    names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    up: true,
    json: { a: { 'b c': [{ d: 'deep' }] }, n: null },
  };
  test.each([
    ['took {latency_ms}', 'took 612 ms'],
    ['took {latency_ms} ms or {latency_ms}', 'took 612 ms or 612 ms'],
    ['{names} stopped', 'a, b, c, d, e … and 2 more stopped'],
    ["{json.a['b c'][0].d} and {json.a.x.y}", 'deep and missing'],
    ['{json.n}', 'missing'],
    ['{ up }', 'true'],
    ['no placeholder', 'no placeholder'],
  ])('%s', (say, said) => {
    expect(sayRule(compile('up', say), facts, specs)).toBe(said);
  });

  test('a long value is cut, and so is the line', () => {
    const long = { ...facts, json: { text: 'x'.repeat(5000) } };
    expect(sayRule(compile('up', '{json.text}'), long, specs)).toBe(`${'x'.repeat(119)}…`);
    expect(sayRule(compile('up', '{json.text}'.repeat(20)), long, specs)).toHaveLength(500);
  });
});

describe('a clear rule says what it waits for', () => {
  test.each<[string, Facts, string]>([
    ['latency_ms < 400', { latency_ms: 430 }, 'latency_ms 430 ms, clears below 400 ms'],
    ['latency_ms <= 400', { latency_ms: 430 }, 'latency_ms 430 ms, clears at 400 ms or below'],
    ['status > 5', { status: 4 }, 'status 4, clears above 5'],
    ['status >= 5', { status: 4 }, 'status 4, clears at 5 or above'],
    ['status == 200', { status: 503 }, 'status 503, clears at 200'],
    ['status != 503', { status: 503 }, 'status 503, clears when it is not 503'],
    ['up', { up: false }, 'up false, clears when up'],
    ['latency_ms < 400', {}, 'clears when latency_ms < 400'],
  ])('%s', (when, facts, said) => {
    expect(sayClear(compile(when), facts)).toBe(said);
  });
});
