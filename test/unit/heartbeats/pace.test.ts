import { expect, it } from 'vitest';
import { Pace } from '../../../src/heartbeats/pace.ts';

it('allows so many a minute and key, and as many in the next', () => {
  let nowMs = 0;
  const pace = new Pace(2, () => nowMs);
  const asked = () => [pace.allows('a'), pace.allows('a'), pace.allows('a'), pace.allows('b')];
  expect(asked()).toEqual([true, true, false, true]);
  nowMs = 59_999;
  expect(pace.allows('a')).toBe(false);
  nowMs = 60_000;
  expect(asked()).toEqual([true, true, false, true]);
});
