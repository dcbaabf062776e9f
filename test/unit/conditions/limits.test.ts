import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Limit } from '../../../src/conditions/model.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';

const facts: FactSpecs = {
  latency_ms: { type: 'number', help: '' },
  free: { type: 'number', help: '' },
  size: { type: 'number', help: '' },
  up: { type: 'bool', help: '' },
  json: { type: 'json', help: '' },
};

function limitsIn(when: string): Limit[] {
  const compiled = compileCondition({ when }, facts);
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return compiled.condition.limits;
}

describe('the limits that stand in a condition', () => {
  it.each<[string, Limit[]]>([
    ['latency_ms > 500', [{ fact: 'latency_ms', op: '>', limit: 500 }]],
    ['500.5 < latency_ms', [{ fact: 'latency_ms', op: '>', limit: 500.5 }]],
    ['!(latency_ms <= 500)', [{ fact: 'latency_ms', op: '>', limit: 500 }]],
    ['free < -5', [{ fact: 'free', op: '<', limit: -5 }]],
    ['latency_ms > 500 || latency_ms > 500', [{ fact: 'latency_ms', op: '>', limit: 500 }]],
    [
      'up && (free < 10 || latency_ms >= 900)',
      [
        { fact: 'free', op: '<', limit: 10 },
        { fact: 'latency_ms', op: '>=', limit: 900 },
      ],
    ],
    [
      'up ? latency_ms > 100 : latency_ms > 900',
      [
        { fact: 'latency_ms', op: '>', limit: 100 },
        { fact: 'latency_ms', op: '>', limit: 900 },
      ],
    ],
    ['latency_ms == 500.0', []],
    ['free < size * 0.1', []],
    ['latency_ms / 1000.0 > 2.0', []],
    ['json.latency > 5', []],
    ['json.all.exists(latency_ms, latency_ms > 5)', []],
  ])('%s', (when, limits) => {
    expect(limitsIn(when)).toEqual(limits);
  });
});
