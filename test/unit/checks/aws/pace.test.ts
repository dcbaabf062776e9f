import { expect, test } from 'vitest';
import { Turns } from '../../../../src/checks/aws/pace.ts';

/** Time that passes only while somebody waits. */
function idleTime() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    wait: async (ms: number) => {
      nowMs += ms;
    },
  };
}
const never = new AbortController().signal;

test('a second’s worth at once, then as many as the second allows', async () => {
  const time = idleTime();
  const turns = new Turns({ perSecond: 2, concurrent: 10 }, time);
  const begun: [number, number][] = [];
  for (let i = 0; i < 6; i += 1)
    await turns.take(never, async () => {
      begun.push([i, Math.round(time.nowMs())]);
    });
  expect(begun).toEqual([
    [0, 0],
    [1, 0],
    [2, 500],
    [3, 1000],
    [4, 1500],
    [5, 2000],
  ]);
});

test('fewer than one a second: one at once, the next when it is due', async () => {
  const time = idleTime();
  const turns = new Turns({ perSecond: 0.5, concurrent: 1 }, time);
  for (const ms of [0, 2000, 4000]) {
    await turns.take(never, async () => expect(Math.round(time.nowMs())).toBe(ms));
  }
});

test('no more at the same time than allowed', async () => {
  const turns = new Turns({ perSecond: 100, concurrent: 2 }, idleTime());
  let [under, most] = [0, 0];
  const work = async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise(setImmediate);
    under -= 1;
  };
  await Promise.all(Array.from({ length: 9 }, () => turns.take(never, work)));
  expect(most).toBe(2);
});

test('who gives up while they wait takes no turn from others', async () => {
  const time = idleTime();
  const turns = new Turns({ perSecond: 1, concurrent: 1 }, time);
  const gone = new AbortController();
  gone.abort(new Error('gave up'));
  await turns.take(never, async () => {});
  await expect(turns.take(gone.signal, async () => {})).rejects.toThrow('gave up');
  await turns.take(never, async () => expect(Math.round(time.nowMs())).toBe(1000));
});

test('first come, first served', async () => {
  const turns = new Turns({ perSecond: 1, concurrent: 1 }, idleTime());
  const order: number[] = [];
  const take = (i: number) => turns.take(never, async () => void order.push(i));
  await Promise.all([0, 1, 2, 3].map(take));
  expect(order).toEqual([0, 1, 2, 3]);
});
