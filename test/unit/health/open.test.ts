import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Outcome, outcomes } from '../../../src/health/model.ts';
import { nextOpenState, type OpenEvent, type OpenState } from '../../../src/health/open.ts';

const rule = { openAfter: { hits: 2, of: 3 }, closeAfter: 2 };
const start: OpenState = { open: false, recent: [] };

function play(sequence: Outcome[], by = rule): { events: OpenEvent[]; state: OpenState } {
  let state = start;
  const events = sequence.map((outcome) => {
    const next = nextOpenState(state, outcome, by);
    state = next.state;
    return next.event;
  });
  return { events, state };
}

describe('open after 2 of 3, close after 2', () => {
  test.each<[Outcome[], OpenEvent[]]>([
    [['fail'], ['none']],
    [
      ['fail', 'fail'],
      ['none', 'opened'],
    ],
    [
      ['fail', 'ok', 'fail'],
      ['none', 'none', 'opened'],
    ],
    [
      ['fail', 'ok', 'ok', 'fail'],
      ['none', 'none', 'none', 'none'],
    ],
    [
      ['warn', 'unknown'],
      ['none', 'opened'],
    ],
    [
      ['fail', 'fail', 'ok'],
      ['none', 'opened', 'none'],
    ],
    [
      ['fail', 'fail', 'ok', 'ok'],
      ['none', 'opened', 'none', 'closed'],
    ],
    [
      ['fail', 'fail', 'ok', 'fail', 'ok', 'ok'],
      ['none', 'opened', 'none', 'none', 'none', 'closed'],
    ],
    [
      ['warn', 'warn', 'fail', 'warn'],
      ['none', 'opened', 'worsened', 'improved'],
    ],
    [
      ['warn', 'warn', 'unknown', 'fail', 'fail'],
      ['none', 'opened', 'worsened', 'worsened', 'none'],
    ],
    [
      ['warn', 'warn', 'ok', 'fail'],
      ['none', 'opened', 'none', 'worsened'],
    ],
    [
      ['fail', 'blocked', 'muted', 'stale', 'fail'],
      ['none', 'none', 'none', 'none', 'opened'],
    ],
    [
      ['fail', 'fail', 'muted', 'ok', 'muted', 'ok'],
      ['none', 'opened', 'none', 'none', 'none', 'closed'],
    ],
    [
      ['fail', 'fail', 'ok', 'ok', 'fail', 'fail'],
      ['none', 'opened', 'none', 'closed', 'none', 'opened'],
    ],
  ])('%o → %o', (sequence, events) => {
    expect(play(sequence).events).toEqual(events);
  });
});

test('open at once, close at once', () => {
  const eager = { openAfter: { hits: 1, of: 1 }, closeAfter: 1 };
  expect(play(['fail', 'ok', 'warn'], eager).events).toEqual(['opened', 'closed', 'opened']);
});

test('an ok never opens, though enough of the last were not', () => {
  const { state } = play(['fail']);
  expect(nextOpenState({ ...state, recent: ['fail', 'fail'] }, 'ok', rule).event).toBe('none');
});

test('events alternate, the memory is bounded, and the input is left alone', () => {
  const rules = fc.record({
    openAfter: fc.record({ hits: fc.integer({ min: 1, max: 4 }), of: fc.integer({ min: 4, max: 6 }) }),
    closeAfter: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...outcomes), { maxLength: 60 }), rules, (sequence, by) => {
      let state: OpenState = Object.freeze({ open: false, recent: Object.freeze([]) as unknown as Outcome[] });
      for (const outcome of sequence) {
        const { state: next, event } = nextOpenState(state, outcome, by);
        expect(event === 'opened').toBe(!state.open && next.open);
        expect(event === 'closed').toBe(state.open && !next.open);
        if (event === 'closed') expect(outcome).toBe('ok');
        if (['blocked', 'muted', 'stale'].includes(outcome)) expect(next).toBe(state);
        expect(next.recent.length).toBeLessThanOrEqual(6);
        state = next;
      }
    }),
  );
});
