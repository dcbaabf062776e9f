import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { sayRule } from '../../../src/conditions/say.ts';
import type { FactSpecs, Facts } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  n: { type: 'number', help: 'n' },
  m: { type: 'number', help: 'm' },
  s: { type: 'string', help: 's' },
  b: { type: 'bool', help: 'b' },
  l: { type: 'list', help: 'l' },
  json: { type: 'json', help: 'json' },
};

function compile(when: string) {
  const compiled = compileCondition({ when }, specs);
  if (!compiled.ok) throw new Error(`${when}: ${compiled.problem.found}`);
  return compiled.condition;
}

const badNumber = fc.constantFrom<unknown>(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, '5', true, [1], {
  a: 1,
});
const badString = fc.constantFrom<unknown>(undefined, null, Number.NaN, 5, false, ['x'], {});
const badBool = fc.constantFrom<unknown>(undefined, null, Number.NaN, 0, 1, 'false', 'true', '', [], {});
const badList = fc.constantFrom<unknown>(undefined, null, 'x', 5, { x: 1 }, ['x', null], [Number.NaN], [undefined]);

/** Every operator over one fact, with values of the wrong kind for it: all of them read the fact to decide. */
const readers: [string[], fc.Arbitrary<unknown>, (bad: unknown) => Facts][] = [
  [
    [
      'n > 5',
      'n >= 5',
      'n < 5',
      'n <= 5',
      'n == 5',
      'n != 5',
      '5 < n',
      '!(n > 5)',
      'n in [1, 2]',
      '-n < 3',
      'n + 1 > 2',
      'n * 2 == 4',
      'n > m',
      'n % 2 == 0',
      '!(n in [5])',
      'n / 2 > m',
      'n > 5 ? b : !b',
    ],
    badNumber,
    (n) => ({ n, m: 1, b: true }),
  ],
  [
    [
      "s == 'x'",
      "s != 'x'",
      "s < 'x'",
      "s in ['x']",
      "!(s == 'x')",
      "s.contains('x')",
      "s.matches('x')",
      "s + 'a' == 'b'",
      'size(s) > 1',
    ],
    badString,
    (s) => ({ s }),
  ],
  [
    ['b', '!b', 'b == false', 'b != true', '!!b', 'b ? n > 5 : n < 5', 'b && n == 1', '!b || n == 2'],
    badBool,
    (b) => ({ b, n: 1 }),
  ],
  [
    [
      "'x' in l",
      "!('x' in l)",
      'size(l) > 1',
      "l.exists(e, e == 'y')",
      "l.all(e, e == 'x')",
      "l == ['x']",
      "l.filter(e, e == 'x').size() > 0",
    ],
    badList,
    (l) => ({ l }),
  ],
  [
    ['json.a.n > 5', 'json.a.n != 5', '!(json.a.n == 5)', 'json.a.n in [1]', 'json.a.n < 3 && b', 'json.a.n - 1 == 4'],
    badNumber,
    (n) => ({ b: true, json: { a: { n } } }),
  ],
  [
    ["json.a.s != 'ok'", "json.a.s == 'ok'", "json.a.s in ['a', 'b']", "json.a.s.startsWith('o')"],
    badString,
    (s) => ({ json: { a: { s } } }),
  ],
  [
    ['json.a.b', '!json.a.b', 'json.a.b == false', 'json.a.b != true', 'json.a.b == true'],
    badBool,
    (b) => ({ json: { a: { b } } }),
  ],
  [
    [
      'json.l.exists(e, e.b)',
      'json.l.all(e, !e.b)',
      'json.l.exists_one(e, e.b == true)',
      'json.l.filter(e, e.b).size() > 0',
    ],
    badBool,
    (b) => ({ json: { l: [{ b }] } }),
  ],
  [
    [
      'json.a.n > 5',
      'json.a.n == 1 || n == 2',
      '!json.a.b',
      'has(json.a.b)',
      "json.a['n'] > 5",
      'json.a.exists(k, k == "n")',
    ],
    fc.constantFrom<unknown>(undefined, null, 5, 'text', true, Number.NaN),
    (a) => ({ n: 1, json: { a } }),
  ],
];

test.each(readers.flatMap(([whens, bad, facts]) => whens.map((when) => [when, bad, facts] as const)))(
  '%s is unknown whenever the fact is bad',
  (when, bad, factsOf) => {
    const condition = compile(when);
    fc.assert(
      fc.property(bad, (value) => {
        const result = condition.evaluate(factsOf(value));
        expect(result.kind).toBe('unknown');
        expect('why' in result && result.why).toMatch(/^(-?[nsblm]\b|json|'x'|size|!)/);
      }),
    );
  },
);

// A small language of conditions with a reference evaluator: true, false, or undefined for "can't be known".
type Node = { text: string; truth: (facts: Record<string, unknown>) => boolean | undefined };
const numbers = ['n', 'm'] as const;
const comparison = fc
  .tuple(
    fc.constantFrom(...numbers),
    fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
    fc.integer({ min: -3, max: 3 }),
  )
  .map<Node>(([name, op, limit]) => ({
    text: `${name} ${op} ${limit}`,
    truth: (facts) => {
      const value = facts[name];
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      if (op === '<') return value < limit;
      if (op === '<=') return value <= limit;
      if (op === '>') return value > limit;
      if (op === '>=') return value >= limit;
      return (value === limit) === (op === '==');
    },
  }));
const flag = fc.constant<Node>({ text: 'b', truth: (facts) => (typeof facts.b === 'boolean' ? facts.b : undefined) });
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    comparison,
    flag,
    tie('node').map<Node>((of) => ({
      text: `!(${of.text})`,
      truth: (facts) => {
        const inner = of.truth(facts);
        return inner === undefined ? undefined : !inner;
      },
    })),
    fc.tuple(tie('node'), tie('node'), fc.boolean()).map<Node>(([left, right, decisive]) => ({
      text: `(${left.text}) ${decisive ? '||' : '&&'} (${right.text})`,
      truth: (facts) => {
        const sides = [left.truth(facts), right.truth(facts)];
        if (sides.includes(decisive)) return decisive;
        return sides.includes(undefined) ? undefined : !decisive;
      },
    })),
  ),
}));

const anyFacts = fc.record(
  {
    n: fc.oneof(fc.integer({ min: -4, max: 4 }), badNumber),
    m: fc.oneof(fc.integer({ min: -4, max: 4 }), badNumber),
    b: fc.oneof(fc.boolean(), badBool),
  },
  { requiredKeys: [] },
);

test('any condition over any facts is what three-valued logic says', () => {
  fc.assert(
    fc.property(node, anyFacts, (condition, facts) => {
      const expected = condition.truth(facts);
      const compiled = compile(condition.text);
      expect(compiled.evaluate(facts).kind).toBe(expected === undefined ? 'unknown' : String(expected));
      expect(sayRule(compiled, facts, specs).length).toBeGreaterThan(0);
      if (expected === true) expect(compiled.explain(facts)).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test('whatever the system answers, a condition over it never throws', () => {
  const conditions = [
    "json.a > 5 || json.b == 'x'",
    '!json.a.b',
    'json.exists(k, json[k] == 1)',
    "json.a.contains('x') && size(json.b) > 1",
    'json.a[0].b in json.b',
    'json.a == json.b',
    'json.a + json.b > json.a',
    'has(json.a)',
  ].map(compile);
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue())),
      (json) => {
        for (const condition of conditions) {
          expect(['true', 'false', 'unknown']).toContain(condition.evaluate({ json }).kind);
          sayRule(condition, { json }, specs);
        }
      },
    ),
    { numRuns: 500 },
  );
});
