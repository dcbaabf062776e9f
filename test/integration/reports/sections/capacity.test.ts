import { expect, it } from 'vitest';
import redis from '../../../../src/checks/redis.ts';
import type { Check } from '../../../../src/config/model.ts';
import { defineCheck } from '../../../../src/kernel/check.ts';
import capacity from '../../../../src/reports/sections/capacity.ts';
import { checkOf, opsOf, testClock } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { type PastResult, results, sectionContext, writePast } from '../../../support/past.ts';
import { embeddedStore } from '../../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = new Date('2026-11-23T09:00:00Z');
const today = Date.parse('2026-11-23T00:00:00Z');
const store = await embeddedStore();
const measuring = async () => ({ facts: {} });
const disk = defineCheck({
  ...checkOf(measuring).definition,
  ...{ type: 'disk', facts: () => ({ used_pct: { type: 'number', unit: '%', help: 'used' } }) },
} as never) as Check['definition'];
const diskOf = (id: string, over: Partial<Check> = {}) =>
  checkOf(measuring, { id, definition: disk, everyMs: hour, ...over });

/** `value` gets the number of the day: 0 = today, −1 = yesterday. */
const daily = (id: string, days: number, value: (dayNumber: number, hourOfDay: number) => number, fact = 'used_pct') =>
  results(id, { from: new Date(today - days * day), to: now, everyMs: hour }, (at) => {
    const number = Math.floor((at.getTime() - today) / day);
    return ['ok', { [fact]: value(number, at.getUTCHours()) }];
  });

async function run(checks: Check[], past: PastResult[], options: unknown = {}, zone = 'UTC') {
  await writePast(store, past, now);
  const { health } = await healthOf(checks, { store, clock: testClock(now.toISOString()) });
  const context = sectionContext({ ops: opsOf(checks), health }, { now, zone });
  return capacity.run(context, capacity.options.parse(options) as never);
}

const show = (...ids: string[]) => ids.map((check) => ({ check, fact: 'used_pct', label: check, target: '< 80' }));

it('says when each number crosses its target, the soonest first', async () => {
  const found = await run(
    [diskOf('flat'), diskOf('slow'), diskOf('soon', { owner: '@db' }), diskOf('young'), diskOf('over')],
    [
      ...daily('flat', 40, () => 20),
      ...daily('slow', 40, (number) => 30 + 0.3 * number),
      ...daily('soon', 40, (number) => 75.25 + 0.25 * number),
      ...daily('young', 9, (number) => 50 + number),
      ...daily('over', 40, () => 85),
    ],
    { show: show('flat', 'slow', 'soon', 'young', 'over') },
  );
  expect(found).toMatchObject({ title: 'Capacity', attention: 'look', brief: 'capacity 3/5' });
  expect(found.lines.map(({ text }) => text)).toEqual([
    'over 85 % (< 80 %): beyond its target',
    // 75 on Sunday, the 22nd; 5 more take 20 days.
    'soon 75 % (< 80 %): crosses 80 % about 12 Dec, in 3 weeks, +7.5 % a month',
    'slow 29.7 % (< 80 %): crosses 80 % about 9 May, in 6 months, +9 % a month',
    'flat 20 % (< 80 %): no trend',
    'young 49 % (< 80 %): too few days to tell (9 of 14)',
  ]);
  expect(found.lines.map(({ mark, threadOnly }) => [mark, threadOnly])).toEqual([
    ['warn', undefined],
    ['warn', undefined],
    ['ok', true],
    ['ok', true],
    ['info', true],
  ]);
  expect(found.lines[1]).toMatchObject({ owner: '@db', next: 'plan for more, or find what grows' });
  expect(found.tables?.[0]?.rows).toHaveLength(5);
  expect(found.charts).toHaveLength(4);
});

it('does not take the part of today for a day, nor a night for a trend', async () => {
  // Busy by day: the hours of today so far are the quiet ones.
  const busy = daily('disk', 40, (number, hourOfDay) => (hourOfDay < 9 ? 20 : 60) + (number === 0 ? -20 : 0));
  const found = await run([diskOf('disk')], busy, { show: show('disk') });
  expect(found.lines[0]!.text).toBe('disk 45 % (< 80 %): no trend');
  const worst = await run([diskOf('disk')], busy, { show: show('disk'), by: 'worst' });
  expect(worst.lines[0]!.text).toBe('disk 60 % (< 80 %): no trend');
});

it('knows by the type of a check what can run out, and its growth without a target', async () => {
  const cache = checkOf(measuring, {
    id: 'cache',
    type: 'redis',
    definition: redis as Check['definition'],
    everyMs: hour,
    target: redis.params.parse({ host: 'cache' }),
  });
  const found = await run(
    [cache, diskOf('disk')],
    daily('cache', 40, (number) => 60 + number / 4),
  );
  // `clients_pct` was never measured: a version that does not tell it is no news.
  expect(found.lines.map(({ text }) => text.split(':')[0])).toEqual(['cache used pct 59.8 % (< 80 %)']);
  expect(found.unknown).toBeUndefined();
});

it('tells the growth of what has no target', async () => {
  const found = await run(
    [diskOf('disk')],
    daily('disk', 40, (number) => 150 + number),
    { show: [{ check: 'disk', fact: 'used_pct', label: 'requests', unit: '/s' }] },
  );
  expect(found.lines).toMatchObject([
    { mark: 'info', text: 'requests 149 /s: +19 % from the first to the last week of 30 days', threadOnly: true },
  ]);
});

it('is unknown where what was asked for was not measured or is not there', async () => {
  const found = await run([diskOf('disk')], [], { show: show('disk', 'gone') });
  expect(found.unknown).toEqual([
    'there is no check "gone": correct `show` in the report\'s file',
    'disk: nothing was measured in 30 days: see /ops health disk',
  ]);
  expect(found).toMatchObject({ lines: [], tables: [], attention: 'none' });
});

it('names the range that wavering days allow', async () => {
  const offs = [3, -2, 0, 4, -3, 1, -1, 2, -4, 0, 5];
  const wavering = daily('disk', 40, (number) => 60 + number / 2 + offs[(number + 44) % 11]!);
  const found = await run([diskOf('disk')], wavering, { show: show('disk') });
  expect(found.lines[0]!.text).toMatch(
    /crosses 80 % about \d+ (Dec|Jan), in \d weeks \(\d+ \w+ to \d+ \w+\), \+1\d(\.\d+)? % a month$/,
  );
});

it('does not foresee from what it was weeks ago', async () => {
  const past = daily('disk', 40, (number) => 60 + number).filter(({ at }) => at.getTime() < today - 10 * day);
  const found = await run([diskOf('disk')], past, { show: show('disk') });
  expect(found.unknown).toEqual(['disk: nothing was measured since 12 Nov: see /ops health disk']);
});
