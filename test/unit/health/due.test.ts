import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueBetween, tickMs } from '../../../src/health/due.ts';

const nine = Date.parse('2026-11-23T09:00:00Z');
const minute = 60_000;
const ids = (previous: number | undefined, slot: number) =>
  dueBetween(
    [
      { id: 'minute', everyMs: minute },
      { id: 'five', everyMs: 5 * minute },
      { id: 'day', everyMs: 1_440 * minute },
    ],
    previous === undefined ? undefined : new Date(previous),
    new Date(slot),
  ).map(({ id }) => id);

describe('dueBetween', () => {
  test('a check is due in the slot that reaches the next multiple of its rhythm', () => {
    expect(ids(nine - tickMs, nine)).toEqual(['minute', 'five']);
    expect(ids(nine, nine + tickMs)).toEqual([]);
    expect(ids(nine + 55_000, nine + minute)).toEqual(['minute']);
    expect(ids(nine - 9 * 60 * minute - tickMs, nine - 9 * 60 * minute)).toEqual(['minute', 'five', 'day']);
  });

  test('however many slots were missed, each check is due once', () => {
    expect(ids(nine - 3 * 1_440 * minute, nine + 15_000)).toEqual(['minute', 'five', 'day']);
    expect(ids(nine, nine + 3 * minute + 20_000)).toEqual(['minute']);
  });

  test('without a slot before, or after one of a clock that was ahead, only what falls into this slot', () => {
    expect(ids(undefined, nine)).toEqual(['minute', 'five']);
    expect(ids(undefined, nine + tickMs)).toEqual([]);
    expect(ids(nine + 10 * minute, nine)).toEqual(['minute', 'five']);
    expect(ids(nine + 10 * minute, nine + tickMs)).toEqual([]);
  });

  test('whichever slots are missed: nothing is due twice within a rhythm, and nothing is left out for longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1_000, max: 10 * minute }),
        (steps, everyMs) => {
          let slot = nine;
          let lastDue = -1;
          for (const step of steps) {
            const previous = slot;
            slot += step * tickMs;
            const due = dueBetween([{ everyMs }], new Date(previous), new Date(slot)).length > 0;
            const multiple = Math.floor(slot / everyMs);
            expect(due).toBe(multiple > Math.floor(previous / everyMs));
            if (due) expect(multiple).toBeGreaterThan(lastDue);
            if (due) lastDue = multiple;
          }
        },
      ),
    );
  });
});
