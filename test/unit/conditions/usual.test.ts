import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Condition, Usual } from '../../../src/conditions/model.ts';
import { sayClear, sayRule } from '../../../src/conditions/say.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  requests: { type: 'number', help: 'how many' },
  latency_ms: { type: 'number', unit: 'ms', help: 'time to the last byte' },
  name: { type: 'string', help: 'its name' },
  names: { type: 'list', help: 'names' },
  json: { type: 'json', help: 'body' },
};

function compile(when: string): Condition {
  const compiled = compileCondition({ when }, specs);
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return compiled.condition;
}

function told(when: string, usual: Record<string, Usual> = {}): Condition {
  return compile(when).given(new Map(Object.entries(usual)));
}

const known = (median: number, days = 6): Usual => ({ kind: 'known', median, days });
const notYet = (days: number): Usual => ({ kind: 'not_yet', days, needs: 3 });

describe('a mistake with baseline() is found when it is compiled', () => {
  const name = { found: 'baseline() takes the bare name of a fact', allowed: 'such as baseline(latency_ms)' };
  const number = (found: string) => ({
    found: `baseline() is of a number, and ${found}`,
    allowed: 'baseline() of requests, latency_ms',
  });
  test.each([
    ['requests > baseline("requests")', 12, name],
    ['requests > baseline(requests + 1)', 12, name],
    ['requests > baseline(json.requests)', 12, name],
    ['requests > baseline(requests, 3)', 12, name],
    ['requests > 2 * baseline()', 16, name],
    ['json.all(requests, requests > baseline(requests))', 31, name],
    ['requests > baseline(name)', 12, number('name is a string')],
    ['requests > baseline(names)', 12, number('names is a list')],
    ['requests > baseline(json)', 12, number('json is json')],
  ])('%s', (when, character, { found, allowed }) => {
    const problem = { found: `\`${when}\` at character ${character}: ${found}`, allowed };
    expect(compileCondition({ when }, specs)).toEqual({ ok: false, problem });
  });

  test.each([
    [
      'requests > baseline(latency)',
      'latency in `requests > baseline(latency)` is not a fact of this check',
      'did you mean latency_ms? facts: requests (number), latency_ms (number, ms), name (string), names (list), json (json)',
    ],
    [
      'baseline(requests)',
      '`baseline(requests)` is a number, not true or false',
      'a comparison: a CEL condition such as status != 200 or json.state == "down"',
    ],
    [
      'name == baseline(requests)',
      '`name == baseline(requests)`: == between a string and a number is not possible',
      'numbers with numbers, without quotes',
    ],
    [
      'abs(name) > 1',
      "`abs(name) > 1`: found no matching overload for 'abs(string)'",
      'a CEL condition such as status != 200 or json.state == "down"',
    ],
  ])('%s', (when, found, allowed) => {
    expect(compileCondition({ when }, specs)).toEqual({ ok: false, problem: { found, allowed } });
  });

  test('it knows which facts it asks about, each once', () => {
    const condition = compile(
      'requests > 3 * baseline(requests) || json.a.exists(x, x > baseline(requests) + baseline(latency_ms))',
    );
    expect(condition.usual).toEqual(['requests', 'latency_ms']);
    expect(condition.reads).toEqual(['requests', 'json', 'latency_ms']);
    expect(compile('requests > 3').usual).toEqual([]);
  });
});

