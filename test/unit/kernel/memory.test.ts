import { expect, it } from 'vitest';
import { createMemory } from '../../../src/kernel/memory.ts';

function setup(most?: number) {
  let nowMs = 0;
  let asked = 0;
  const memory = createMemory<number>({
    forMs: 60_000,
    failedForMs: 3_000,
    elapsedMs: () => nowMs,
    ...(most && { most }),
  });
  const ask = async () => ++asked;
  return { memory, ask, asked: () => asked, pass: (ms: number) => (nowMs += ms) };
}

it('keeps an answer for its time, counted from the question', async () => {
  const { memory, ask, pass } = setup();
  expect(await memory.recall('a', ask)).toBe(1);
  pass(59_999);
  expect(await memory.recall('a', ask)).toBe(1);
  pass(1);
  expect(await memory.recall('a', ask)).toBe(2);
});

it('asks once for everybody who asks at the same time', async () => {
  const { memory, ask } = setup();
  expect(await Promise.all([memory.recall('a', ask), memory.recall('a', ask), memory.recall('b', ask)])).toEqual([
    1, 1, 2,
  ]);
});

it('keeps a failure for seconds only', async () => {
  const { memory, ask, asked, pass } = setup();
  const fail = () => ask().then(() => Promise.reject(new Error('away')));
  await expect(memory.recall('a', fail)).rejects.toThrow('away');
  await expect(memory.recall('a', ask)).rejects.toThrow('away');
  expect(asked()).toBe(1);
  pass(3_000);
  expect(await memory.recall('a', ask)).toBe(2);
});

it('does not keep what was on its way when it was told to forget', async () => {
  const { memory, ask } = setup();
  const late = Promise.withResolvers<number>();
  const first = memory.recall('a', () => late.promise);
  memory.forget('a');
  expect(await memory.recall('a', ask)).toBe(1);
  late.resolve(99);
  expect(await first).toBe(99);
  expect(await memory.recall('a', ask)).toBe(1);
  memory.forget();
  expect(await memory.recall('a', ask)).toBe(2);
});

it('drops the oldest answers when it has too many', async () => {
  const { memory, ask } = setup(2);
  for (const key of ['a', 'b', 'c']) await memory.recall(key, ask);
  expect(await memory.recall('c', ask)).toBe(3);
  expect(await memory.recall('a', ask)).toBe(4);
});
