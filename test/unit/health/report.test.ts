import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/health/probe.ts';
import { judgeResult } from '../../../src/health/report.ts';
import { checkOf, condition } from '../../support/checks.ts';

const unused = () => Promise.reject(new Error('nothing is measured here'));
const { definition } = checkOf(unused);
const result: ProbeResult = {
  kind: 'measured',
  at: new Date('2026-11-23T12:00:00Z'),
  facts: { latency_ms: 34 },
  earlier: undefined,
  size: 10,
  attempts: 1,
  durationMs: 1,
};

function reasonOf(okSays: (typeof definition)['okSays'], target: unknown): string {
  const check = checkOf(unused, {
    ...{ target, definition: { ...definition, okSays }, fail: [condition('latency_ms > 900', () => false)] },
  });
  return judgeResult({ check, result, last: undefined, history: [] }).report.reason;
}

describe('what an ok check says', () => {
  it('is the words of its type, with facts filled in', () => {
    expect(reasonOf('answered in {latency_ms}', {})).toBe('answered in 34 ms');
  });

  it('may depend on what the parameters have it look at', () => {
    const okSays = (target: unknown) => `${String(target)} answered in {latency_ms}`;
    expect(reasonOf(okSays, 'the first')).toBe('the first answered in 34 ms');
    expect(reasonOf(okSays, 'the second')).toBe('the second answered in 34 ms');
  });
});
