import { describe, expect, test } from 'vitest';
import { saidOf } from '../../../src/health/hold.ts';
import { type JudgeInput, judge } from '../../../src/health/judge.ts';
import type { FactSpecs, Sample } from '../../../src/kernel/check.ts';
import { judgedOf } from '../../support/judging.ts';

const specs: FactSpecs = {
  value: { type: 'number', unit: '%', help: 'CPU' },
  age_s: { type: 'number', unit: 's', help: 'age' },
};
const now = new Date('2026-11-23T03:12:00Z');
const minute = 60_000;
const five = 5 * minute;

/** Samples at these many minutes before now: `[[5, 90], [4, 91]]`. */
function samples(...of: [minutes: number, value: unknown][]): Sample[] {
  return of.map(([minutes, value]) => ({ at: new Date(now.getTime() - minutes * minute), facts: { value } }));
}

function judged(
  value: unknown,
  history: Sample[],
  more: {
    earlier?: Sample[];
    previous?: JudgeInput['previous'];
    everyMs?: number;
    heldForMs?: number;
    warn?: string;
  } = {},
) {
  const check = judgedOf({ warn: [more.warn ?? 'value > 80'] }, specs, {
    heldForMs: more.heldForMs ?? five,
    everyMs: more.everyMs ?? minute,
  });
  const facts = { value, age_s: 10 };
  const { earlier, previous } = more;
  return judge({
    measured: { kind: 'measured', at: now, facts, specs, attempts: 1, ...(earlier && { earlier }) },
    check,
    history: history.map((sample) => saidOf(check.warn, sample)),
    now,
    ...(previous && { previous }),
  });
}

describe('a condition that must hold for 5 minutes', () => {
  test.each<[string, Sample[], 'ok' | 'warn', string[]]>([
    ['first sample', [], 'ok', ['warn for 0 of 5 min: value 90 % (limit 80 %)']],
    ['true for 2 minutes', samples([2, 90], [1, 90]), 'ok', ['warn for 2 of 5 min: value 90 % (limit 80 %)']],
    ['true for all of it', samples([5, 90], [4, 90], [3, 90], [2, 90], [1, 90]), 'warn', []],
    ['true for longer', samples([7, 90], [6, 90], [5, 90], [4, 90], [3, 90], [2, 90], [1, 90]), 'warn', []],
    [
      'false in the middle',
      samples([5, 90], [4, 90], [3, 70], [2, 90], [1, 90]),
      'ok',
      ['warn for 2 of 5 min: value 90 % (limit 80 %)'],
    ],
    ['false before the window', samples([7, 10], [5, 90], [4, 90], [3, 90], [2, 90], [1, 90]), 'warn', []],
    ['a few seconds of jitter', samples([4.97, 90], [3.9, 90], [3, 90], [2, 90], [1, 90]), 'warn', []],
    ['one sample that could not be judged', samples([5, 90], [4, 90], [3, null], [2, 90], [1, 90]), 'warn', []],
    [
      'nothing but samples that could not be judged',
      samples([5, null], [4, null], [3, null], [2, null], [1, null]),
      'ok',
      ['warn for 0 of 5 min: value 90 % (limit 80 %)'],
    ],
    [
      'a hole larger than the window',
      samples([20, 90], [1, 90]),
      'ok',
      ['warn for 1 of 5 min: value 90 % (limit 80 %)'],
    ],
    ['two looks within seconds', samples([0.05, 90]), 'ok', ['warn for 3 s of 5 min: value 90 % (limit 80 %)']],
  ])('%s', (_, history, outcome, notes) => {
    expect(judged(90, history)).toMatchObject({ outcome, notes });
  });

  test('a check that runs more rarely than its hold fires on the second sample', () => {
    expect(judged(90, samples([60, 90]), { everyMs: 60 * minute }).outcome).toBe('warn');
    expect(judged(90, samples([60, 70]), { everyMs: 60 * minute }).outcome).toBe('ok');
  });

  test('what can not be evaluated now is unknown at once', () => {
    expect(judged(null, samples([5, 90], [4, 90])).outcome).toBe('unknown');
  });

  test('what fired goes on while it is true, though the samples are gone', () => {
    const fired = (...rules: string[]) => ({ previous: { outcome: 'warn', rules } as const });
    expect(judged(90, [], fired('another', 'value > 80')).outcome).toBe('warn');
    expect(judged(90, [], fired('another')).outcome).toBe('ok');
    expect(judged(90, [], fired()).outcome).toBe('ok');
    expect(judged(70, [], fired('value > 80')).outcome).toBe('ok');
  });
});

