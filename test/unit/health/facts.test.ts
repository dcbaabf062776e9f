import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { briefFacts, briefValue, factsKept, keptFacts, plainFacts, plainJson } from '../../../src/health/facts.ts';

function facts(raw: unknown): Record<string, unknown> {
  const plain = plainFacts(raw);
  if (plain.kind !== 'facts') throw new Error(`not facts: ${plain.kind}`);
  return plain.facts;
}

describe('plainFacts', () => {
  test.each([
    ['a safe bigint is a number', { n: 12n }, { n: 12 }],
    ['a large bigint is text', { n: 2n ** 63n }, { n: '9223372036854775808' }],
    ['NaN and infinities are null', { n: Number.NaN, m: Number.POSITIVE_INFINITY }, { n: null, m: null }],
    ['undefined and functions are left out', { u: undefined, f: () => 1, x: 1 }, { x: 1 }],
    ['a date is its ISO text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['what jsonb refuses is replaced', { s: 'a\0b\ud800' }, { s: 'a\uFFFDb\uFFFD' }],
    ['nested values too', { json: { list: [1n, undefined, 'x'] } }, { json: { list: [1, null, 'x'] } }],
  ])('%s', (_, raw, expected) => {
    expect(facts(raw)).toEqual(expected);
  });

  test.each([[undefined], [null], ['text'], [42], [[1]]])('%s is no set of facts', (raw) => {
    expect(plainFacts(raw).kind).toBe('invalid');
  });

  test('an object that throws when read is invalid, not a crash', () => {
    const raw = {
      get boom(): never {
        throw new Error('read me not');
      },
    };
    expect(plainFacts(raw).kind).toBe('invalid');
  });

  test('a cycle ends, an own __proto__ does not change the prototype', () => {
    const raw: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": true}, "x": 1}');
    raw.self = raw;
    const plain = facts(raw);
    expect(plain.polluted).toBeUndefined();
    expect(plain.x).toBe(1);
    JSON.stringify(plain);
  });

  test('50 MB is too large', () => {
    expect(plainFacts({ body: 'x'.repeat(50_000_000) })).toEqual({ kind: 'too_large' });
  });

  test('whatever a probe returns, the facts survive JSON unchanged', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true })),
        (raw) => {
          const plain = plainFacts(raw);
          if (plain.kind === 'facts')
            expect(JSON.parse(JSON.stringify(plain.facts))).toEqual(JSON.parse(JSON.stringify(plainJson(plain.facts))));
        },
      ),
    );
  });
});

describe('keptFacts', () => {
  test('small facts are kept as they are', () => {
    const small = { body: 'x'.repeat(5_000) };
    expect(keptFacts(small, 5_000)).toEqual({ facts: small, cut: [] });
  });

  test('long texts and lists are cut and named, the rest is kept', () => {
    const kept = keptFacts({ status: 200, body: 'x'.repeat(100_000), rows: Array(5_000).fill('row') }, 140_000);
    expect(kept.cut.sort()).toEqual(['body', 'rows']);
    expect(kept.facts.status).toBe(200);
    expect(kept.facts.body).toMatch(/^x{1000}… \(100000 characters\)$/);
    expect(kept.facts.rows).toHaveLength(100);
  });

  test('whatever the facts, what is kept fits', () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`fact_${n}`, 'y'.repeat(60)]));
    const kept = keptFacts({ ...many, small: 1 }, 200_000);
    expect(JSON.stringify(kept.facts).length).toBeLessThanOrEqual(factsKept + 2);
    expect(kept.facts.small).toBe(1);
    expect(kept.cut.length).toBeGreaterThan(0);
  });
});

describe('what a report quotes', () => {
  test.each<[string, unknown]>([
    ['text', 'x'.repeat(5_000)],
    ['text of many bytes', '💥'.repeat(5_000)],
    ['text that JSON escapes', '\u0001'.repeat(5_000)],
    ['a list', Array.from({ length: 60_000 }, (_, n) => `item${n}`)],
    ['an object', { deep: { text: 'y'.repeat(2_000) } }],
  ])('%s takes at most 1 KB, and says how long it was', (_, value) => {
    const brief = briefValue(value);
    expect(Buffer.byteLength(JSON.stringify(brief))).toBeLessThanOrEqual(1_024);
    expect(String(brief)).toMatch(/… \(\d+ characters\)$/);
    expect(String(brief).isWellFormed()).toBe(true);
  });
  test('what is small stays what it is', () => {
    for (const value of [undefined, null, 7, 'text', ['a'], { b: 1 }]) expect(briefValue(value)).toEqual(value);
  });
});

test('what a later probe compares with leaves out what is large', () => {
  const facts = { logins: 7, body: 'x'.repeat(2_000) };
  expect(briefFacts(facts, 2_020)).toEqual({ logins: 7 });
  expect(briefFacts({ logins: 7 }, 12)).toEqual({ logins: 7 });
});