describe('what comes of it', () => {
  const when = 'requests > 3 * baseline(requests)';
  test.each<[string, string, Record<string, Usual>, object]>([
    ['above', when, { requests: known(3) }, { kind: 'true' }],
    ['not above', when, { requests: known(4) }, { kind: 'false' }],
    ['too few days', when, { requests: notYet(1) }, { kind: 'not_yet', why: 'baseline(requests) needs 3 days, has 1' }],
    [
      'the past was not read',
      when,
      { requests: { kind: 'unread' } },
      { kind: 'unknown', why: 'baseline(requests) is not known: the earlier days were not read' },
    ],
    [
      'nobody told it',
      when,
      {},
      { kind: 'unknown', why: 'baseline(requests) is not known: the earlier days were not read' },
    ],
    ['what else decides', `${when} || requests == 10`, { requests: notYet(0) }, { kind: 'true' }],
    ['what else decides against', `${when} && requests > 100`, { requests: notYet(0) }, { kind: 'false' }],
    [
      'unknown is worse than not yet',
      `${when} || latency_ms > 5`,
      { requests: notYet(0) },
      { kind: 'unknown', why: 'latency_ms is missing' },
    ],
    ['a distance', 'abs(requests - baseline(requests)) >= 5', { requests: known(15) }, { kind: 'true' }],
    ['a distance, whole', 'abs(int(requests) - 12) == 2', {}, { kind: 'true' }],
    [
      'a distance of a text',
      'abs(json.a) > 1',
      {},
      { kind: 'unknown', why: 'json.a is not a number: it is a string ("x")' },
    ],
  ])('%s', (_, condition, usual, result) => {
    expect(told(condition, usual).evaluate({ requests: 10, json: { a: 'x' } })).toEqual(result);
  });

  test('the one that was told nothing stays as it was', () => {
    const condition = compile(when);
    expect(condition.given(new Map([['requests', known(1)]])).evaluate({ requests: 10 }).kind).toBe('true');
    expect(condition.evaluate({ requests: 10 }).kind).toBe('unknown');
  });
});

describe('what is said of it', () => {
  const at = 'at this hour (median of 6 days)';
  test.each([
    ['requests < 0.5 * baseline(requests)', 12, 240, `requests 12 is under half of the usual 240 ${at}`],
    ['baseline(requests) * 0.5 > requests', 12, 240, `requests 12 is under half of the usual 240 ${at}`],
    ['requests < baseline(requests) / 2', 12, 240, `requests 12 is under half of the usual 240 ${at}`],
    ['requests <= 0.1 * baseline(requests)', 24, 240, `requests 24 is at most 10 % of the usual 240 ${at}`],
    ['requests > 2 * baseline(requests)', 900, 240, `requests 900 is over twice the usual 240 ${at}`],
    ['requests >= 3 * baseline(requests)', 720, 240, `requests 720 is at least 3 times the usual 240 ${at}`],
    ['requests > 1.5 * baseline(requests)', 720, 240, `requests 720 is over 1.5 times the usual 240 ${at}`],
    ['requests < baseline(requests)', 239, 240, `requests 239 is under the usual 240 ${at}`],
    ['!(requests >= 0.5 * baseline(requests))', 12, 240, `requests 12 is under half of the usual 240 ${at}`],
    [
      'requests != baseline(requests)',
      239,
      240,
      'requests 239 (want 240); usual at this hour: requests 240 (median of 6 days)',
    ],
    [
      'requests > baseline(requests) + 100',
      400,
      240,
      'requests 400 (limit 340); usual at this hour: requests 240 (median of 6 days)',
    ],
    [
      'requests > 2 * baseline(latency_ms)',
      400,
      0,
      'requests 400 (limit 300); usual at this hour: latency_ms 150 ms (median of 4 days)',
    ],
    ['requests > 100 && requests > 2 * baseline(requests)', 900, 240, `requests 900 is over twice the usual 240 ${at}`],
    ['requests > 800 || requests > 2 * baseline(requests)', 900, 240, 'requests 900 (limit 800)'],
  ])('%s', (when, requests, usual, said) => {
    const condition = told(when, { requests: known(usual), latency_ms: known(150, 4) });
    expect(condition.evaluate({ requests })).toEqual({ kind: 'true' });
    expect(sayRule(condition, { requests }, specs)).toBe(said);
  });

  test('with the unit, and short', () => {
    const condition = told('latency_ms > 3 * baseline(latency_ms)', { latency_ms: known(123.456, 7) });
    expect(sayRule(condition, { latency_ms: 1234.5 }, specs)).toBe(
      'latency_ms 1230 ms is over 3 times the usual 123 ms at this hour (median of 7 days)',
    );
    expect(condition.explain({ latency_ms: 1234.5 })).toMatchObject({ value: 1234.5, limit: 3 * 123.456 });
  });

  test('of what has not cleared: the limit of now', () => {
    const condition = told('requests < 1.5 * baseline(requests)', { requests: known(240) });
    expect(sayClear(condition, { requests: 500 })).toBe('requests 500, clears below 360');
  });
});