describe("a source's own history", () => {
  test('proves the hold at the first look, late as its data are', () => {
    const earlier = samples([8, 90], [7, 90], [6, 90], [5, 90], [4, 90], [3, 90]);
    expect(judged(90, [], { earlier }).outcome).toBe('warn');
  });
  test('being late does not count as holding', () => {
    expect(judged(90, [], { earlier: samples([6, 90], [5, 90]) }).outcome).toBe('ok');
  });
  test('data later than the hold and the rhythm still prove it', () => {
    const earlier = samples([6, 90], [5, 90], [4, 90]);
    expect(judged(90, [], { earlier, heldForMs: 2 * minute }).outcome).toBe('warn');
  });
  test('a period longer than the hold', () => {
    expect(judged(90, [], { earlier: samples([12, 90], [7, 90]), heldForMs: minute }).outcome).toBe('warn');
  });
  test('when it lacks a fact that the rule reads, own samples prove it', () => {
    const earlier = samples([5, 90], [4, 90], [3, 90], [2, 90], [1, 90]);
    const history = earlier.map((sample) => ({ ...sample, facts: { ...sample.facts, age_s: 1 } }));
    const warn = 'value > 80 && age_s < 100';
    expect(judged(90, history, { earlier, warn }).outcome).toBe('warn');
    expect(judged(90, [], { earlier, warn }).outcome).toBe('ok');
  });
});

test('a fail that must hold leaves a warn that need not', () => {
  const check = judgedOf({ fail: ['value > 95'], warn: ['value > 80'] }, specs, { heldForMs: five });
  const all = samples([5, 90], [4, 90], [3, 90], [2, 90], [1, 90]);
  const history = all.map((sample) => saidOf([...check.fail, ...check.warn], sample));
  const measured = { kind: 'measured', at: now, facts: { value: 99 }, specs, attempts: 1 } as const;
  expect(judge({ measured, check, history, now })).toMatchObject({
    outcome: 'warn',
    rule: 'value > 80',
    notes: ['fail for 0 of 5 min: value 99 % (limit 95 %)'],
  });
});

test('samples that could not be read are no excuse: the note says so', () => {
  const check = judgedOf({ fail: ['value > 80'] }, specs, { heldForMs: five });
  const measured = { kind: 'measured', at: now, facts: { value: 90 }, specs, attempts: 1 } as const;
  const unread = { previous: false, history: true };
  expect(judge({ measured, check, history: [], now, unread }).notes).toEqual([
    'fail for 0 of 5 min (earlier samples not read): value 90 % (limit 80 %)',
  ]);
});

test('a rule that fired says nothing for another one', () => {
  const check = judgedOf({ warn: ['value > 80', 'age_s > 5'] }, specs, { heldForMs: five });
  const measured = { kind: 'measured', at: now, facts: { value: 0, age_s: 10 }, specs, attempts: 1 } as const;
  const after = (...rules: string[]) =>
    judge({ measured, check, history: [], now, previous: { outcome: 'warn', rules } });
  expect(after('value > 80').outcome).toBe('ok');
  expect(after('age_s > 5').outcome).toBe('warn');
  expect(after('age_s > 5').fired).toEqual(['age_s > 5']);
});

test('samples are as far apart as they were measured: a clock that runs fast makes no hole', () => {
  const check = judgedOf({ warn: ['value > 80'] }, specs, { heldForMs: five });
  const history = samples([20, 90], [10, 90]).map((sample) => saidOf(check.warn, sample));
  const measured = { kind: 'measured', at: now, facts: { value: 90 }, specs, attempts: 1 } as const;
  expect(judge({ measured, check, history, now }).outcome).toBe('ok');
  const apartMs = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 600;
  expect(judge({ measured, check, history, now, apartMs }).outcome).toBe('warn');
});
