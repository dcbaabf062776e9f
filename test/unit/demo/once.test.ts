import { expect, it } from 'vitest';
import { once } from '../../../src/demo/once.ts';

it('does its work once, for all who ask, also at the same time', async () => {
  let times = 0;
  const counted = once(async (from: number) => from + ++times);
  expect(await Promise.all([counted(10), counted(20)])).toEqual([11, 11]);
  expect([await counted(30), times]).toEqual([11, 1]);
});

it('keeps no failure: who asked meets it, who asks next begins anew', async () => {
  let broken = true;
  const work = once(async () => {
    if (broken) throw new Error('not now');
    return 'done';
  });
  const asked = await Promise.allSettled([work(), work()]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect(await work()).toBe('done');
});
