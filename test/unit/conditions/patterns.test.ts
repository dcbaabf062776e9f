import { describe, expect, test } from 'vitest';
import { isPattern, matches } from '../../../src/conditions/patterns.ts';

describe('matches', () => {
  test.each(['(a+)+$', '^(a|aa)+$', '(a*)*b', '^(\\w+\\s?)*$'])('%s takes no time to miss', (pattern) => {
    const startedMs = performance.now();
    expect(matches(`${'a'.repeat(50_000)}!`, `^${pattern}$`, '')).toEqual({ kind: 'value', value: false });
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test('knows RE2’s syntax and says so of what it doesn’t', () => {
    expect(['^ok', '[0-9]{3}', '(?i)error|fatal', '\\bup\\b', '(?P<n>x)', '\\p{Lu}'].map(isPattern)).not.toContain(
      false,
    );
    expect(['(?=x)', '(?<!x)y', '(a)\\1', 'a{1001}', '['].map(isPattern)).not.toContain(true);
  });

  test('goes on when answers bring ever new patterns', () => {
    for (let i = 0; i < 500; i += 1) expect(matches(`n${i}`, `n${i}$`, '')).toEqual({ kind: 'value', value: true });
  });
});
