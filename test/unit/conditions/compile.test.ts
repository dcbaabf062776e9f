import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { FactSpecs, Rule } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  status: { type: 'number', help: 'HTTP status' },
  latency_ms: { type: 'number', unit: 'ms', help: 'time to the last byte' },
  up: { type: 'bool', help: 'it is up' },
  names: { type: 'list', help: 'names' },
  json: { type: 'json', help: 'body' },
};
const facts = 'facts: status (number), latency_ms (number, ms), up (bool), names (list), json (json)';
const example = 'a CEL condition such as status != 200 or json.state == "down"';

function problemOf(rule: Rule, of: FactSpecs = specs): { found: string; allowed: string } {
  const compiled = compileCondition(rule, of);
  if (compiled.ok) throw new Error(`${rule.when} compiled`);
  return compiled.problem;
}

describe('a mistake in a condition is found when it is compiled', () => {
  test.each([
    ['latncy_ms > 5', 'latncy_ms in `latncy_ms > 5` is not a fact of this check', `did you mean latency_ms? ${facts}`],
    ['whatever_else > 5', 'whatever_else in `whatever_else > 5` is not a fact of this check', facts],
    ['body.status == 1', 'body in `body.status == 1` is not a fact of this check', facts],
    [
      'json.s.exists(s, s.up == upp)',
      'upp in `json.s.exists(s, s.up == upp)` is not a fact of this check',
      `did you mean up? ${facts}`,
    ],
    ['type(status) == double', 'double in `type(status) == double` is not a fact of this check', facts],
    ['', 'an empty condition', 'a CEL condition such as status != 200'],
    ['status = 200', "`status = 200` can't be read at character 8: unexpected character: =", '== compares'],
    [
      'status == 2 and up',
      "`status == 2 and up` can't be read at character 13: unexpected character: 'd'",
      '&& for and',
    ],
    ['up or status == 2', "`up or status == 2` can't be read at character 4: unexpected character: 'r'", '|| for or'],
    [
      'status ==',
      "`status ==` can't be read at character 10: unexpected token: the end",
      `something behind the last operator: ${example}`,
    ],
    [
      'up &&\n status >> 1',
      "`up &&\n status >> 1` can't be read at line 2, character 10: unexpected token: GT",
      example,
    ],
    ["json.a == 'x", "`json.a == 'x` can't be read at character 11: unterminated string", example],
    [
      "status == '200'",
      "`status == '200'`: == between a number and a string is not possible",
      'numbers with numbers, without quotes',
    ],
    [
      'status > up',
      '`status > up`: > between a number and a bool is not possible',
      'numbers with numbers, without quotes',
    ],
    ["'a' == up", "`'a' == up`: == between a string and a bool is not possible", 'both sides of one type'],
    [
      "status in ['a']",
      "`status in ['a']`: in between a number and a list is not possible",
      'a value in a list of the same type: status in [200, 204]',
    ],
    ['status', '`status` is a number, not true or false', `a comparison: ${example}`],
    ['names', '`names` is a list, not true or false', `a comparison: ${example}`],
    ['status + 1', '`status + 1` is a number, not true or false', `a comparison: ${example}`],
    ['has(status)', '`has(status)`: has() asks for a field of a json fact', 'has(json.field)'],
    ['status.size() > 1', "`status.size() > 1`: found no matching overload for 'number.size()'", example],
    [
      'json.a == null',
      '`json.a == null` at character 11: null is never read: a value that is null makes the condition unknown',
      'has(json.field) asks whether a value is there; null counts as absent',
    ],
    [
      "json.a.matches('a(')",
      "`json.a.matches('a(')` at character 16: not a regular expression that conditions know",
      'RE2 syntax such as "^ok", so no look-around, no back-references, no repeat above 1000',
    ],
    [
      "json.a.matches('(?=x)y')",
      "`json.a.matches('(?=x)y')` at character 16: not a regular expression that conditions know",
      'RE2 syntax such as "^ok", so no look-around, no back-references, no repeat above 1000',
    ],
    [
      "timestamp(json.at) < timestamp('2026-02-30T00:00:00Z')",
      "`timestamp(json.at) < timestamp('2026-02-30T00:00:00Z')` at character 32: timestamp() does not take this text",
      'a moment that exists, such as 2026-01-31T08:00:00Z',
    ],
    [
      "json.a > int('')",
      "`json.a > int('')` at character 14: int() does not take this text",
      'a whole number in decimal digits',
    ],
    ['status < 1e999', "`status < 1e999` can't be read at character 10: invalid number: Infinity", example],
    ['true', '`true` reads no fact', `a condition over the facts; ${facts}`],
  ])('%s', (when, found, allowed) => {
    expect(problemOf({ when })).toEqual({ found, allowed });
  });

  test('a fact that has the name of a CEL type is refused, not misread', () => {
    expect(problemOf({ when: 'type > 1' }, { type: { type: 'number', help: 't' } }).found).toContain(
      "'type' is already",
    );
  });

  test('a check without facts', () => {
    expect(problemOf({ when: 'x > 1' }, {}).allowed).toBe('this check has no facts');
  });

  test('a placeholder of `say` that is no fact', () => {
    expect(problemOf({ when: 'up', say: 'took {latency}' })).toEqual({
      found: '{latency} in say is not a fact of this check',
      allowed: `did you mean latency_ms? ${facts}`,
    });
    expect(problemOf({ when: 'up', say: '{2 + 2}' })).toEqual({
      found: '{2 + 2} in say is not a path',
      allowed: '{fact} or {json.field}',
    });
  });
});

test('facts that a condition does not read may have any name', () => {
  const odd: FactSpecs = {
    'foo-bar': { type: 'number', help: 'x' },
    int: { type: 'number', help: 'x' },
    ok: { type: 'bool', help: 'x' },
  };
  expect(compileCondition({ when: '!ok' }, odd).ok).toBe(true);
});
