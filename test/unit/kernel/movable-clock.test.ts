import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ranMs, systemClock } from '../../../src/kernel/clock.ts';
import { fastest, MovableClock } from '../../../src/kernel/movable-clock.ts';
import { testClock } from '../../support/checks.ts';

const second = 1_000;
const hour = 3_600 * second;
const after = (clock: MovableClock, ms: number) => new Date(clock.now().getTime() + ms);

test('it runs as its base does until it is told otherwise, then so many times faster', () => {
  const base = testClock();
  const clock = new MovableClock(base);
  base.move(90 * second);
  expect([clock.now(), clock.speed, clock.aheadMs]).toEqual([base.now(), 1, 0]);
  clock.setSpeed(60);
  base.move(60 * second);
  expect([clock.speed, clock.aheadMs]).toEqual([60, 59 * 60 * second]);
  clock.setSpeed(1);
  base.move(hour);
  expect(clock.aheadMs).toBe(59 * 60 * second);
});

const step = fc.oneof(
  fc.record({ kind: fc.constant('run' as const), ms: fc.integer({ min: -5_000, max: 60_000 }) }),
  fc.record({ kind: fc.constant('speed' as const), speed: fc.integer({ min: 1, max: fastest }) }),
  fc.record({ kind: fc.constant('leap' as const), ms: fc.integer({ min: 0, max: 24 * hour }) }),
);

test('whatever is done to it: it never goes back, and a new speed is no leap', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const base = testClock();
      const clock = new MovableClock(base, { aheadMs: 5 * hour });
      for (const step of steps) {
        const before = clock.now().getTime();
        if (step.kind === 'run') base.move(step.ms);
        else if (step.kind === 'speed') clock.setSpeed(step.speed);
        else clock.leapTo(after(clock, step.ms));
        const wanted = {
          run: Math.max(0, 'ms' in step ? step.ms : 0) * clock.speed,
          speed: 0,
          leap: 'ms' in step ? step.ms : 0,
        };
        expect(clock.now().getTime() - before).toBe(wanted[step.kind]);
      }
    }),
  );
});

test('real time between two of its moments: what ran fast took less, what was leapt over took none', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const base = testClock();
      const clock = new MovableClock(base);
      const seen = [{ at: clock.now(), ran: 0 }];
      let ran = 0;
      for (const step of steps) {
        if (step.kind === 'run') {
          base.move(step.ms);
          ran += Math.max(0, step.ms);
        } else if (step.kind === 'speed') clock.setSpeed(step.speed);
        else clock.leapTo(after(clock, step.ms));
        seen.push({ at: clock.now(), ran });
      }
      const last = seen.at(-1)!;
      for (const each of seen) expect(clock.ranMs(each.at, last.at)).toBeCloseTo(last.ran - each.ran, 3);
    }),
  );
});

test('a moment that was leapt over is as far away as the landing', () => {
  const base = testClock();
  const clock = new MovableClock(base);
  const over = after(clock, 4 * hour);
  clock.leapTo(after(clock, 8 * hour));
  base.move(2 * second);
  expect(clock.ranMs(over, clock.now())).toBe(2 * second);
  expect(clock.ranMs(after(clock, -10 * hour), clock.now())).toBe(2 * hour);
});

test('of a clock that nobody moves all time is real', () => {
  expect(ranMs(systemClock, new Date(1_000), new Date(5_000))).toBe(4_000);
});

test('a machine that slept: what it slept counts once, however fast the clock runs', () => {
  const base = testClock();
  const clock = new MovableClock(base);
  clock.setSpeed(600);
  const before = clock.now().getTime();
  base.move(8 * hour);
  expect(clock.now().getTime() - before).toBe(8 * hour);
  base.move(second);
  expect(clock.now().getTime() - before).toBe(8 * hour + 600 * second);
});

test.each([0, 0.5, -60, fastest + 1, Number.NaN, Number.POSITIVE_INFINITY])('it does not run × %d', (speed) => {
  const clock = new MovableClock(testClock());
  expect(() => clock.setSpeed(speed)).toThrow("can't run");
  expect(clock.speed).toBe(1);
});

test('it does not leap back, and tells of each change until nobody listens', () => {
  const clock = new MovableClock(testClock());
  let heard = 0;
  const forget = clock.onChange(() => {
    heard += 1;
  });
  expect(() => clock.leapTo(after(clock, -1))).toThrow('only leaps forward');
  expect(() => clock.leapTo(new Date(Number.NaN))).toThrow('only leaps forward');
  expect(heard).toBe(0);
  clock.setSpeed(60);
  clock.leapTo(after(clock, hour));
  expect(heard).toBe(2);
  forget();
  clock.setSpeed(1);
  expect(heard).toBe(2);
});
