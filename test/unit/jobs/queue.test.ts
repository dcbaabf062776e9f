import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobLog } from '../../../src/jobs/job-log.ts';
import { idOfKey, queueOf } from '../../../src/jobs/lanes.ts';
import { outages } from '../../../src/jobs/outages.ts';
import { together } from '../../../src/jobs/together.ts';
import { eventually } from '../../support/eventually.ts';
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

test('a failure begins the time anew for which the database has answered', async () => {
  const outage = outages(memoryLog());
  await eventually(() => expect(outage.steadyMs()).toBeGreaterThan(30));
  await outage.watch(async () => 1);
  const before = outage.steadyMs();
  expect(before).toBeGreaterThan(30);
  await outage.watch(() => Promise.reject(new Error('a bug')));
  expect(outage.steadyMs()).toBeLessThan(before);
});

describe('writes that go together', () => {
  test('each item gets its own answer; what comes during a write waits for one of its own', async () => {
    const writes: number[][] = [];
    const first = Promise.withResolvers<void>();
    const write = together<number, number>(async (items) => {
      writes.push(items);
      if (writes.length === 1) await first.promise;
      return items.map((item) => item * 10);
    });
    const one = write(1);
    await Promise.resolve();
    await Promise.resolve();
    const [two, three] = [write(2), write(3)];
    first.resolve();
    expect(await Promise.all([one, two, three])).toEqual([10, 20, 30]);
    expect(writes).toEqual([[1], [2, 3]]);
  });

  test('a write that fails fails each of its items, and no other', async () => {
    const write = together<number, number>(async (items) => {
      if (items.includes(2)) throw new Error('cut off');
      return items;
    });
    const failed = await Promise.allSettled([write(1), write(2)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await write(3)).toBe(3);
  });
});

test('an outage is said once, its end once; anything else each time', async () => {
  const log = memoryLog();
  const outage = outages(log);
  const refused = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  expect(await outage.watch(async () => 1)).toBe(1);
  for (let time = 0; time < 3; time += 1) expect(await outage.watch(refused)).toBeUndefined();
  await outage.watch(async () => 1);
  await outage.watch(() => Promise.reject(new Error('a bug')));
  expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'warn: the queue does not reach the database; it tries on',
    'info: the queue reaches the database again',
    'error: the queue failed',
  ]);
});
