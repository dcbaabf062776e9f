import { expect, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import { parse, problemOf } from './sample.ts';

const database = (more = '') =>
  `checks:\n  - {id: db, database: {dsn: {secret: X}}${more === '' ? '' : `, ${more}`}}\n`;

function rulesOf(more?: string): Record<string, Check['fail'][number]['rule'][]> {
  const { fail, warn, clear } = parse(database(more)).checks[0]!;
  const rules = (conditions: Check['fail']) => conditions.map(({ rule }) => rule);
  return { fail: rules(fail), warn: rules(warn), clear: rules(clear) };
}

const defaults = {
  fail: [{ when: 'connections_pct >= 90', say: 'over 90 % of the connections are taken' }],
  warn: [{ when: 'connections_pct > 80', say: 'connections run out' }, { when: 'deadlocks_per_min > 10' }],
  clear: [{ when: 'connections_pct < 70' }],
};

test("a type's rules apply, and the operator's add to them", () => {
  expect(rulesOf()).toEqual(defaults);
  expect(
    rulesOf('fail: locks > 5, warn: [{when: locks > 2, say: "{locks} locks"}, "locks == 1"], clear: locks < 1'),
  ).toEqual({
    fail: [...defaults.fail, { when: 'locks > 5' }],
    warn: [...defaults.warn, { when: 'locks > 2', say: '{locks} locks' }, { when: 'locks == 1' }],
    clear: [...defaults.clear, { when: 'locks < 1' }],
  });
});

test.each(['off', 'false', '"off"'])('defaults: %s leaves only the operator’s', (off) => {
  expect(rulesOf(`defaults: ${off}, fail: {when: locks > 5}`)).toEqual({
    fail: [{ when: 'locks > 5' }],
    warn: [],
    clear: [],
  });
});

test.each(['on', 'true'])('defaults: %s keeps them', (on) => {
  expect(rulesOf(`defaults: ${on}`)).toEqual(defaults);
});

test('an override changes the limit, and a text that names the old one goes with it', () => {
  expect(rulesOf('override: {connections_pct: {warn: 70, fail: 85.5, clear: 60}}')).toEqual({
    fail: [{ when: 'connections_pct >= 85.5' }],
    warn: [{ when: 'connections_pct > 70', say: 'connections run out' }, { when: 'deadlocks_per_min > 10' }],
    clear: [{ when: 'connections_pct < 60' }],
  });
});

test('an override drops what reads a fact, at all levels or at one', () => {
  expect(rulesOf('override: {deadlocks_per_min: off}').warn).toEqual([defaults.warn[0]]);
  expect(rulesOf('override: {connections_pct: {fail: off, clear: off}}')).toEqual({
    fail: [],
    warn: defaults.warn,
    clear: [],
  });
});

test.each([
  ['conections_pct: off', 'conections_pct', 'unknown fact "conections_pct"', /did you mean connections_pct/],
  ['locks: {warn: 3}', 'locks', 'no default rule reads "locks"', /connections_pct, deadlocks_per_min/],
  [
    'deadlocks_per_min: {fail: 50}',
    'deadlocks_per_min.fail',
    'no default fail rule reads "deadlocks_per_min"',
    /warn; or/,
  ],
  ['connections_pct: {warn: many}', 'connections_pct.warn', '"many"', /a number, or off/],
  ['connections_pct: {wran: 3}', 'connections_pct.wran', 'unknown key "wran"', /did you mean warn/],
  ['connections_pct: 70', 'connections_pct', '70', /warn: 70, fail: 90/],
])('override: {%s} is refused', (override, path, found, allowed) => {
  expect(problemOf(database(`override: {${override}}`))).toMatchObject({
    path: `checks[0].override.${path}`,
    found,
    allowed: expect.stringMatching(allowed),
  });
});

test('an override of a type without its defaults is refused', () => {
  const text = database('defaults: off, fail: locks > 5, override: {connections_pct: {warn: 70}}');
  expect(problemOf(text)).toMatchObject({ path: 'checks[0].override.connections_pct' });
});

test('a check that could never fail is refused', () => {
  const rule = { found: 'no rule: this check could never warn or fail', path: 'checks[0]' };
  expect(problemOf(database('defaults: off'))).toMatchObject(rule);
  expect(problemOf(database('defaults: off, clear: locks < 1'))).toMatchObject(rule);
  expect(problemOf('checks: [{id: api, web: {url: "https://a.example"}}]')).toMatchObject(rule);
});
