import { expect, test } from 'vitest';
import { okReason } from '../../../src/health/seen.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';

const specs: FactSpecs = {
  status: { type: 'number', help: '' },
  latency_ms: { type: 'number', unit: 'ms', help: '' },
  connections_pct: { type: 'number', unit: '%', help: '' },
  size_bytes: { type: 'number', unit: 'bytes', help: '' },
  state: { type: 'string', help: '' },
  up: { type: 'bool', help: '' },
  json: { type: 'json', help: '' },
  names: { type: 'list', help: '' },
};

test.each<[object, string[], string]>([
  [
    { status: 200, latency_ms: 34.2, connections_pct: 48, size_bytes: 1 },
    [],
    'status 200, latency 34.2 ms, connections 48 %',
  ],
  [
    { status: 200, latency_ms: 34.2, connections_pct: 48, size_bytes: 2048 },
    ['size_bytes'],
    'size 2 KiB, status 200, latency 34.2 ms',
  ],
  [{ status: null, latency_ms: Number.NaN, state: 'available', json: {}, names: ['a'] }, ['json'], 'state available'],
  [{ up: true, status: 200 }, ['up'], 'status 200, up true'],
  [{ json: { a: 1 }, undeclared: 5 }, ['json'], 'measured'],
])('%o, of which the rules read %o: %s', (facts, reads, said) => {
  expect(okReason(facts as Record<string, unknown>, specs, reads)).toBe(said);
});
