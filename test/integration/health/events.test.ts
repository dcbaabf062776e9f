import { sql } from 'kysely';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ProblemEvent } from '../../../src/health/events.ts';
import { createHealth } from '../../../src/health/health.ts';
import { type NewState, recordSweep } from '../../../src/health/history.ts';
import type { Outcome } from '../../../src/health/model.ts';
import type { Store, Tx } from '../../../src/store/store.ts';
import { opsOf, testClock } from '../../support/checks.ts';
import { service } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { checkReport } from '../../support/reports.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const at = new Date('2026-11-23T09:00:00Z');
const once = { openAfter: { hits: 1, of: 1 }, closeAfter: 1 };

/** What a regular run found about a check. */
function found(id: string, outcome: Outcome, over: Partial<NewState> = {}): NewState {
  const report = checkReport(id, { outcome, at, since: at, reason: `${outcome} now` });
  return {
    report,
    shown: { outcome, since: at, reason: report.reason },
    settled: undefined,
    samples: [],
    fingerprint: 'f',
    everyMs: 60_000,
    takenMs: performance.now(),
    measured: true,
    said: undefined,
    watched: { rule: once, report },
    ...over,
  };
}

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('events of regular runs (%s)', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    await store.pool.query('create table told (check_id text, event text)');
  });

  /** Saves a sweep, tells its events in its transaction, and resolves to them. */
  async function record(...states: NewState[]): Promise<string[]> {
    const told: ProblemEvent[] = [];
    const onEvents = async (_tx: Tx, events: ProblemEvent[]) => {
      told.push(...events);
    };
    await recordSweep(store, states, { at, onEvents });
    return told.map(({ checkId, event, before }) => `${checkId} ${before} ${event}`);
  }

  test('opened, worsened, improved, closed: each once, with what was before', async () => {
    const said: string[][] = [];
    for (const outcome of ['ok', 'warn', 'warn', 'fail', 'fail', 'warn', 'ok', 'ok'] as const) {
      said.push(await record(found('a', outcome)));
    }
    expect(said).toEqual([
      [],
      ['a ok opened'],
      ['a warn standing'],
      ['a warn worsened'],
      ['a fail standing'],
      ['a fail improved'],
      ['a warn closed'],
      [],
    ]);
  });

  test('what somebody measured in between opens and closes nothing', async () => {
    const { watched, ...onDemand } = found('look', 'fail');
    expect(await record(onDemand)).toEqual([]);
    expect(await record(found('look', 'fail'))).toEqual(['look null opened']);
    const { watched: _watched, ...recovered } = found('look', 'ok');
    expect(await record(recovered)).toEqual([]);
    expect(await record(found('look', 'fail'))).toEqual(['look fail standing']);
  });

  test('muted and blocked say nothing, and end nothing', async () => {
    await record(found('m', 'fail'));
    const muted = found('m', 'ok');
    muted.watched = { rule: once, report: { ...muted.report, outcome: 'muted' } };
    expect(await record(muted)).toEqual([]);
    for (const outcome of ['muted', 'blocked', 'stale'] as const) {
      const quiet = found('m', 'fail');
      quiet.watched = { rule: once, report: { ...quiet.report, outcome } };
      expect(await record(quiet)).toEqual([]);
    }
    expect(await record(found('m', 'fail'))).toEqual(['m fail standing']);
    expect(await record(found('m', 'ok'))).toEqual(['m fail closed']);
  });

  test('a late result of a process that was frozen tells nothing and changes nothing', async () => {
    const late = found('late', 'ok', { takenMs: performance.now() - 1 });
    const lateFail = found('late', 'fail', { takenMs: late.takenMs });
    expect(await record(found('late', 'fail'))).toEqual(['late null opened']);
    expect(await record(late)).toEqual([]);
    expect(await record(lateFail)).toEqual([]);
    const { rows } = await store.pool.query("select open_state from check_state where check_id = 'late'");
    expect(rows).toEqual([{ open_state: { open: true, recent: ['fail'] } }]);
  });

  test('of several that find the same at once, one tells', async () => {
    for (const outcome of ['fail', 'ok'] as const) {
      const ids = ['x', 'y', 'z'];
      const said = await Promise.all(Array.from({ length: 8 }, () => record(...ids.map((id) => found(id, outcome)))));
      const event = outcome === 'fail' ? 'null opened' : 'fail closed';
      const news = said.flat().filter((each) => !each.endsWith('standing'));
      expect(news.sort()).toEqual(ids.map((id) => `${id} ${event}`));
    }
  });

  test('a report that quotes what jsonb refuses is told so that it can be stored', async () => {
    const odd = 'AWS said \ud83d\u0000 no';
    const state = found('odd', 'fail');
    state.watched = { rule: once, report: { ...state.report, reason: odd, next: odd, notes: [odd], value: odd } };
    const onEvents = async (tx: Tx, events: ProblemEvent[]) => {
      const { rows } = await sql<{
        report: unknown;
      }>`select ${JSON.stringify(events[0]?.report)}::jsonb as report`.execute(tx);
      const whole = 'AWS said \ufffd\ufffd no';
      expect(rows[0]?.report).toMatchObject({ reason: whole, next: whole, notes: [whole], value: whole });
      expect(events[0]?.report.since).toEqual(at);
    };
    expect((await recordSweep(store, [state], { at, onEvents })).has('odd')).toBe(true);
  });

  test('what the hook writes is there with the sweep, or neither is, and the next run finds it again', async () => {
    const write = async (tx: Tx, events: ProblemEvent[]) => {
      for (const { checkId, event } of events) {
        await sql`insert into told (check_id, event) values (${checkId}, ${event})`.execute(tx);
      }
    };
    const broken = async (tx: Tx, events: ProblemEvent[]) => {
      await write(tx, events);
      throw new Error('no room for a notice');
    };
    const rows = async () => (await store.pool.query('select * from told')).rows;
    await expect(recordSweep(store, [found('hook', 'fail')], { at, onEvents: broken })).rejects.toThrow('no room');
    expect(await rows()).toEqual([]);
    await recordSweep(store, [found('hook', 'fail')], { at, onEvents: write });
    expect(await rows()).toEqual([{ check_id: 'hook', event: 'opened' }]);
  });
});

test('a restart repeats nothing, and a hook that fails costs the record and says so', async () => {
  const store = await embeddedStore();
  const api = service('api', { everyMs: 1_000 });
  api.state.status = 503;
  const told: string[] = [];
  let fails = true;
  const onEvents = async (_tx: Tx, events: ProblemEvent[]) => {
    if (fails) throw new Error('no room for a notice');
    told.push(...events.map(({ checkId, event, report }) => `${checkId} ${event} ${report.outcome}`));
  };
  const begin = () => {
    const log = memoryLog();
    const health = createHealth({ ops: opsOf([api.check]), store, clock: testClock(), log, reveal: String, onEvents });
    onTestFinished(() => health.stop());
    return { health, log };
  };
  const first = begin();
  await first.health.regular(['api']);
  expect(first.log.lines.map(({ message }) => message)).toEqual(['history not saved']);
  fails = false;
  await first.health.regular(['api']);
  await begin().health.regular(['api']);
  expect(told).toEqual(['api opened fail', 'api standing fail']);
});
