import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/config/model.ts';
import { rollUp } from '../../../../src/health/rollup.ts';
import metrics from '../../../../src/reports/sections/metrics.ts';
import type { Store } from '../../../../src/store/store.ts';
import { checkOf, testClock } from '../../../support/checks.ts';
import { healthOf } from '../../../support/health.ts';
import { conditionsOf } from '../../../support/judging.ts';
import { contextOf } from '../../../support/report-context.ts';
import { checkReport } from '../../../support/reports.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const specs = {
  latency_ms: { type: 'number', help: '', unit: 'ms' },
  used: { type: 'number', help: '' },
  max: { type: 'number', help: '' },
  json: { type: 'json', help: '' },
} as const;

/** Fails above 800 ms, warns above 500. */
function latencyCheck(id: string, over: Partial<Check> = {}): Check {
  const rules = { warn: conditionsOf(['latency_ms > 500'], specs), fail: conditionsOf(['latency_ms > 800'], specs) };
  const check = checkOf(async () => ({ facts: {} }), { id, ...rules, ...over });
  return { ...check, definition: { ...check.definition, facts: () => specs } };
}

async function measured(store: Store, id: string, results: [at: number, facts: Record<string, unknown> | null][]) {
  for (const [at, facts] of results)
    await store.pool.query(
      `insert into check_result (check_id, at, outcome, duration_ms, facts) values ($1, $2, 'ok', 1, $3)`,
      [id, new Date(at), facts],
    );
}

async function setUp(checks: Check[], now = '2026-11-23T09:00:00Z') {
  const clock = testClock(now);
  const { health, store } = await healthOf(checks, { clock });
  await store.pool.query('truncate check_rollup_fact');
  const at = clock.now();
  const run = (
    options: Record<string, unknown>,
    reports: ReturnType<typeof checkReport>[],
    over: Parameters<typeof contextOf>[0] = {},
  ) =>
    metrics.run(
      contextOf({ now: at, checks, reports, sources: { health, store }, ...over }),
      metrics.options.parse(options),
    );
  return { store, now: at, run };
}

const api = (at: Date, over: Parameters<typeof checkReport>[1] = {}) =>
  checkReport('api', { facts: { latency_ms: 287 }, at, ...over });

