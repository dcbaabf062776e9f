import { beforeAll, describe, expect, test } from 'vitest';
import { type CheckState, changedStates, type NewState, recordSweep, saidSince } from '../../../src/health/history.ts';
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
function state(id: string, minutes: number, outcome: Outcome, facts: Record<string, unknown> | null = {}): NewState {
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
    settled: { outcome, rules: [] },
    samples: facts ? [{ at: at(minutes), facts }] : [],
    fingerprint: 'f',
    everyMs: minute,
    takenMs: performance.now(),
    measured: facts !== null,
    said: undefined,
  };
}

async function stateOf(id: string): Promise<CheckState> {
  const found = (await changedStates(store, [{ id, fingerprint: 'f', mark: undefined }])).get(id);
  if (!found) throw new Error(`no state of ${id}`);
  return found;
}

/** Saves a sweep; resolves to its marks. */
function save(states: NewState[]): Promise<Map<string, string>> {
  return recordSweep(store, states, { at: at(0) });
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
      await save([state('since', minutes, outcome, { n: minutes })]);
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
    const whole = {
      ...state('whole', 0, 'warn', { latency_ms: 612, json: { deep: ['x'] } }),
    };
    await save([whole]);
    const { measured, said, takenMs, everyMs, ...kept } = whole;
    const read = await stateOf('whole');
    expect(read).toEqual({ ...kept, takenMs: expect.closeTo(takenMs, -3), mark: expect.any(String) });
  });

  test('only states that the caller does not know yet are read', async () => {
    const marks = await save([state('known', 0, 'ok'), state('news', 1, 'ok')]);
    const changed = await changedStates(store, [
      { id: 'known', fingerprint: 'f', mark: marks.get('known') },
      { id: 'news', fingerprint: 'f', mark: '2026-11-23 09:00:00+00' },
      { id: 'never', fingerprint: 'f', mark: undefined },
    ]);
    expect([...changed.keys()]).toEqual(['news']);
  });

  test('a late result of a slower replica does not overwrite a newer state', async () => {
    const late = state('late', 4, 'fail');
    late.takenMs -= 60_000;
    await save([state('late', 5, 'ok')]);
    expect(await save([late])).toEqual(new Map());
    expect((await stateOf('late')).report.outcome).toBe('ok');
    expect([await count('check_result', 'late'), await count('check_transition', 'late')]).toEqual([2, 1]);
  });

  test('a replica whose clock is ahead does not hide what another measures after it', async () => {
    await save([state('skewed', 3, 'ok')]);
    await save([state('skewed', 0, 'fail')]);
    expect((await stateOf('skewed')).report).toMatchObject({ outcome: 'fail', since: at(0) });
    expect(await count('check_transition', 'skewed')).toBe(2);
  });

  test("what was recorded while the database's clock was ahead gives way", async () => {
    await save([state('jumped', 0, 'ok')]);
    await store.pool.query("update check_state set recorded_at = now() + interval '1 day' where check_id = 'jumped'");
    expect((await stateOf('jumped')).takenMs).toBe(Number.NEGATIVE_INFINITY);
    await save([state('jumped', 1, 'fail')]);
    expect((await stateOf('jumped')).report.outcome).toBe('fail');
  });

  test('nothing is known of a check that was configured otherwise, but whether people were told', async () => {
    const fail = state('changed', 0, 'fail');
    const watched = { rule: { openAfter: { hits: 1, of: 1 }, closeAfter: 1 }, report: fail.report };
    await save([{ ...fail, said: { at: at(0), rules: { a: true } }, watched }]);
    const other = { id: 'changed', fingerprint: 'other', mark: undefined };
    expect(await changedStates(store, [other])).toEqual(new Map());
    expect((await saidSince(store, [{ ...other, since: at(-9) }])).get('changed')).toEqual([]);
    await save([{ ...state('changed', 1, 'fail'), fingerprint: 'other', settled: undefined }]);
    const after = (await changedStates(store, [other])).get('changed');
    expect(after).toMatchObject({ report: { since: at(1) }, shown: { since: at(1) }, settled: undefined });
    const { rows } = await store.pool.query("select open_state from check_state where check_id = 'changed'");
    expect(rows).toEqual([{ open_state: { open: true, recent: ['fail'] } }]);
  });

  test('what the rules said is kept apart from the facts', async () => {
    const said = { at: at(0), rules: { 'a > 1': true, 'b > 1': false, 'c > 1': null } };
    await save([{ ...state('said', 0, 'ok'), said }]);
    await save([state('said', 1, 'unknown', null)]);
    const read = await saidSince(store, [{ id: 'said', fingerprint: 'f', since: at(0) }]);
    expect(read.get('said')).toEqual([said]);
  });

  test('text that jsonb refuses costs no history', async () => {
    const odd = state('odd', 0, 'fail', { body: 'plain' });
    odd.report.reason = odd.shown.reason = 'broken \0 text \udfff';
    odd.report.notes = ['a\0b'];
    await save([odd]);
    expect((await stateOf('odd')).report.reason).toBe('broken \uFFFD text \uFFFD');
  });

  test('a sweep that cannot be saved whole leaves nothing', async () => {
    const broken = state('whole-or-none-b', 0, 'ok');
    broken.report.duration_ms = 'soon' as unknown as number;
    await expect(save([state('whole-or-none-a', 0, 'ok'), broken])).rejects.toThrow();
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
    for (const each of states) await save([each]);
    const past = await historyOf(store, check, at(0));
    // Each speaks for 3 × every (3 min) or until the next: 3 + 1 min up of 3 + 3 + 1 + 1, and 3 more the day before.
    expect(past.uptime.day).toBeCloseTo((100 * 4) / 8);
    expect(past.uptime.month).toBeCloseTo((100 * 4) / 11);
    expect(past.strip.slice(-4)).toEqual([null, 'fail', 'unknown', null]);
    expect(past.series?.fact).toBe('latency_ms');
    expect(past.series?.unit).toBe('ms');
    const last = past.series?.points.slice(-4).map((point) => point.value);
    expect(last).toEqual([null, 200, 234, null]);
    expect(past.series?.points.at(-1)?.at).toEqual(at(0));
  });
});
