import { expect, it } from 'vitest';
import { lateOf } from '../../../src/jobs/timers-late.ts';

const at = (time: string) => new Date(`2026-11-23T${time}Z`);
const timer = (key: string, dueAt: string, setAt = '02:00') => ({
  key,
  dueAt: at(dueAt),
  setAt: at(setAt),
  kind: 'k',
  data: {},
  turn: 1,
});

it('says how many, between when and when, and when they were kept', () => {
  const due = [timer('a', '03:04'), timer('b', '03:07'), timer('c', '03:10'), timer('d', '03:11:30')];
  expect(lateOf(due, at('03:12'))).toEqual({
    count: 3,
    worstMs: 8 * 60_000,
    keys: ['a', 'b', 'c'],
    firstDueAt: at('03:04'),
    lastDueAt: at('03:10'),
    keptAt: at('03:12'),
  });
});

it('a minute is not late', () => {
  expect(lateOf([timer('a', '03:11')], at('03:12'))).toBeUndefined();
  expect(lateOf([timer('a', '03:11')], at('03:12:00.001'))?.worstMs).toBe(60_001);
});

it('what was set for a time that had passed is late from when it was set', () => {
  expect(lateOf([timer('a', '01:00', '03:11:30')], at('03:12'))).toBeUndefined();
  expect(lateOf([timer('a', '01:00', '03:10')], at('03:12'))?.worstMs).toBe(120_000);
});

it('names at most 20', () => {
  const many = Array.from({ length: 50 }, (_, index) => timer(`t${index}`, '03:00'));
  expect(lateOf(many, at('03:12'))).toMatchObject({ count: 50, keys: many.slice(0, 20).map(({ key }) => key) });
});