describe('key metrics', () => {
  it('say value, target, yesterday at this hour, the median of seven days and their line', async () => {
    const { store, now, run } = await setUp([latencyCheck('api')]);
    const days = [301, 290, 310, 280, 285, 295, 305];
    await measured(
      store,
      'api',
      days.map((latency_ms, at) => [now.getTime() - (at + 1) * day, { latency_ms }]),
    );
    // Another hour, and a day too far back.
    await measured(store, 'api', [
      [now.getTime() - day + 2 * hour, { latency_ms: 9_999 }],
      [now.getTime() - 8 * day, { latency_ms: 9_999 }],
    ]);
    const result = await run({ show: [{ check: 'api', label: 'p95', target: '< 500' }] }, [api(now)]);
    // Oldest first: 305 295 285 280 310 290 301, and 287 now.
    expect(result.lines).toEqual([{ mark: 'ok', text: 'p95 287 ms (< 500) · yesterday 301 · usual 295 ▇▅▂▁█▃▆▃' }]);
    expect(result).toMatchObject({ attention: 'none', brief: 'p95 287 ms', values: { 'api.latency_ms': 287 } });
    expect(result.tables![0]!.rows).toEqual([['p95', '287 ms', '< 500 ms', '301 ms', '295 ms', '▇▅▂▁█▃▆▃', 'ok']]);
  });

  it('read hours as they are kept after two days, and what is measured once a day', async () => {
    const daily = latencyCheck('nightly', { everyMs: day, staleAfterMs: 3 * day });
    const { store, now, run } = await setUp([latencyCheck('api'), daily]);
    for (const back of [1, 3, 4])
      await measured(store, 'api', [[now.getTime() - back * day, { latency_ms: back * 100 }]]);
    await measured(store, 'nightly', [[now.getTime() - day - 7 * hour, { latency_ms: 40 }]]);
    while ((await rollUp(store, now)).more);
    const result = await run({ show: [{ check: 'api' }, { check: 'nightly' }] }, [
      api(now),
      checkReport('nightly', { facts: { latency_ms: 50 }, at: new Date(now.getTime() - 7 * hour) }),
    ]);
    expect(result.lines[0]!.text).toMatch(/^api latency 287 ms \(≤ 500\) · yesterday 100 · usual 300 /);
    expect(result.lines[1]!.text).toMatch(/^nightly latency 50 ms \(≤ 500\) · yesterday 40 /);
  });

  it('count days by the clock on the wall of the zone', async () => {
    // Clocks in New York went back on 1 November: nine o'clock of the day before was 13:00 UTC.
    const { store, run, now } = await setUp([latencyCheck('api')], '2026-11-01T14:00:00Z');
    await measured(store, 'api', [
      [Date.parse('2026-10-31T13:00:00Z'), { latency_ms: 111 }],
      [Date.parse('2026-10-31T14:00:00Z'), { latency_ms: 222 }],
    ]);
    const text = async (zone: string) => (await run({}, [api(now)], { zone })).lines[0]!.text;
    expect(await text('America/New_York')).toContain('yesterday 111');
    expect(await text('UTC')).toContain('yesterday 222');
  });

  it('that miss their target want a look, though their check is well; a failing check wants more', async () => {
    const { run, now } = await setUp([latencyCheck('api'), latencyCheck('web')]);
    const show = [
      { check: 'api', target: '< 200' },
      { check: 'web', target: '<= 800' },
    ];
    const web = checkReport('web', {
      facts: { latency_ms: 900 },
      at: now,
      outcome: 'fail',
      owner: '@web',
      next: 'restart',
    });
    const looked = await run({ show: [show[0]] }, [api(now)]);
    expect(looked.attention).toBe('look');
    expect(looked.lines[0]).toMatchObject({ mark: 'warn', item: 'check/api' });
    const acted = await run({ show }, [api(now), web]);
    expect(acted.attention).toBe('act');
    expect(acted.lines[1]).toMatchObject({ mark: 'fail', owner: '@web', next: 'restart' });
    // A check that fails for another reason has this number where it should be.
    const well = await run({ show: [{ check: 'web' }] }, [{ ...web, facts: { latency_ms: 90 } }]);
    expect(well.lines[0]!.mark).toBe('ok');
  });

  it('that were not measured are unknown with the reason, and never a number of before', async () => {
    const { run, now } = await setUp([latencyCheck('api')]);
    const show = [{ check: 'api', label: 'p95' }];
    const unknown = async (over: Parameters<typeof checkReport>[1]) => {
      const { lines, attention, unknown: why } = await run({ show }, [api(now, over)]);
      expect([lines, attention]).toEqual([[], 'look']);
      return why;
    };
    expect(await unknown({ outcome: 'unknown', reason: 'connection refused', next: 'start it' })).toEqual([
      'p95: api is unknown: connection refused → start it',
    ]);
    expect(await unknown({ facts: { latency_ms: null } })).toEqual(['p95: api did not measure latency_ms']);
    expect(await unknown({ outcome: 'muted', at: new Date(now.getTime() - hour) })).toEqual([
      'p95: api was measured last 1 h ago: status 200',
    ]);
  });

  it('that nothing has the name of are said, with what was meant', async () => {
    const { run, now } = await setUp([latencyCheck('api')]);
    const show = [{ check: 'apy' }, { check: 'api', fact: 'latenzy' }];
    const { unknown } = await run({ show }, [api(now)]);
    expect(unknown).toEqual([
      'there is no check apy: did you mean api?',
      'api has no such fact: latency_ms, used, max, json',
    ]);
  });

  it('may be out of something, stand deep in a JSON answer, and have few digits', async () => {
    const { run, now } = await setUp([latencyCheck('api')]);
    const show = [
      { check: 'api', fact: 'used', of: 'max', label: 'Connections' },
      { check: 'api', fact: 'used', of: 30, label: 'Of thirty' },
      { check: 'api', fact: 'json.rate[0]', label: 'Errors', unit: '%', digits: 1, target: '< 1' },
    ];
    const facts = { used: 12, max: 25, json: { rate: [0.3456] } };
    const { lines } = await run({ show }, [api(now, { facts })]);
    expect(lines.map(({ text }) => text)).toEqual(['Connections 12/25', 'Of thirty 12/30', 'Errors 0.3 % (< 1)']);
  });

  it('take what the report before kept of yesterday, where the history has nothing; one of last week says nothing', async () => {
    const { run, now } = await setUp([latencyCheck('api')]);
    const previous = (ago: number) => ({
      ...{ title: '', attention: 'none' as const, lines: [], values: { 'api.latency_ms': 250 } },
      madeAt: new Date(now.getTime() - ago),
    });
    const text = async (ago: number) => (await run({}, [api(now)], { previous: previous(ago) })).lines[0]!.text;
    expect(await text(day)).toContain('yesterday 250');
    expect(await text(7 * day)).not.toContain('yesterday');
  });

  it('are, unasked, six checks whose rules compare a number, of as many types as there are', async () => {
    const plain = latencyCheck('plain', { warn: [], fail: [] });
    const many = Array.from({ length: 8 }, (_, at) => latencyCheck(`c${at}`));
    const other = { ...latencyCheck('other'), type: 'another' };
    const { run, now } = await setUp([plain, ...many, other]);
    const reports = [plain, ...many, other].map(({ id }) => checkReport(id, { facts: { latency_ms: 1 }, at: now }));
    const { lines } = await run({}, reports);
    expect(lines.map(({ text }) => text.split(' ')[0])).toEqual(['c0', 'other', 'c1', 'c2', 'c3', 'c4']);
  });

  it('are drawn, the worst first, where the picture is of that number', async () => {
    const { store, run, now } = await setUp([latencyCheck('api'), latencyCheck('web')]);
    for (const id of ['api', 'web'])
      await measured(store, id, [
        [now.getTime() - 3 * hour, { latency_ms: 1 }],
        [now.getTime() - hour, { latency_ms: 2 }],
      ]);
    const show = [{ check: 'api' }, { check: 'web', label: 'Web' }, { check: 'web', fact: 'used' }];
    const web = checkReport('web', { facts: { latency_ms: 900, used: 1 }, outcome: 'fail', at: now });
    const { charts } = await run({ show, charts: 2 }, [api(now), web]);
    expect(charts).toMatchObject([
      { kind: 'line', title: 'Web', points: [{ value: 1 }, { value: null }, { value: 2 }] },
    ]);
  });

  it('know what a target is', () => {
    const read = (target: string) => metrics.options.safeParse({ show: [{ check: 'api', target }] }).success;
    expect(['< 500', '<=1', '> 95', '≥ 99.9 %', '< 500ms'].map(read)).toEqual([true, true, true, true, true]);
    expect(['500', '= 5', 'fast', '< x'].map(read)).toEqual([false, false, false, false]);
  });
});
