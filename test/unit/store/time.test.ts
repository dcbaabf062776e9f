import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { expect, test, vi } from 'vitest';
import { databaseTime } from '../../../src/store/time.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';

/** A database whose clock is `aheadMs` ahead of this machine's, and that takes its time. */
function database(aheadMs: number, answerMs: () => number = () => 0) {
  const state = { aheadMs, asked: 0, down: false };
  const query = async () => {
    state.asked += 1;
    if (state.down) throw new Error('down');
    const ms = answerMs();
    const epoch_ms = performance.timeOrigin + performance.now() + state.aheadMs;
    if (ms > 0) await pause(ms);
    return { rows: [{ epoch_ms }] };
  };
  return { state, time: databaseTime({ query } as unknown as pg.Pool, memoryLog()) };
}

const here = () => performance.timeOrigin + performance.now();

test.each([600_000, -600_000, 0])(
  'a machine that is wrong by %i ms takes the time of the database',
  async (aheadMs) => {
    const { time } = database(aheadMs);
    await time.measure();
    expect(Math.abs(time.now().getTime() - here() - aheadMs)).toBeLessThan(50);
    time.stop();
  },
);

test('moments of one process stay in their order, whatever is measured between them', async () => {
  const answersMs = [40, 5, 60, 0, 20, 30];
  const { time } = database(1_000, () => answersMs.shift() ?? 0);
  await time.measure();
  const before = time.epochAt(100);
  await time.measure();
  expect(time.epochAt(100.01)).toBeGreaterThan(before);
  expect(time.performanceAt(time.epochAt(123.456))).toBeCloseTo(123.456, 2);
  time.stop();
});

test('a clock of the database that was set is followed', async () => {
  const { state, time } = database(0);
  await time.measure();
  state.aheadMs = 3_600_000;
  await time.measure();
  expect(Math.abs(time.now().getTime() - here() - 3_600_000)).toBeLessThan(50);
  time.stop();
});

test('a jump of the wall clock is looked into at once, and a database that is down is not stormed', async () => {
  const { state, time } = database(0);
  await time.measure();
  const asked = state.asked;
  vi.spyOn(Date, 'now').mockImplementation(() => here() + 7_200_000);
  state.down = true;
  for (let count = 0; count < 50; count += 1) time.now();
  await eventually(() => expect(state.asked).toBe(asked + 1));
  // Of the two hours none is left; how far the answer took is, on a busy machine.
  expect(Math.abs(time.now().getTime() - here())).toBeLessThan(60_000);
  vi.restoreAllMocks();
  time.stop();
});
