import { beforeAll, describe, expect, test } from 'vitest';
import { type CheckState, changedStates, recordSweep, samplesSince } from '../../../src/health/history.ts';
import type { Outcome } from '../../../src/health/model.ts';
import { historyOf } from '../../../src/health/past.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf, condition } from '../../support/checks.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const minute = 60_000;
const start = Date.parse('2026-11-23T09:00:00Z');
const at = (minutes: number) => new Date(start + minutes * minute);

/** A state measured `minutes` after nine with this outcome; `facts` null = nothing was measured. */
function state(id: string, minutes: number, outcome: Outcome, facts: Record<string, unknown> | null = {}): CheckState {
  const reason = `${outcome} at ${minutes}`;
  return {
    report: {
      id,
      type: 't',
      group: 'g',
      outcome,
      reason,
      notes: [],
      since: at(minutes),
      at: at(minutes),
      facts: facts ?? {},
      duration_ms: 12,
      attempts: 1,
    },
    shown: { outcome, since: at(minutes), reason },
    settled: outcome,
    sample: facts ? { at: at(minutes), facts } : undefined,
    open: undefined,
  };
}

async function stateOf(id: string): Promise<CheckState> {
  const found = (await changedStates(store, [{ id, at: undefined }])).get(id);
  if (!found) throw new Error(`no state of ${id}`);
  return found;
}

async function count(table: string, id: string): Promise<number> {
  const answer = await store.pool.query(`select count(*) as n from ${table} where check_id = $1`, [id]);
  return answer.rows[0].n;
}

describe('recordSweep', () => {
  test('since stays while the outcome stays; each change is a transition', async () => {
    for (const [minutes, outcome] of [
      [0, 'ok'],
      [1, 'fail'],
      [2, 'fail'],
      [3, 'ok'],
    ] as const) {
      await recordSweep(store, [state('since', minutes, outcome, { n: minutes })]);
      const saved = await stateOf('since');
      const since = outcome === 'fail' ? at(1) : at(minutes);
      expect([saved.report.since, saved.shown.since]).toEqual([since, since]);
    }
    const past = await historyOf(
      store,
      checkOf(async () => ({ facts: {} }), { id: 'since' }),
      at(4),
    );
    expect(past.transitions).toEqual([
      { at: at(3), from: 'fail', to: 'ok', reason: 'ok at 3' },
      { at: at(1), from: 'ok', to: 'fail', reason: 'fail at 1' },
      { at: at(0), from: null, to: 'ok', reason: 'ok at 0' },
    ]);
  });

  test('a report comes back as it went in', async () => {
    const saved = {
      ...state('whole', 0, 'warn', { latency_ms: 612, json: { deep: ['x'] } }),
      open: { open: true, recent: ['warn' as const] },
    };
    await recordSweep(store, [saved]);
    expect(await stateOf('whole')).toEqual(saved);
  });

  test('only states that the caller does not know yet are read', async () => {
    await recordSweep(store, [state('known', 0, 'ok'), state('news', 1, 'ok')]);
    const changed = await changedStates(store, [
      { id: 'known', at: at(0) },
      { id: 'news', at: at(0) },
      { id: 'never', at: undefined },
    ]);
    expect([...changed.keys()]).toEqual(['news']);
  });

  test('a late result of a slower replica does not overwrite a newer state', async () => {
    await recordSweep(store, [state('late', 5, 'ok')]);
    await recordSweep(store, [state('late', 4, 'fail')]);
    expect((await stateOf('late')).report.outcome).toBe('ok');
    expect([await count('check_result', 'late'), await count('check_transition', 'late')]).toEqual([2, 1]);
  });

  test('the last sample outlives results that measured nothing', async () => {
    const measured = state('carried', 0, 'ok', { deadlocks: 7 });
    await recordSweep(store, [measured]);
    await recordSweep(store, [{ ...state('carried', 1, 'unknown', null), sample: measured.sample }]);
    expect((await stateOf('carried')).sample).toEqual({ at: at(0), facts: { deadlocks: 7 } });
    const samples = await samplesSince(store, [{ id: 'carried', since: at(0) }]);
    expect(samples.get('carried')).toEqual([{ at: at(0), facts: { deadlocks: 7 } }]);
  });

  test('text that jsonb refuses costs no history', async () => {
    const odd = state('odd', 0, 'fail', { body: 'plain' });
    odd.report.reason = odd.shown.reason = 'broken \0 text \udfff';
    odd.report.notes = ['a\0b'];
    await recordSweep(store, [odd]);
    expect((await stateOf('odd')).report.reason).toBe('broken \uFFFD text \uFFFD');
  });

  test('a sweep that cannot be saved whole leaves nothing', async () => {
    const broken = state('whole-or-none-b', 0, 'ok');
    broken.report.duration_ms = 'soon' as unknown as number;
    await expect(recordSweep(store, [state('whole-or-none-a', 0, 'ok'), broken])).rejects.toThrow();
    expect(await count('check_result', 'whole-or-none-a')).toBe(0);
    expect(await count('check_state', 'whole-or-none-a')).toBe(0);
  });
});

describe('historyOf', () => {
  const check = checkOf(async () => ({ facts: {} }), {
    id: 'past',
    warn: [condition('latency_ms > 500', () => false, ['latency_ms'])],
  });

  test('nothing measured is null, not 0 or 100 %', async () => {
    const past = await historyOf(store, { ...check, id: 'nobody' }, at(0));
    expect(past).toMatchObject({ series: null, transitions: [], uptime: { day: null, month: null } });
    expect(past.strip).toHaveLength(48);
    expect(new Set(past.strip)).toEqual(new Set([null]));
  });

  test('averages, worst outcomes and uptime; muted and blocked do not count', async () => {
    const states = [
      state('past', -25 * 60, 'fail', { latency_ms: 9_999 }),
      state('past', -40, 'ok', { latency_ms: 100 }),
      state('past', -35, 'fail', { latency_ms: 300 }),
      state('past', -10, 'warn', { latency_ms: 700 }),
      state('past', -9, 'unknown', null),
      state('past', -8, 'muted', { latency_ms: 1 }),
      state('past', -7, 'blocked', { latency_ms: 1 }),
    ];
    for (const each of states) await recordSweep(store, [each]);
    const past = await historyOf(store, check, at(0));
    expect(past.uptime.day).toBeCloseTo(50);
    expect(past.uptime.month).toBeCloseTo(40);
    expect(past.strip.slice(-4)).toEqual([null, 'fail', 'unknown', null]);
    expect(past.series?.fact).toBe('latency_ms');
    expect(past.series?.unit).toBe('ms');
    const last = past.series?.points.slice(-4).map((point) => point.value);
    expect(last).toEqual([null, 200, 234, null]);
    expect(past.series?.points.at(-1)?.at).toEqual(at(0));
  });
});
