import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Check, MaintenanceWindow } from '../../../src/config/model.ts';
import type { OnEvents } from '../../../src/health/events.ts';
import { silenceOverJob } from '../../../src/health/silences/change.ts';
import type { OnSilence } from '../../../src/health/silences/model.ts';
import type { JobKind } from '../../../src/jobs/model.ts';
import type { Timers } from '../../../src/jobs/timing.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import { condition, testClock } from '../../support/checks.ts';
import { all, final, healthOf, held, service, unhurried } from '../../support/health.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';
import { tableJobs } from '../../support/table-jobs.ts';

const minute = 60_000;
const hour = 60 * minute;
const anna = { actor: { id: 'slack:U1', name: 'anna', mention: '<@U1>' }, request: 'ABC123' };
const ben = { actor: { id: 'os:ben', name: 'ben', mention: 'ben' }, request: 'DEF456' };

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('silences (%s)', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  beforeEach(async () => {
    await store.pool.query('truncate silence, check_state, check_result, check_transition');
  });

  type Over = Parameters<typeof healthOf>[1];
  /** A process over this store; its clock stands still at nine. */
  const replica = (checks: Check[], over: Over = {}) => healthOf(checks, { store, ...over });
  const audited = async () =>
    (await store.pool.query('select action, target, actor from audit_detail order by seq desc')).rows;
  const openState = async (id: string) =>
    (await store.pool.query('select open_state from check_state where check_id = $1', [id])).rows[0]?.open_state;

  test('a muted check is measured, nobody is told, and it does not count; then it is as it was', async () => {
    const api = service('api');
    api.state.status = 503;
    const { health, clock } = await replica([api.check]);
    await health.regular(['api']);
    expect(await openState('api')).toEqual({ open: true, recent: ['fail'] });
    const { kind, silence } = await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    expect([kind, silence.until]).toEqual(['muted', new Date(clock.now().getTime() + hour)]);
    const report = await final(health.measure({ scope: all, signal: unhurried }));
    expect(report.checks[0]).toMatchObject({
      outcome: 'muted',
      reason: expect.stringMatching(/^muted until 10:00 UTC by @anna; measured fail: /),
      muted: { by: '@anna', silence: silence.id },
    });
    expect(report.counts).toMatchObject({ muted: 1, fail: 0 });
    api.state.status = 200;
    await health.regular(['api']);
    expect(await openState('api')).toEqual({ open: true, recent: ['fail'] });
    api.state.status = 503;
    clock.move(hour);
    await health.regular(['api']);
    expect((await health.last(all)).verdict).toBe('fail');
    expect(await openState('api')).toEqual({ open: true, recent: ['fail'] });
  });

  test('a mute of the cause raises no alarm of what stands on it, neither then nor when it ends; maintenance does', async () => {
    const api = service('api');
    const metrics = service('metrics', { dependsOn: ['api'] });
    api.state.status = metrics.state.status = 503;
    const told: string[] = [];
    const onEvents: OnEvents = async (_tx, events) =>
      void told.push(...events.map(({ checkId, event }) => `${checkId} ${event}`));
    const { health, clock } = await replica([api.check, metrics.check], { onEvents });
    const round = async () => {
      clock.move(minute);
      await health.regular(['api', 'metrics']);
      const { checks } = await health.last(all);
      return [told.splice(0), checks.find(({ id }) => id === 'metrics')?.reason];
    };
    expect(await round()).toEqual([['api opened'], 'blocked by api (fail)']);
    const { silence } = await health.muteCheck(ben, { checkId: 'api', forMs: hour });
    for (let n = 0; n < 2; n += 1) expect(await round()).toEqual([[], 'blocked by api (fail, muted by @ben)']);
    await health.endSilence(ben, silence.id);
    expect(await round()).toEqual([['api standing'], 'blocked by api (fail)']);
    const target = { kind: 'check', id: 'api' } as const;
    await health.beginMaintenance(anna, { target, forMs: hour, mode: 'mute', reason: 'x' });
    expect(await round()).toEqual([['metrics opened'], 'status != 200 is true']);
  });

  test('a check that is muted while it is being measured opens nothing', async () => {
    const slow = held('api', { fail: [condition('true', () => true)] });
    const told: string[] = [];
    const onEvents: OnEvents = async (_tx, events) => void told.push(...events.map(({ event }) => event));
    const { health, clock } = await replica([slow.check], { onEvents });
    const running = health.regular(['api']);
    await slow.begun;
    await (await replica([slow.check])).health.muteCheck(anna, { checkId: 'api', forMs: hour });
    slow.release();
    await running;
    expect(told).toEqual([]);
    clock.move(hour);
    await health.regular(['api']);
    expect(told).toEqual(['opened']);
  });

  test('a standing problem that is muted while it is being measured is told of no more', async () => {
    const failing = { fail: [condition('true', () => true)] };
    const told: string[] = [];
    const onEvents: OnEvents = async (_tx, events) => void told.push(...events.map(({ event }) => event));
    const before = await replica([service('api', failing).check], { onEvents });
    await before.health.regular(['api']);
    await before.health.regular(['api']);
    const slow = held('api', failing);
    const { health } = await replica([slow.check], { onEvents });
    const running = health.regular(['api']);
    await slow.begun;
    await (await replica([slow.check])).health.muteCheck(anna, { checkId: 'api', forMs: hour });
    slow.release();
    await running;
    expect(told).toEqual(['opened', 'standing']);
  });

  test('muted time is no uptime and no downtime', async () => {
    const api = service('api');
    const { health, clock } = await replica([api.check]);
    await health.regular(['api']);
    await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    api.state.status = 503;
    for (let n = 0; n < 5; n += 1) {
      clock.move(minute);
      await health.regular(['api']);
    }
    expect((await health.details('api')).uptime.day).toBe(100);
  });

  test('maintenance of a group that skips: nothing of it is measured until it ends', async () => {
    const [api, db] = [service('api', { group: 'data' }), service('db', { group: 'data' })];
    const web = service('web', { group: 'front' });
    const { health, clock } = await replica([api.check, db.check, web.check]);
    const work = {
      target: { kind: 'group', id: 'data' },
      forMs: 45 * minute,
      mode: 'skip',
      reason: 'patches',
    } as const;
    const silence = await health.beginMaintenance(anna, work);
    await health.regular(['api', 'db', 'web']);
    await final(health.measure({ scope: all, signal: unhurried }));
    expect([api.state.runs, db.state.runs, web.state.runs]).toEqual([0, 0, 2]);
    const { checks } = await final(health.measure({ scope: { kind: 'check', id: 'api' }, signal: unhurried }));
    expect(checks[0]?.reason).toBe('muted until 09:45 UTC by @anna (patches); measured unknown: not measured yet');
    expect((await health.endSilence(ben, silence.id)).kind).toBe('ended');
    await health.regular(['api', 'db', 'web']);
    expect([api.state.runs, db.state.runs]).toEqual([1, 1]);
    clock.move(hour);
  });

  test('what another replica begins and ends counts here within one look', async () => {
    const api = service('api');
    const [one, two] = [await replica([api.check]), await replica([api.check])];
    const work = { target: { kind: 'check', id: 'api' }, forMs: hour, mode: 'skip', reason: 'move' } as const;
    const { id } = await one.health.beginMaintenance(anna, work);
    await two.health.regular(['api']);
    await final(two.health.measure({ scope: all, signal: unhurried }));
    expect(api.state.runs).toBe(0);
    expect((await two.health.last(all)).checks[0]?.outcome).toBe('muted');
    await one.health.endSilence(anna, id);
    const report = await final(two.health.measure({ scope: all, signal: unhurried }));
    expect([api.state.runs, report.checks[0]?.outcome]).toEqual([1, 'ok']);
  });

  test('while the database is away nothing muted is forgotten, and nothing stays muted for ever', async () => {
    const api = service('api');
    let away = false;
    const broken: Store = { ...store, db: () => (away ? unreachable() : store.db()) };
    const { health, clock } = await replica([api.check], { store: broken });
    await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    away = true;
    const muted = await health.last(all);
    expect(muted.checks[0]?.outcome).toBe('muted');
    expect(muted.warnings?.[0]).toContain('not read');
    clock.move(hour);
    expect((await health.last(all)).checks[0]?.outcome).toBe('unknown');
    away = false;
  });

  test('several windows over a check: the one that ends last counts, and what is left when one is ended is said', async () => {
    const patches: MaintenanceWindow = {
      id: 'patches',
      match: { check: 'api' },
      cron: '0 9 * * *',
      zone: 'UTC',
      forMs: 2 * hour,
      mode: 'mute',
    };
    const { health } = await replica([service('api').check], { maintenance: [patches] });
    const { silence } = await health.muteCheck(anna, { checkId: 'api', forMs: 4 * hour });
    expect((await health.last(all)).checks[0]?.muted).toMatchObject({ by: '@anna' });
    const target = { kind: 'group', id: 'g' } as const;
    const work = await health.beginMaintenance(ben, { target, forMs: hour, mode: 'mute', reason: 'x' });
    expect(await health.endSilence(anna, silence.id)).toMatchObject({ kind: 'ended', still: [{ id: work.id }] });
    expect((await health.last(all)).checks[0]?.muted).toMatchObject({ by: 'patches' });
  });

  test('muted twice at once: one mute, and clear words for the second', async () => {
    const { health } = await replica([service('api').check]);
    const mute = { checkId: 'api', forMs: hour };
    const made = await Promise.all(Array.from({ length: 6 }, () => health.muteCheck(anna, mute)));
    expect(made.map(({ kind }) => kind).sort()).toEqual([...Array(5).fill('already'), 'muted']);
    expect(await health.silences()).toHaveLength(1);
    const longer = await health.muteCheck(ben, { checkId: 'api', forMs: 4 * hour });
    expect(longer.kind).toBe('muted');
    expect(await health.silences()).toEqual([longer.silence]);
    expect(await health.endSilence(ben, made[0]!.silence.id)).toMatchObject({
      kind: 'ended_before',
      silence: { ended: { by: 'ben' } },
      still: [{ id: longer.silence.id }],
    });
  });

  test('unmuted twice, or after it was over: nothing happens, and it is said', async () => {
    const { health, clock } = await replica([service('api').check]);
    const { silence } = await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    const ends = await Promise.all(Array.from({ length: 4 }, () => health.endSilence(ben, silence.id)));
    expect(ends.map(({ kind }) => kind).sort()).toEqual(['ended', 'ended_before', 'ended_before', 'ended_before']);
    const next = await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    clock.move(hour);
    expect(await health.endSilence(ben, next.silence.id)).toMatchObject({ kind: 'expired' });
    await expect(health.endSilence(ben, 'nope')).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([
    ['a check that is not there', { target: { kind: 'check', id: 'gone' } }, 'not_found'],
    ['a group that is not there', { target: { kind: 'group', id: 'gone' } }, 'not_found'],
    ['30 s', { forMs: 30_000 }, 'invalid'],
    ['8 days', { forMs: 8 * 24 * hour }, 'invalid'],
    ['no reason', { reason: ' \n ' }, 'invalid'],
  ] as const)('maintenance with %s is refused', async (_what, over, code) => {
    const { health } = await replica([service('api').check]);
    const work = { target: { kind: 'check', id: 'api' }, forMs: hour, mode: 'mute', reason: 'x', ...over } as const;
    await expect(health.beginMaintenance(anna, work)).rejects.toMatchObject({ code });
    expect(await health.silences()).toEqual([]);
  });

  test('each verb is audited with who, what, before and after; what changed nothing is not', async () => {
    await store.pool.query('select 1');
    const before = (await audited()).length;
    const { health } = await replica([service('api').check]);
    const { silence } = await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    await health.muteCheck(ben, { checkId: 'api', forMs: hour });
    const target = { kind: 'group', id: 'g' } as const;
    const reason = 'patches, ask dba@example.com';
    const begun = await health.beginMaintenance(anna, { target, forMs: hour, mode: 'mute', reason });
    await health.endSilence(ben, silence.id);
    await health.endSilence(ben, silence.id);
    const rows = await audited();
    expect(rows.slice(0, rows.length - before)).toEqual([
      { action: 'silence.end', target: 'check/api', actor: 'os:ben' },
      { action: 'maintenance.begin', target: 'group/g', actor: 'slack:U1' },
      { action: 'check.mute', target: 'check/api', actor: 'slack:U1' },
    ]);
    expect(begun.reason).not.toContain('dba@example.com');
  });

  test('the messages of problems hear of it in the same transaction, also when its time is up', async () => {
    const told: unknown[] = [];
    const onSilence: OnSilence = async (tx, change) => {
      await sql`select 1`.execute(tx);
      told.push(change);
    };
    const due = new Map<string, { dueAt: Date; kind: JobKind<unknown>; data: unknown }>();
    const timers: Pick<Timers, 'set' | 'cancel'> = {
      set: async (_tx, { key, ...timer }) => void due.set(key, timer as never),
      cancel: async (_tx, key) => void due.delete(key),
    };
    const checks = [service('api').check, service('db').check];
    const { health, clock } = await replica(checks, { onSilence, timers });
    const until = (ms: number) => new Date(clock.now().getTime() + ms);
    const target = { kind: 'group', id: 'g' } as const;
    const group = await health.beginMaintenance(anna, { target, forMs: hour, mode: 'mute', reason: 'x' });
    const mute = await health.muteCheck(ben, { checkId: 'api', forMs: 4 * hour });
    await health.endSilence(anna, group.id);
    expect(told).toEqual([
      { kind: 'begun', checkIds: ['api', 'db'], until: until(hour), by: '@anna' },
      { kind: 'begun', checkIds: ['api'], until: until(4 * hour), by: '@ben', mute: mute.silence.id },
      { kind: 'begun', checkIds: ['api'], until: until(4 * hour), by: '@ben', mute: mute.silence.id },
      { kind: 'ended', checkIds: ['db'] },
    ]);
    expect([...due]).toEqual([
      [`silence/${mute.silence.id}`, { dueAt: until(4 * hour), kind: silenceOverJob, data: { id: mute.silence.id } }],
    ]);
    const jobs = await tableJobs(store);
    health.takeOn(jobs);
    clock.move(4 * hour);
    await store.transaction((tx) => jobs.enqueue(tx, silenceOverJob, { id: mute.silence.id }));
    await jobs.run();
    expect(told.at(-1)).toEqual({ kind: 'ended', checkIds: ['api'] });
    await store.transaction((tx) => jobs.enqueue(tx, silenceOverJob, { id: group.id }));
    await jobs.run();
    expect(told).toHaveLength(5);
  });

  test('windows of the configuration are told of when they open and close, also when nobody ran meanwhile', async () => {
    const told: unknown[] = [];
    const onSilence: OnSilence = async (_tx, change) => void told.push(change);
    const window = { id: 'patches', match: { check: 'api' }, cron: '0 10 * * *', zone: 'UTC' };
    const maintenance: MaintenanceWindow[] = [{ ...window, forMs: 45 * minute, mode: 'mute' }];
    const checks = [service('api').check, service('db').check];
    const clock = testClock();
    const nine = clock.now().getTime();
    const over = { maintenance, onSilence, clock };
    const replicas = [await replica(checks, over), await replica(checks, over)];
    const jobs = await tableJobs(store);
    const schedules = replicas.map(({ health }) => health.takeOn(jobs).find(({ name }) => name === 'health windows'));
    let previous = nine;
    const slot = async (ms: number, by = 0) => {
      clock.move(nine + ms - clock.now().getTime());
      const [at, before] = [new Date(nine + ms), new Date(previous)];
      await store.transaction<unknown, unknown>(async (tx) => schedules[by]?.enqueue(tx, at, '', before));
      previous = nine + ms;
    };
    for (let n = 1; n <= 61; n += 1) await slot(n * minute, n % 2);
    const until = new Date(nine + 105 * minute);
    expect(told.splice(0, 2)).toEqual(Array(2).fill({ kind: 'ended', checkIds: ['api', 'db'] }));
    expect(told).toEqual([{ kind: 'begun', checkIds: ['api'], until, by: 'patches' }]);
    await slot(48 * hour);
    expect(told.slice(1)).toEqual([{ kind: 'ended', checkIds: ['api'] }]);
    await slot(49 * hour + 5 * minute);
    const mute = await replicas[0]!.health.muteCheck(anna, { checkId: 'api', forMs: 4 * hour });
    await slot(50 * hour);
    const by = { until: mute.silence.until, by: '@anna', mute: mute.silence.id };
    expect(told.slice(3)).toEqual(Array(2).fill({ kind: 'begun', checkIds: ['api'], ...by }));
  });

  test('a bot that begins tells of what nothing silences any more, until that is stored', async () => {
    const told: unknown[] = [];
    const onSilence: OnSilence = async (_tx, change) => void told.push(change);
    const [api, db] = [service('api', { group: 'g' }).check, service('db').check];
    const clock = testClock();
    const start = clock.now().getTime();
    const { health } = await replica([api, db], { clock });
    await health.muteCheck(anna, { checkId: 'db', forMs: hour });
    // A window over `g` was in the configuration until now.
    const after = await replica([api, db], { clock, onSilence });
    const schedule = after.health.takeOn(await tableJobs(store)).find(({ name }) => name === 'health windows')!;
    const slot = (n: number, previous: number, fails = false) =>
      store.transaction<unknown, unknown>(async (tx) => {
        await schedule.enqueue(tx, new Date(start + n * minute), '', new Date(start + previous * minute));
        if (fails) throw new Error('rolled back');
      });
    await expect(slot(1, 0, true)).rejects.toThrow('rolled back');
    for (const n of [1, 2, 3]) await slot(n, n - 1);
    expect(told).toEqual(Array(2).fill({ kind: 'ended', checkIds: ['api'] }));
  });

  test('whatever fails in it, a verb leaves nothing behind', async () => {
    const before = (await audited()).length;
    const onSilence: OnSilence = async () => {
      throw new Error('no room for a notice');
    };
    const { health } = await replica([service('api').check], { onSilence });
    await expect(health.muteCheck(anna, { checkId: 'api', forMs: hour })).rejects.toThrow('no room');
    expect(await health.silences()).toEqual([]);
    expect(await audited()).toHaveLength(before);
  });

  test.each([-10, 10])('a clock that jumps by %i min moves no end', async (jump) => {
    const clock = testClock(systemClock.now().toISOString());
    const { health } = await replica([service('api').check], { clock });
    const { silence } = await health.muteCheck(anna, { checkId: 'api', forMs: hour });
    clock.move(jump * minute);
    expect((await health.last(all)).checks[0]?.muted?.until).toEqual(silence.until);
    clock.move(hour - jump * minute);
    expect((await health.last(all)).checks[0]?.muted).toBeUndefined();
  });
});

function unreachable(): never {
  throw new Error('connect ECONNREFUSED');
}
