import { expect, it } from 'vitest';
import type { Ops } from '../../../../src/config/model.ts';
import slo from '../../../../src/reports/sections/slo.ts';
import { checkOf, opsOf, testClock } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { results, sectionContext, writePast } from '../../../support/past.ts';
import { embeddedStore } from '../../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = new Date('2026-11-23T09:00:00Z');
const store = await embeddedStore();
const everyMs = 5 * minute;
const stops =
  (begin: string, ms: number, outcome = 'fail') =>
  (at: Date): [string, Record<string, number>] => {
    const since = at.getTime() - Date.parse(begin);
    return [since >= 0 && since < ms ? outcome : 'ok', { latency_ms: at.getUTCHours() < 2 ? 900 : 100 }];
  };

async function run(
  pasts: Record<string, ReturnType<typeof stops>>,
  options: unknown,
  { over = {}, context = {} }: { over?: Partial<Ops>; context?: Partial<Parameters<typeof sectionContext>[1]> } = {},
) {
  const past = Object.entries(pasts).flatMap(([id, each]) =>
    results(id, { from: new Date('2026-10-01T00:00:00Z'), to: now, everyMs }, each),
  );
  await writePast(store, past, now);
  const checks = Object.keys(pasts).map((id) =>
    checkOf(async () => ({ facts: {} }), { id, group: 'web', everyMs, owner: '@web' }),
  );
  const { health } = await healthOf(checks, { store, clock: testClock(now.toISOString()) });
  const sources = { ops: opsOf(checks, over), health };
  return slo.run(sectionContext(sources, { now, ...context }), slo.options.parse(options) as never);
}

it('tells the budget of a group from ops.yml: outages that overlap count once', async () => {
  const groups = new Map([['web', { id: 'web', owner: '@oncall', sloPercent: 99.9 }]]);
  const found = await run(
    { api: stops('2026-11-10T10:00:00Z', 20 * minute), db: stops('2026-11-10T10:10:00Z', 20 * minute) },
    {},
    { over: { groups } },
  );
  // 30 min of 43.2 min, in 22.4 of 30 days.
  expect(found).toMatchObject({ title: 'SLO', attention: 'none', brief: 'SLO 1/1' });
  expect(found.unknown).toBeUndefined();
  expect(found.lines).toMatchObject([
    { mark: 'ok', owner: '@oncall', threadOnly: true, text: expect.stringContaining('30 min down of 43 min') },
  ]);
  expect(found.lines[0]!.text).toMatch(
    /^web, November 2026: 99\.906 % up \(≥ 99\.9 %\) .*13 min .*left · burn 0\.9×, last 24 h 0×$/,
  );
  expect(found.tables?.[0]?.rows).toEqual([
    ['web', 'November 2026', '99.906 %', '99.9 %', 43.2, 30, 13.2, 0, '0.9×', 'kept'],
  ]);
});

it('says what is missed, by how much and what follows', async () => {
  const objectives = [{ check: 'api', uptime: '99.95%', label: 'Calls' }];
  const found = await run({ api: stops('2026-11-10T10:00:00Z', hour) }, { objectives, consequence: 'no releases' });
  expect(found.attention).toBe('act');
  expect(found.lines).toMatchObject([{ mark: 'fail', owner: '@web', next: 'no releases' }]);
  expect(found.lines[0]!.text).toContain(
    'Calls, November 2026: 99.813 % up (≥ 99.95 %) · 1 h down of 22 min, 38 min too many',
  );
});

it('does not take unknown time for up', async () => {
  const objectives = [{ check: 'api', uptime: 99.9 }];
  const found = await run({ api: stops('2026-11-10T10:00:00Z', 2 * hour, 'unknown') }, { objectives });
  expect(found.attention).toBe('look');
  expect(found.lines[0]).toMatchObject({ mark: 'unknown', next: 'find out what the unknown time was' });
  expect(found.lines[0]!.text).toContain('100 % up');
  expect(found.lines[0]!.text).toContain('2 h unknown: 99.627 % if that was down');
});

it('leaves maintenance out', async () => {
  const objectives = [{ check: 'api', uptime: 99.9 }];
  const found = await run({ api: stops('2026-11-10T10:00:00Z', 5 * hour, 'muted') }, { objectives });
  expect(found.attention).toBe('none');
  expect(found.lines[0]!.text).toContain('100 % up');
  expect(found.lines[0]!.text).toContain('5 h muted or not measured');
});

it('tells of the month before in the first report after its end, and when asked to', async () => {
  const objectives = [{ check: 'api', uptime: 99.9 }];
  const pasts = { api: stops('2026-10-10T10:00:00Z', 3 * hour) };
  const monthsIn = ({ lines }: Awaited<ReturnType<typeof run>>) => lines.map(({ text }) => text.split(':')[0]);
  expect(monthsIn(await run(pasts, { objectives }))).toEqual(['api, November 2026']);
  const monthly = { from: new Date('2026-10-26T09:00:00Z') };
  const both = await run(pasts, { objectives }, { context: monthly });
  expect(monthsIn(both)).toEqual(['api, October 2026', 'api, November 2026']);
  // 99.9 % of 31 days is 44.64 min; what is over neither burns nor is left to come.
  expect(both.lines[0]!.text).toBe(
    'api, October 2026: 99.596 % up (≥ 99.9 %) · 3 h down of 45 min, 2 h 15 min too many',
  );
  expect(monthsIn(await run(pasts, { objectives, before: true }))).toHaveLength(2);
  expect(monthsIn(await run(pasts, { objectives, before: false }, { context: monthly }))).toHaveLength(1);
});

it('holds a number against its target: its mean, or a share of its hours', async () => {
  const latency = { check: 'api', fact: 'latency_ms', target: '< 150', period: 'week' };
  const found = await run(
    { api: stops('2026-10-01T00:00:00Z', 0) },
    { objectives: [latency, { ...latency, target: '< 500', share: '80%', label: 'fast' }] },
    { context: { now: new Date('2026-11-22T00:00:00Z'), from: new Date('2026-11-18T00:00:00Z') } },
  );
  // Two hours of 24 at 900 ms, from Monday 16 November on.
  expect(found.lines.map(({ text }) => text)).toEqual([
    'api latency_ms, week of 16 Nov 2026: 167 ms on average (< 150 ms), at most 900 ms · 91.666 % of 144 measured hours < 150 ms',
    'fast, week of 16 Nov 2026: 91.666 % of 144 measured hours < 500 ms (≥ 80 %) · 167 ms on average, at most 900 ms',
  ]);
  expect(found.attention).toBe('act');
});

it('is unknown where nothing was measured, and of what is not there', async () => {
  const objectives = [
    { check: 'silent', uptime: 99.9 },
    { check: 'nobody', uptime: 99.9 },
    { group: 'nowhere', uptime: 99.9 },
    { check: 'silent', fact: 'p95', target: '< 5' },
  ];
  const found = await run({ silent: () => ['muted', {}] }, { objectives, before: true });
  expect(found.lines).toEqual([]);
  expect(found.brief).toBeUndefined();
  expect(found.unknown).toEqual([
    'nobody: there is no check "nobody": correct its objective',
    'nowhere: there is no check in group "nowhere": correct its objective',
    'silent p95: silent has no number "p95": correct its objective',
    'silent: nothing was measured in November 2026: see /ops health',
  ]);
});

it('says nothing where nothing was promised', async () => {
  const found = await run({ api: stops('2026-11-10T10:00:00Z', hour) }, {});
  expect(found).toMatchObject({ attention: 'none', lines: [], tables: [] });
  expect(found.brief ?? found.unknown).toBeUndefined();
});
