import { expect, it } from 'vitest';
import { latenessMs, lateOf } from '../../../src/jobs/timers-late.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { MovableClock } from '../../../src/kernel/movable-clock.ts';
import { testClock } from '../../support/checks.ts';

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
  expect(lateOf(due, at('03:12'), systemClock)).toEqual({
    count: 3,
    worstMs: 8 * 60_000,
    keys: ['a', 'b', 'c'],
    firstDueAt: at('03:04'),
    lastDueAt: at('03:10'),
    keptAt: at('03:12'),
  });
});

it('a minute is not late', () => {
  expect(lateOf([timer('a', '03:11')], at('03:12'), systemClock)).toBeUndefined();
  expect(lateOf([timer('a', '03:11')], at('03:12:00.001'), systemClock)?.worstMs).toBe(60_001);
});

it('what was set for a time that had passed is late from when it was set', () => {
  expect(lateOf([timer('a', '01:00', '03:11:30')], at('03:12'), systemClock)).toBeUndefined();
  expect(lateOf([timer('a', '01:00', '03:10')], at('03:12'), systemClock)?.worstMs).toBe(120_000);
});

it('names at most 20', () => {
  const many = Array.from({ length: 50 }, (_, index) => timer(`t${index}`, '03:00'));
  expect(lateOf(many, at('03:12'), systemClock)).toMatchObject({
    count: 50,
    keys: many.slice(0, 20).map(({ key }) => key),
  });
});

it('is not late when somebody moved the clock over it, only when it was not kept after the landing', () => {
  const base = testClock('2026-11-23T01:00:00Z');
  const clock = new MovableClock(base);
  clock.leapTo(at('09:00'));
  base.move(2_000);
  const over = [timer('a', '03:00', '00:30')];
  expect(lateOf(over, clock.now(), clock)).toBeUndefined();
  expect(latenessMs(over[0]!, clock.now(), clock)).toBe(2_000);
  base.move(60_000);
  expect(lateOf(over, clock.now(), clock)).toMatchObject({ count: 1, worstMs: 62_000 });
});

it('is not late because a clock runs fast: a second too late is a second', () => {
  const base = testClock('2026-11-23T03:00:00Z');
  const clock = new MovableClock(base);
  clock.setSpeed(600);
  base.move(19_500);
  expect(latenessMs(timer('a', '03:10'), clock.now(), clock)).toBeCloseTo(18_500);
  expect(lateOf([timer('a', '03:10')], clock.now(), clock)).toBeUndefined();
});
