import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Input, type Judged, type JudgeInput, judge, type Verdict } from '../../../src/health/judge.ts';
import type { FactSpecs, Facts } from '../../../src/kernel/check.ts';
import { judgedOf } from '../../support/judging.ts';

const specs: FactSpecs = {
  status: { type: 'number', help: 'HTTP status' },
  latency_ms: { type: 'number', unit: 'ms', help: 'time to the last byte' },
  deadlocks_per_min: { type: 'number', help: 'rate', rate: true },
  json: { type: 'json', help: 'body' },
};
const now = new Date('2026-11-23T03:12:00Z');

function judged(
  check: Judged,
  facts: Facts,
  more: Partial<Extract<Input, { kind: 'measured' }>> = {},
  rest: Partial<JudgeInput> = {},
): Verdict {
  return judge({
    measured: { kind: 'measured', at: now, facts, specs, attempts: 1, ...more },
    check,
    history: [],
    now,
    ...rest,
  });
}

const rules = {
  fail: ['status != 200', "json.status != 'healthy'"],
  warn: ['latency_ms > 500', 'json.queue > 10'],
};
const hint = 'Check the load balancer';
const check = judgedOf(rules, specs, { hint });
const healthy = { status: 200, latency_ms: 34, json: { status: 'healthy', queue: 0 } };

describe('the worst outcome wins', () => {
  test('all good', () => {
    expect(judged(check, healthy)).toEqual({
      outcome: 'ok',
      reason: 'status 200, latency 34 ms',
      notes: [],
      fired: [],
    });
  });

  test('all good, in the words of the check type', () => {
    const okSays = 'HTTP {status} in {latency_ms}';
    expect(judged(check, healthy, { okSays }).reason).toBe('HTTP 200 in 34 ms');
    expect(judged(check, { ...healthy, status: 503 }, { okSays }).reason).toBe('status 503 (want 200)');
  });

  test('a fail says rule, value, limit and what to do next', () => {
    expect(judged(check, { ...healthy, status: 503 })).toEqual({
      outcome: 'fail',
      rule: 'status != 200',
      value: 503,
      limit: 200,
      unit: undefined,
      reason: 'status 503 (want 200)',
      next: hint,
      notes: [],
      fired: ['status != 200'],
    });
  });

  test('a warn carries the unit', () => {
    expect(judged(check, { ...healthy, latency_ms: 612 })).toMatchObject({
      outcome: 'warn',
      rule: 'latency_ms > 500',
      value: 612,
      limit: 500,
      unit: 'ms',
      reason: 'latency_ms 612 ms (limit 500 ms)',
    });
  });

  test('all rules of the level are in the reason', () => {
    const facts = { ...healthy, status: 503, json: { status: 'sick', queue: 11 } };
    expect(judged(check, facts).reason).toBe('status 503 (want 200); json.status "sick" (want "healthy")');
  });

  test('a fail that is true beats rules that can not be evaluated, and is not buried under them', () => {
    expect(judged(check, { status: 503, latency_ms: 1 })).toMatchObject({
      outcome: 'fail',
      rule: 'status != 200',
      notes: [],
    });
  });

  test('a fact that is not there is explained in the words of its check type', () => {
    const page = { json: { ...specs.json!, whyAbsent: () => 'the answer is text/html, not JSON' } };
    const { outcome, reason } = judged(check, { status: 200, latency_ms: 1 }, { specs: { ...specs, ...page } });
    expect([outcome, reason]).toEqual([
      'unknown',
      "can't judge `json.status != 'healthy'`: the answer is text/html, not JSON",
    ]);
  });

  test.each([
    ['timeout', hint],
    ['unreachable', hint],
    ['denied', 'grant it'],
    ['misconfigured', 'grant it'],
  ] as const)('what was not measured (%s) is advised by who knows best', (reason, next) => {
    const measured = { kind: 'unmeasured', at: now, reason, message: 'no', next: 'grant it', attempts: 1 } as const;
    expect(judge({ measured, check, history: [], now }).next).toBe(next);
  });

  test('a fail rule that can not be evaluated is unknown', () => {
    expect(judged(check, { ...healthy, json: { queue: 0 } })).toMatchObject({
      outcome: 'unknown',
      rule: "json.status != 'healthy'",
      reason: "can't judge `json.status != 'healthy'`: json.status is missing",
      next: hint,
    });
  });

  test('unknown beats a warn that is true, and keeps its words', () => {
    expect(judged(check, { ...healthy, latency_ms: 612, json: { status: 'healthy' } })).toMatchObject({
      outcome: 'unknown',
      reason: "can't judge `json.queue > 10`: json.queue is missing; warn: latency_ms 612 ms (limit 500 ms)",
    });
  });

  test('a check without rules is unknown', () => {
    const clearOnly = judgedOf({ clear: ['status == 200'] }, specs);
    expect(judged(clearOnly, healthy)).toMatchObject({
      outcome: 'unknown',
      reason: 'measured, but no rule says what is healthy',
    });
  });

  test("a rule's own words are the reason", () => {
    const own = judgedOf(
      { fail: [{ when: 'status >= 500', say: 'the API answers {status} after {latency_ms}' }] },
      specs,
    );
    expect(judged(own, { status: 503, latency_ms: 7 }).reason).toBe('the API answers 503 after 7 ms');
  });
});

