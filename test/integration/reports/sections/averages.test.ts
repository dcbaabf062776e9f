import { expect, it } from 'vitest';
import { compileCondition } from '../../../../src/conditions/compile.ts';
import type { Check } from '../../../../src/config/model.ts';
import { isQuiet } from '../../../../src/reports/model.ts';
import averages from '../../../../src/reports/sections/averages.ts';
import { checkOf, opsOf, testClock } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { type PastResult, results, sectionContext, writePast } from '../../../support/past.ts';
import { embeddedStore } from '../../../support/store.ts';

const minute = 60_000;
const day = 1_440 * minute;
const now = new Date('2026-11-23T09:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * day);
const store = await embeddedStore();

function rule(when: string) {
  const compiled = compileCondition({ when }, { latency_ms: { type: 'number', help: '' } });
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return compiled.condition;
}

const checkWith = (id: string, over: Partial<Check> = {}) =>
  checkOf(async () => ({ facts: {} }), { id, everyMs: 10 * minute, ...over });
const limited = { fail: [rule('latency_ms > 800')], warn: [rule('latency_ms > 500')], owner: '@web' };
const steady = (id: string, week: number, before: number) =>
  results(id, { from: ago(14), to: now, everyMs: 10 * minute }, (at) => [
    'ok',
    { latency_ms: at < ago(7) ? before : week },
  ]);

async function run(checks: Check[], past: PastResult[], options: unknown = {}) {
  await writePast(store, past, now);
  const { health } = await healthOf(checks, { store, clock: testClock(now.toISOString()) });
  return averages.run(
    sectionContext({ ops: opsOf(checks), health }, { now }),
    averages.options.parse(options) as never,
  );
}

it('says what is off its target first, with the week before', async () => {
  const peak = { id: 'api', at: ago(3.0001), outcome: 'warn', facts: { latency_ms: 700 } };
  const found = await run(
    [checkWith('api', limited), checkWith('web', limited)],
    [...steady('api', 300, 400), peak, ...steady('web', 600, 500)],
  );
  expect(found).toMatchObject({ title: 'Averages', attention: 'look', brief: 'averages 1/2' });
  expect(found.lines).toMatchObject([
    {
      ...{ mark: 'warn', owner: '@web', next: '/ops health web --chart 7d' },
      text: 'web latency 600 ms on average (≤ 500 ms), at most 600 ms · 7 days before 500 ms (+20 %)',
    },
    {
      mark: 'ok',
      text: expect.stringMatching(
        /^api latency 300 ms on average \(≤ 500 ms\), at most 700 ms · 7 days before 400 ms \(−25 %\)$/,
      ),
    },
  ]);
  expect(found.tables?.[0]?.rows[0]).toEqual([
    'web latency',
    '≤ 500 ms',
    '600 ms',
    '600 ms',
    '600 ms',
    '500 ms',
    '500 ms',
    '500 ms',
  ]);
  expect(found.charts).toMatchObject([
    { kind: 'line', title: 'web latency', limits: [{ value: 500 }] },
    { title: 'api latency' },
  ]);
  expect(found.charts?.[0]).toMatchObject({ fromMs: ago(7).getTime(), toMs: now.getTime() });
  expect(found.values?.['web latency']).toBeCloseTo(600, 6);
});

it('takes every hour alike, however often it was asked in a bad one', async () => {
  const often = results('api', { from: ago(0.5), to: ago(0.5 - 1 / 48), everyMs: 10_000 }, () => [
    'ok',
    { latency_ms: 4_000 },
  ]);
  const found = await run([checkWith('api')], [...steady('api', 100, 100), ...often], {
    show: [{ check: 'api', fact: 'latency_ms' }],
  });
  // One hour of 168, or two where it straddles.
  expect(found.values?.['api latency']).toBeLessThan(150);
});

it('is calm within all targets', async () => {
  const found = await run([checkWith('api', limited)], steady('api', 300, 300));
  expect(found).toMatchObject({ attention: 'none', brief: 'averages 1/1' });
  const counts = { fail: 0, unknown: 0, warn: 0, stale: 0, blocked: 0, muted: 0, ok: 1 };
  expect(isQuiet({ sections: [{ ...found, name: 'averages', key: 'averages', tookMs: 1 }], counts, checks: [] })).toBe(
    true,
  );
});

it('is unknown where nothing was measured, and of what is not there', async () => {
  const show = [
    { check: 'api', fact: 'latency_ms', label: 'Latency' },
    { check: 'gone' },
    { check: 'api', fact: 'nothing' },
  ];
  const found = await run([checkWith('api')], [], { show });
  expect(found.lines).toEqual([]);
  expect(found.unknown).toEqual([
    'there is no check "gone": correct `show` in the report\'s file',
    'api has no number "nothing": correct `show` in the report\'s file',
    'Latency: nothing was measured in 7 days: see /ops health api',
  ]);
});

it('says nothing where no rule compares a number', async () => {
  expect(await run([checkWith('api')], steady('api', 1, 1))).toMatchObject({
    attention: 'none',
    lines: [],
    tables: [],
    charts: [],
  });
});

it('leaves a gap in the line where nothing was measured', async () => {
  const past = steady('api', 100, 100).filter(({ at }) => at < ago(4) || at > ago(3));
  const [chart] = (await run([checkWith('api', limited)], past)).charts ?? [];
  const points = chart?.kind === 'line' ? chart.points : [];
  expect(points.filter(({ value }) => value === null)).toHaveLength(1);
});
