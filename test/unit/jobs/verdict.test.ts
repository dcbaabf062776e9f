import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, verdictOn } from '../../../src/jobs/verdict.ts';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';

const retry = { limit: 3, firstMs: 1_000, maxMs: 60_000 };
const around = { retry, failures: 0, excused: 0, random: () => 1 };

describe('backoff', () => {
  test('doubles from the first to the longest pause', () => {
    const pauses = [0, 1, 2, 5, 6, 7, 1_000].map((failures) => backoffMs(retry, failures, () => 1));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('is anywhere between half of the step and the whole of it', () => {
    fc.assert(
      fc.property(
        fc.record({ firstMs: fc.integer({ min: 1, max: 1e6 }), maxMs: fc.integer({ min: 1, max: 1e7 }) }),
        fc.nat(200),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        ({ firstMs, maxMs }, failures, chance) => {
          const step = Math.min(maxMs, firstMs * 2 ** failures);
          const pause = backoffMs({ firstMs, maxMs }, failures, () => chance);
          expect(pause).toBeGreaterThanOrEqual(Math.floor(step / 2));
          expect(pause).toBeLessThanOrEqual(Math.ceil(step));
        },
      ),
    );
  });

  test('two jobs that fail together don’t come back together', () => {
    const pauses = new Set(Array.from({ length: 100 }, () => backoffMs(retry, 4, Math.random)));
    expect(pauses.size).toBeGreaterThan(50);
  });
});

describe('the verdict', () => {
  const busy = (more = {}) => new PortError('rate_limited', 'later', { retryable: true, ...more });

  test('a retryable PortError is tried again until its kind’s limit', () => {
    const kinds = [0, 1, 2, 3, 4].map((failures) => verdictOn(busy(), { ...around, failures }).kind);
    expect(kinds).toEqual(['retry', 'retry', 'retry', 'dead', 'dead']);
  });

  test('never earlier than the other side asks for, also beyond the longest pause', () => {
    expect(verdictOn(busy({ retryAfterMs: 90_000 }), around)).toMatchObject({
      delayMs: 90_000,
      reason: 'rate_limited',
    });
    expect(verdictOn(busy({ retryAfterMs: 10 }), around)).toMatchObject({ delayMs: 1_000 });
  });

  test('what no retry can help is dead', () => {
    const gone = new PortError('channel_not_found', 'gone', { retryable: false });
    expect(verdictOn(gone, around)).toEqual({ kind: 'dead', reason: 'channel_not_found', message: 'gone' });
    expect(verdictOn(new OpsError('conflict', 'no'), around)).toEqual({
      kind: 'dead',
      reason: 'conflict',
      message: 'no',
    });
  });

  test('anything else is a fault of ours, and tried again', () => {
    const fault = new TypeError('x is undefined');
    expect(verdictOn(fault, around)).toMatchObject({ kind: 'retry', reason: 'fault', counts: true });
    expect(verdictOn(fault, { ...around, failures: 3 })).toMatchObject({ kind: 'dead', reason: 'fault' });
    expect(verdictOn('a string', around)).toMatchObject({ kind: 'retry', message: 'a string' });
  });

  test('an outage of the database uses up no retry', () => {
    const cut = Object.assign(new Error('terminating connection'), { code: '57P01' });
    expect(verdictOn(cut, { ...around, failures: 3 })).toMatchObject({
      kind: 'retry',
      reason: 'database',
      counts: false,
    });
  });
});