describe('a probe that needed several attempts', () => {
  test('ok after retry', () => {
    expect(judged(check, healthy, { attempts: 2 }).notes).toEqual(['ok after retry']);
  });
  test('what is true and must hold longer did not go away with the retry', () => {
    const held = judgedOf({ fail: ['status != 200'] }, specs, { heldForMs: 300_000 });
    expect(judged(held, { status: 500 }, { attempts: 2 }).notes).toEqual([
      'fail for 0 of 5 min: status 500 (want 200)',
      'after 2 tries',
    ]);
  });
  test('any other outcome says how many tries it took', () => {
    expect(judged(check, { ...healthy, status: 500 }, { attempts: 2 }).notes).toEqual(['after 2 tries']);
    expect(judged(check, { ...healthy, latency_ms: 600 }, { attempts: 3 }).notes).toEqual(['after 3 tries']);
    expect(judged(check, { status: 200 }, { attempts: 2 }).notes).toEqual(['after 2 tries']);
  });
});

describe('a probe that could not measure', () => {
  const unmeasured = {
    kind: 'unmeasured',
    at: now,
    reason: 'denied',
    message: 'ListServices on prod: AccessDenied',
    attempts: 1,
  } as const;
  test('is unknown, never ok', () => {
    expect(judge({ measured: unmeasured, check, history: [], now })).toEqual({
      outcome: 'unknown',
      reason: 'ListServices on prod: AccessDenied',
      why: 'denied',
      next: hint,
      notes: [],
      fired: [],
    });
  });
  test("the probe's advice comes before the check's hint", () => {
    const advised = { ...unmeasured, next: 'grant ecs:ListServices', attempts: 3 };
    expect(judge({ measured: advised, check, history: [], now })).toMatchObject({
      next: 'grant ecs:ListServices',
      notes: ['after 3 tries'],
    });
  });
  test('no words at all: the reason by name', () => {
    expect(judge({ measured: { ...unmeasured, message: '' }, check, history: [], now }).reason).toBe('denied');
  });
});

describe('a rate without an earlier sample', () => {
  const rates = judgedOf({ fail: ['status != 200'], warn: ['deadlocks_per_min > 5', 'deadlocks_per_min > 50'] }, specs);
  test('is skipped with a note', () => {
    expect(judged(rates, { status: 200 })).toMatchObject({
      outcome: 'ok',
      notes: ['not yet: deadlocks_per_min needs a second sample'],
    });
  });
  test('does not hide a fail', () => {
    expect(judged(rates, { status: 500 })).toMatchObject({ outcome: 'fail' });
  });
  test('is unknown when its counter is gone: it has nothing to wait for', () => {
    const counters: FactSpecs = { ...specs, deadlocks: { type: 'number', help: 'counter' } };
    const check = judgedOf({ fail: ['status != 200'], warn: ['deadlocks_per_min > 5'] }, counters);
    const facts = { status: 200, deadlocks: null };
    expect(judged(check, facts, { specs: counters })).toMatchObject({
      outcome: 'unknown',
      reason: "can't judge `deadlocks_per_min > 5`: deadlocks is missing",
    });
    expect(judged(check, { ...facts, deadlocks: 7 }, { specs: counters }).outcome).toBe('ok');
  });
  test('is judged once it is there', () => {
    expect(judged(rates, { status: 200, deadlocks_per_min: 6 })).toMatchObject({
      outcome: 'warn',
    });
  });
});

describe('a check that does not run now', () => {
  const report = {
    outcome: 'fail',
    rule: 'status != 200',
    value: 503,
    limit: 200,
    reason: 'status 503 (want 200)',
    next: 'x',
    notes: ['n'],
  } as const;
  const last = (ageMs: number, more: object = {}) =>
    judge({
      measured: { kind: 'last', report: { ...report, notes: ['n'], at: new Date(now.getTime() - ageMs), ...more } },
      check,
      history: [],
      now,
    });
  test('keeps its last result while that is fresh', () => {
    expect(last(180_000)).toEqual({ ...report, unit: undefined, fired: [] });
  });
  test('is stale when it is older', () => {
    expect(last(180_001)).toMatchObject({
      outcome: 'stale',
      reason: 'no result for 3 min; last fail: status 503 (want 200)',
      next: 'x',
    });
    expect(last(7_200_000, { next: undefined })).toMatchObject({ outcome: 'stale', next: hint });
  });
  test('is stale when its clock was ahead of ours: who knows how old it is', () => {
    expect(last(-5_000).outcome).toBe('fail');
    expect(last(-86_400_000)).toMatchObject({
      outcome: 'stale',
      reason: 'measured 1 d ahead of the clock; last fail: status 503 (want 200)',
    });
  });
  test('an ok that is too old is stale, not ok', () => {
    expect(last(200_000, { outcome: 'ok', reason: 'status 200' })).toMatchObject({ outcome: 'stale' });
  });
  test('keeps why it could not be measured', () => {
    expect(last(60_000, { outcome: 'unknown', why: 'throttled' })).toMatchObject({
      outcome: 'unknown',
      why: 'throttled',
    });
    expect(last(200_000, { outcome: 'unknown', why: 'throttled' })).toMatchObject({
      outcome: 'stale',
      why: 'throttled',
    });
  });
  test('without any result it is unknown', () => {
    expect(judge({ measured: { kind: 'last', report: undefined }, check, history: [], now })).toMatchObject({
      outcome: 'unknown',
      reason: 'not measured yet',
    });
  });
});

