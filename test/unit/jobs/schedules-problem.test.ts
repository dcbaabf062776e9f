import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import type { Store } from '../../../src/store/store.ts';
import { schedulesHealth } from '../../../src/web/probes.ts';
import { testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Schedules over a database whose transactions all end like this. */
function schedulesOver(transaction: () => Promise<unknown>, names = ['nightly']) {
  const store = { transaction, ping: async () => new Date() } as unknown as Store;
  return createSchedules({
    store,
    clock: testClock('2026-11-23T08:30:00Z'),
    log: memoryLog(),
    schedules: names.map((name) => ({ name, when: { everyMs: 1_000 }, missed: 'skip', enqueue: async () => {} })),
  });
}

it('a schedule that has failed for more than two minutes is a problem', async () => {
  const schedules = schedulesOver(() => Promise.reject(new Error('value too long')), ['nightly', 'hourly']);
  await schedules.tick();
  vi.advanceTimersByTime(120_000);
  await schedules.tick();
  expect(schedules.problem()).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(schedules.problem()).toBe("nightly and 1 more: slots can't be enqueued");
  expect(await schedulesHealth(schedules)()).toEqual({ ok: false, problem: schedules.problem() });
});

it('schedules that nobody looks at for more than two minutes are one, as while the database hangs', async () => {
  let answer = Promise.withResolvers<Map<string, unknown>>();
  answer.resolve(new Map());
  const schedules = schedulesOver(() => answer.promise);
  vi.advanceTimersByTime(100_000);
  await schedules.tick();
  vi.advanceTimersByTime(100_000);
  expect(await schedulesHealth(schedules)()).toEqual({ ok: true });
  answer = Promise.withResolvers();
  const hanging = schedules.tick();
  vi.advanceTimersByTime(21_000);
  expect(schedules.problem()).toBe('not looked at for 121 s');
  answer.resolve(new Map());
  await hanging;
  expect(schedules.problem()).toBeUndefined();
});
