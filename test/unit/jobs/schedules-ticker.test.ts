import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTicker } from '../../../src/jobs/ticker.ts';
import { memoryLog } from '../../support/memory-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('beats at once, then after each pause, and never twice at once', async () => {
  const beats: PromiseWithResolvers<number>[] = [];
  const beat = () => {
    beats.push(Promise.withResolvers());
    return beats.at(-1)!.promise;
  };
  const ticker = createTicker({ name: 'tests', log: memoryLog(), beat });
  const started = ticker.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats.length).toBe(1);
  beats[0]!.resolve(250);
  await started;
  await vi.advanceTimersByTimeAsync(249);
  expect(beats.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(beats.length).toBe(2);
  const stopped = ticker.stop();
  beats[1]!.resolve(1);
  await stopped;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats.length).toBe(2);
});

it('a beat that hangs is not waited for longer than a second at the end', async () => {
  const ticker = createTicker({ name: 'tests', log: memoryLog(), beat: () => new Promise<never>(() => {}) });
  void ticker.start();
  const stopped = vi.fn();
  const stopping = ticker.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(999);
  expect(stopped).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await stopping;
});

it('an outage is logged when it begins and when it is over, and ends by itself', async () => {
  const log = memoryLog();
  let down = true;
  let beats = 0;
  const beat = async () => {
    beats += 1;
    if (down) throw new Error('gone');
    return 1_000;
  };
  const ticker = createTicker({ name: 'tests', log, beat });
  await ticker.start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(beats).toBe(31);
  down = false;
  await vi.advanceTimersByTimeAsync(10_000);
  down = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'error tests fail; trying again every second',
    'info tests work again',
    'error tests fail; trying again every second',
  ]);
  await ticker.stop();
});
