import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobLog } from '../../../src/jobs/job-log.ts';
import { idOfKey, queueOf } from '../../../src/jobs/lanes.ts';
import { outages } from '../../../src/jobs/outages.ts';
import { memoryLog } from '../../support/memory-log.ts';

test('a key is always the same id, and ids of two keys or kinds differ', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, other) => {
      expect(idOfKey('a.kind', key)).toBe(idOfKey('a.kind', key));
      expect(idOfKey('a.kind', key)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(idOfKey('a.kind', key)).not.toBe(idOfKey('another.kind', key));
      if (key !== other) expect(idOfKey('a.kind', key)).not.toBe(idOfKey('a.kind', other));
    }),
  );
});

test('each lane has a queue of its own for series', () => {
  expect(queueOf({ lane: 'sweeps' })).toBe('sweeps');
  expect(queueOf({ lane: 'sweeps', serial: () => 'x' })).toBe('sweeps.serial');
});

test('a job’s log keeps what a line says', () => {
  const log = memoryLog();
  const own = jobLog(log, { job: 'j', kind: 'k', attempt: 2 });
  own.warn('plain');
  own.error({ a: 1 }, 'with fields');
  expect(log.lines).toEqual([
    { level: 'warn', fields: { job: 'j', kind: 'k', attempt: 2 }, message: 'plain' },
    { level: 'error', fields: { job: 'j', kind: 'k', attempt: 2, a: 1 }, message: 'with fields' },
  ]);
});

test('an outage is said once, its end once; anything else each time', async () => {
  const log = memoryLog();
  const outage = outages(log);
  const refused = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  expect(await outage.watch(async () => 1)).toBe(1);
  expect(outage.steadyMs()).toBe(Number.POSITIVE_INFINITY);
  for (let time = 0; time < 3; time += 1) expect(await outage.watch(refused)).toBeUndefined();
  expect(outage.steadyMs()).toBeLessThan(5_000);
  await outage.watch(async () => 1);
  await outage.watch(() => Promise.reject(new Error('a bug')));
  expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'warn: the queue does not reach the database; it tries on',
    'info: the queue reaches the database again',
    'error: the queue failed',
  ]);
});