describe('hysteresis', () => {
  const slow = judgedOf(
    { fail: ['status != 200'], warn: ['latency_ms > 500'], clear: ['latency_ms < 400', 'status == 200'] },
    specs,
    { hint },
  );
  const after = (outcome: 'warn' | 'fail' | 'ok', facts: Facts) =>
    judged(slow, facts, {}, { previous: { outcome, rules: [] } });
  test.each(['warn', 'fail'] as const)('after %s it stays warn until it clears', (outcome) => {
    expect(after(outcome, { status: 200, latency_ms: 430 })).toEqual({
      outcome: 'warn',
      rule: 'latency_ms < 400',
      value: 430,
      limit: 400,
      unit: 'ms',
      reason: 'latency_ms 430 ms, clears below 400 ms',
      next: hint,
      notes: [],
      fired: [],
    });
    expect(after(outcome, { status: 200, latency_ms: 399 }).outcome).toBe('ok');
  });
  test('after ok it is ok', () => {
    expect(after('ok', { status: 200, latency_ms: 430 }).outcome).toBe('ok');
    expect(judged(slow, { status: 200, latency_ms: 430 }).outcome).toBe('ok');
  });
  test('an unreadable past is named where it could make a difference', () => {
    const unread = { previous: true, history: false };
    const notes = (latency_ms: number) => judged(slow, { status: 200, latency_ms }, {}, { unread }).notes;
    expect(notes(430)).toEqual(['past unknown: clear rules skipped']);
    expect(notes(399)).toEqual([]);
  });
  test('rules that fire come first', () => {
    expect(after('warn', { status: 500, latency_ms: 430 }).outcome).toBe('fail');
  });
  test('a clear rule that can not be evaluated is unknown', () => {
    const json = judgedOf({ warn: ['latency_ms > 500'], clear: ['json.drained'] }, specs);
    expect(judged(json, { latency_ms: 1 }, {}, { previous: { outcome: 'warn', rules: [] } })).toMatchObject({
      outcome: 'unknown',
      rule: 'json.drained',
      reason: "can't judge `json.drained`: json is missing",
    });
  });
  test('a clear rule that waits for a second sample proves nothing', () => {
    const rate = judgedOf({ warn: ['latency_ms > 500'], clear: ['deadlocks_per_min < 1'] }, specs);
    expect(judged(rate, { latency_ms: 1 }, {}, { previous: { outcome: 'fail', rules: [] } })).toMatchObject({
      outcome: 'warn',
      reason: 'was fail; deadlocks_per_min needs a second sample',
    });
  });
});

const values = fc.constantFrom<unknown>(undefined, null, Number.NaN, '200', true, 0, 200, 600, 503);
const anyFacts = fc.record(
  {
    status: values,
    latency_ms: values,
    deadlocks_per_min: values,
    json: fc.oneof(
      values,
      fc.record({ status: fc.constantFrom<unknown>('healthy', 'sick', null, 1), queue: values }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);
const someRules = fc.subarray([
  'status != 200',
  "json.status != 'healthy'",
  'latency_ms > 500',
  'json.queue > 10',
  '!(status == 200 && json.queue < 5)',
  'deadlocks_per_min > 5',
]);

test('never ok while a rule can not be evaluated, never anything but fail while a fail rule is true', () => {
  fc.assert(
    fc.property(
      someRules,
      someRules,
      anyFacts,
      fc.option(fc.constantFrom('ok', 'warn', 'fail') as fc.Arbitrary<'ok' | 'warn' | 'fail'>),
      (fail, warn, facts, outcome) => {
        const random = judgedOf({ fail, warn }, specs);
        const answer = judged(random, facts, {}, outcome === null ? {} : { previous: { outcome, rules: [] } });
        const kinds = (level: 'fail' | 'warn') => random[level].map((rule) => rule.evaluate(facts).kind);
        const all = [...kinds('fail'), ...kinds('warn')];
        const expected =
          all.length === 0
            ? 'unknown'
            : kinds('fail').includes('true')
              ? 'fail'
              : all.includes('unknown')
                ? 'unknown'
                : all.includes('true')
                  ? 'warn'
                  : 'ok';
        expect(answer.outcome).toBe(expected);
        expect(answer.reason).not.toBe('');
        expect(answer.reason).not.toContain('\n');
      },
    ),
    { numRuns: 1000 },
  );
});
