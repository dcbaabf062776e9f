import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Check, Ops } from '../../../src/config/model.ts';
import type { OnEvents } from '../../../src/health/events.ts';
import { createHealth } from '../../../src/health/health.ts';
import type { Schedule } from '../../../src/jobs/timing.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import { opsOf } from '../../support/checks.ts';
import { all, final, held, service, unhurried } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';
import { type TableJobs, tableJobs } from '../../support/table-jobs.ts';

const nine = Date.parse('2026-11-23T09:00:00Z');
const minute = 60_000;
const day = 1_440 * minute;
const never = new AbortController().signal;

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('regular runs as jobs (%s)', (_, open) => {
  let store: Store;
  let jobs: TableJobs;
  beforeAll(async () => {
    store = await open();
    jobs = await tableJobs(store);
  });
  beforeEach(async () => {
    await store.pool.query('truncate check_state, check_result, check_transition, job_under_test');
  });

  /** A process with these checks: its schedule is asked slot by slot, as the ticker does. */
  async function replica(checks: Check[], onEvents?: OnEvents, over: Partial<Ops> = {}) {
    const own = await tableJobs(store);
    const health = createHealth({
      ops: opsOf(checks, over),
      store,
      clock: systemClock,
      log: memoryLog(),
      reveal: String,
      onEvents,
    });
    onTestFinished(() => health.stop());
    const [schedule] = health.takeOn(own) as [Schedule, Schedule];
    const slot = (at: number, previous: number | undefined = at - 5_000, { fails = false } = {}) =>
      store.transaction<unknown, unknown>(async (tx) => {
        const [when, before] = [new Date(at), previous === undefined ? undefined : new Date(previous)];
        await schedule.enqueue(tx, when, `health:${when.toISOString()}`, before);
        if (fails) throw new Error('rolled back');
      });
    return { health, jobs: own, slot };
  }

  const planned = async () => (await jobs.waiting()).map(({ data }) => (data as { checks: string[] }).checks);

  test('a slot is one job for the quick ones and one for each slow one, however many replicas plan it', async () => {
    const slow = { timeoutMs: 60_000 };
    const checks = [service('a').check, service('b').check, service('s', slow).check, service('t', slow).check];
    const [one, two] = [await replica(checks), await replica(checks)];
    await Promise.all([one.slot(nine), two.slot(nine)]);
    expect((await planned()).sort()).toEqual([['a', 'b'], ['s'], ['t']]);
    expect((await jobs.waiting()).map(({ kind }) => kind).sort()).toEqual([
      'health.slow-sweep',
      'health.slow-sweep',
      'health.sweep',
    ]);
    const key = `health:${new Date(nine).toISOString()}`;
    expect((await jobs.waiting()).map((job) => job.key).sort()).toEqual([key, `${key}:s`, `${key}:t`]);
  });

  test('a new check is measured at once, a known one in its rhythm, one configured otherwise at once', async () => {
    const daily = service('a', { everyMs: day });
    const first = await replica([daily.check]);
    await first.slot(nine + 5_000, undefined);
    await first.jobs.run();
    expect(daily.state.runs).toBe(1);
    const again = await replica([{ ...daily.check, hint: 'look' }]);
    for (let at = nine + 10_000; at < nine + 3 * minute; at += 5_000) await again.slot(at);
    expect(await planned()).toEqual([]);
    const other = service('a', { everyMs: day, target: { port: 1 } });
    const changed = await replica([other.check]);
    await changed.slot(nine + 3 * minute + 5_000);
    expect(await planned()).toEqual([['a']]);
    await changed.jobs.run();
    expect(other.state.runs).toBe(1);
  });

  test('what was asked for and is not there yet is asked for again a minute later, and measured once', async () => {
    const { check, state } = service('a', { everyMs: day });
    const { slot, jobs: own } = await replica([check]);
    for (let at = nine + 5_000; at <= nine + 65_000; at += 5_000) await slot(at);
    expect(await planned()).toEqual([['a'], ['a']]);
    await own.run();
    expect(state.runs).toBe(1);
  });

  test('a new check is measured at once also when the slot that asked for it was rolled back', async () => {
    const first = nine + 5_000;
    const same = await replica([service('a', { everyMs: day }).check]);
    await expect(same.slot(first, nine, { fails: true })).rejects.toThrow('rolled back');
    await same.slot(first, nine);
    expect(await planned()).toEqual([['a']]);
    const later = await replica([service('b', { everyMs: day }).check]);
    await expect(later.slot(first, nine, { fails: true })).rejects.toThrow('rolled back');
    await later.slot(first + 5_000, nine);
    expect(await planned()).toEqual([['a'], ['b']]);
  });

  test('a new check that is skipped is not asked for until it may be measured', async () => {
    const everyMinute = { cron: '* * * * *', zone: 'UTC', forMs: day };
    const maintenance = [{ ...everyMinute, id: 'w', match: { check: 'a' }, mode: 'skip' as const }];
    const checks = [service('a', { everyMs: day }).check, service('b', { everyMs: day }).check];
    const skipping = await replica(checks, undefined, { maintenance });
    for (let at = nine + 5_000; at <= nine + 65_000; at += 5_000) await skipping.slot(at);
    expect(await planned()).toEqual([['b'], ['b']]);
    await (await replica(checks)).slot(nine + 70_000);
    expect((await planned()).at(-1)).toEqual(['a', 'b']);
  });

  test('a look in between does not take the place of a regular run', async () => {
    const { check, state } = service('a');
    const { slot, health, jobs: own } = await replica([check]);
    await slot(nine);
    await final(health.measure({ scope: all, signal: unhurried }));
    await own.run();
    expect(state.runs).toBe(2);
    expect((await store.pool.query('select regular_at from check_state')).rows[0].regular_at).not.toBeNull();
  });

  test('missed slots are one sweep', async () => {
    const { check, state } = service('a');
    const { slot, jobs: own } = await replica([check]);
    await slot(nine);
    await own.run();
    await slot(nine + 7 * day + 20_000, nine);
    await own.run();
    expect(state.runs).toBe(2);
  });

  test('a job that comes late, after others have measured, measures nothing again', async () => {
    const { check, state } = service('a');
    const [killed, alive] = [await replica([check]), await replica([check])];
    await killed.slot(nine);
    const late = await jobs.waiting();
    await store.pool.query('delete from job_under_test');
    await alive.slot(nine + minute);
    await alive.jobs.run();
    for (const { kind, key, data } of late) {
      await store.pool.query('insert into job_under_test (kind, key, data) values ($1, $2, $3)', [kind, key, data]);
    }
    await alive.jobs.run();
    expect(state.runs).toBe(1);
  });

  test('a database whose clock was a day ahead does not keep checks from being measured', async () => {
    const { check, state } = service('a');
    const { slot, jobs: own } = await replica([check]);
    await slot(nine);
    await own.run();
    await store.pool.query("update check_state set regular_at = now() + interval '1 day'");
    await slot(nine + minute);
    await own.run();
    expect(state.runs).toBe(2);
  });

  test.each([-10, 10])('a clock that jumps by %i min: checks stay in their rhythm', async (jump) => {
    const { check, state } = service('a');
    const { slot, jobs: own } = await replica([check]);
    let at = nine;
    const tick = async (by: number) => {
      const previous = at;
      at += by;
      await slot(at, previous);
      await own.run();
    };
    for (let n = 0; n < 24; n += 1) await tick(5_000);
    const before = state.runs;
    await tick(jump * minute + 5_000);
    for (let n = 1; n < 24; n += 1) await tick(5_000);
    expect(before).toBeGreaterThanOrEqual(2);
    expect(state.runs - before).toBeGreaterThanOrEqual(1);
    expect(state.runs - before).toBeLessThanOrEqual(3);
  });

  test('a slow check that still runs is not started twice, and a check that is gone is left out', async () => {
    const slow = held('s', { timeoutMs: 60_000 });
    const { slot, health, jobs: own } = await replica([slow.check]);
    await slot(nine);
    const running = own.run();
    await slow.begun;
    await slot(nine + minute);
    await own.run();
    expect(await health.regular(['s', 'gone'])).toEqual([]);
    slow.release();
    await running;
    expect(slow.runs()).toBe(1);
  });

  test('a bot that stops hands the job back; the next one measures what was left', async () => {
    const quick = service('q');
    const slow = held('h');
    const first = await replica([quick.check, slow.check]);
    await first.slot(nine);
    const stopping = new AbortController();
    const running = first.jobs.run(stopping.signal);
    await slow.begun;
    await expect.poll(() => quick.state.runs).toBe(1);
    stopping.abort();
    await expect(running).rejects.toMatchObject({ reason: 'interrupted', retryable: true });
    const states = async () => (await store.pool.query('select check_id from check_state order by 1')).rows;
    expect(await states()).toEqual([{ check_id: 'q' }]);
    const left = service('h');
    await (await replica([quick.check, left.check])).jobs.run();
    expect([quick.state.runs, left.state.runs]).toEqual([1, 1]);
    expect(await states()).toEqual([{ check_id: 'h' }, { check_id: 'q' }]);
  });

  test('a job that was handed to a stopped process is not carried out by it', async () => {
    const { check, state } = service('a');
    const { slot, health, jobs: own } = await replica([check]);
    await slot(nine);
    await health.stop();
    await expect(own.run(never)).rejects.toMatchObject({ reason: 'interrupted' });
    expect(state.runs).toBe(0);
  });

  test('regular runs decide what is open; a look does not', async () => {
    const { check, state } = service('a', { openAfter: { hits: 2, of: 3 } });
    state.status = 500;
    const told: string[] = [];
    const {
      slot,
      health,
      jobs: own,
    } = await replica([check], async (_tx, events) => {
      told.push(...events.map(({ event }) => event));
    });
    for (let n = 0; n < 3; n += 1) {
      await slot(nine + n * minute);
      await own.run();
      await final(health.measure({ scope: all, signal: unhurried }));
      expect(told).toEqual([[], ['opened'], ['opened', 'standing']][n]);
    }
  });

  test('the history is rolled up by a job of its own', async () => {
    const { jobs: own, health } = await replica([]);
    const [, upkeep] = health.takeOn(own) as [Schedule, Schedule];
    await store.pool.query(`insert into check_result (check_id, at, outcome, duration_ms)
      values ('a', now() - interval '3 days', 'ok', 1)`);
    await store.transaction<unknown, unknown>((tx) => upkeep.enqueue(tx, new Date(nine), 'upkeep:nine', undefined));
    await own.run();
    expect((await store.pool.query('select 1 from check_result')).rows).toEqual([]);
    expect((await store.pool.query('select ok from check_rollup')).rows).toEqual([{ ok: 1 }]);
  });
});
