import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHeartbeats } from '../../../src/heartbeats/heartbeats.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { absentStore } from '../../../src/store/absent.ts';
import type { Store } from '../../../src/store/store.ts';
import { testClock } from '../../support/checks.ts';
import { awaiting, reportsTo, revealing, token } from '../../support/heartbeats.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const refusal = 'unknown id, or the bearer token is missing or wrong';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate heartbeat cascade'));

async function botOf(over: Partial<Parameters<typeof reportsTo>[1]> = {}, on = store) {
  const clock = testClock('2026-11-23T02:00:00Z');
  const checks = [awaiting('backup'), awaiting('audit', { token: { secret: 'OTHER' } })];
  const reveal = revealing({ TOKEN: token, OTHER: 'the-token-of-another-job' });
  return { clock, ...(await reportsTo(on, { clock, checks, reveal, ...over })) };
}
const rows = async () => (await store.pool.query('select * from heartbeat_run order by id')).rows;

describe('a job', () => {
  it('reports a start, an end and a failure, which are dated by the server', async () => {
    const { beat, clock, read } = await botOf();
    expect(await beat('backup/start')).toEqual([200, 'recorded: start']);
    clock.move(600_000);
    expect(await beat('backup')).toEqual([200, 'recorded: ok']);
    clock.move(60_000);
    const headers = { date: 'Mon, 01 Jan 2001 00:00:00 GMT' };
    expect(await beat('backup?exit=3', { body: 'disk full', headers })).toEqual([200, 'recorded: fail']);
    const at = (time: string) => new Date(`2026-11-23T${time}:00Z`);
    const common = { exitCode: undefined, message: '' };
    expect(await read('backup')).toMatchObject({
      ...{ since: at('02:00'), okAt: at('02:10'), okStartedAt: at('02:00') },
      runs: [
        { startedAt: undefined, endedAt: at('02:11'), outcome: 'fail', exitCode: 3, message: 'disk full' },
        { startedAt: at('02:00'), endedAt: at('02:10'), outcome: 'ok', ...common },
      ],
    });
    expect((await read('audit')).runs).toEqual([]);
  });

  it('that sends a report again is told so, and nothing changes', async () => {
    const { beat, clock } = await botOf();
    await beat('backup/start');
    clock.move(5_000);
    expect(await beat('backup/start')).toEqual([200, 'known already: start']);
    clock.move(60_000);
    await beat('backup');
    const before = await rows();
    clock.move(5_000);
    expect(await beat('backup')).toEqual([200, 'known already: ok']);
    expect(await rows()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('that sends what makes no sense is told what does, and nothing is recorded', async () => {
    const { beat } = await botOf();
    expect(await beat('backup?exit=')).toEqual([400, 'not recorded: exit is 0 to 255: ?exit=$?']);
    expect((await beat('backup/stop'))[0]).toBe(400);
    expect((await beat('backup/'))[0]).toBe(200);
    expect((await beat('backup', { body: 'x'.repeat(1_100_000) }))[0]).toBe(413);
    expect(await rows()).toHaveLength(1);
  });

  it('that reports without end is slowed down, and others are not', async () => {
    const { beat } = await botOf();
    const all = await Promise.all(Array.from({ length: 61 }, () => beat('backup')));
    expect(all.filter(([status]) => status === 429)).toHaveLength(1);
    const authorization = 'Bearer the-token-of-another-job';
    expect((await beat('audit', { headers: { authorization } }))[0]).toBe(200);
  });
});

describe('reports that were held up', () => {
  const ok = (run: string) => ({ what: 'ok' as const, run, exitCode: undefined, message: '' });
  const later = new Date('2026-11-23T02:10:00Z');
  const earlier = new Date('2026-11-23T02:09:58Z');
  const at = (now: Date) => createHeartbeats({ store, clock: { now: () => now } });

  it('do not take the place of a success that came later', async () => {
    await at(later).record('backup', ok('b'));
    await at(earlier).record('backup', ok('a'));
    expect(await at(later).read('backup')).toMatchObject({ okAt: later, runs: { length: 2 } });
  });

  it('by replicas whose clocks differ a little: no run ends before it began', async () => {
    await at(later).record('backup', { ...ok(''), what: 'start' });
    await at(earlier).record('backup', ok(''));
    expect((await at(later).read('backup')).runs).toMatchObject([{ startedAt: later, endedAt: later, outcome: 'ok' }]);
  });
});

describe('a stranger', () => {
  it.each([
    ['no token', 'backup', { authorization: '' }],
    ['another scheme', 'backup', { authorization: `Basic ${token}` }],
    ['a wrong token', 'backup', { authorization: 'Bearer wrong' }],
    ['the beginning of the token', 'backup', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['more than the token', 'backup', { authorization: `Bearer ${token}x` }],
    ['the token in the address', `backup?token=${token}`, { authorization: '' }],
    ['the token of another job', 'audit', {}],
    ['an id that is not configured', 'database', {}],
    ['no id', '', {}],
    ['a name that every object has', 'constructor', {}],
    ['a path that leads elsewhere', 'backup/%2e%2e/audit', {}],
    ['a wrong token and a verb that there is not', 'backup/stop', { authorization: 'Bearer wrong' }],
  ])('with %s gets the same answer', async (_, path, headers) => {
    const { beat, log } = await botOf();
    expect(await beat(path, { headers })).toEqual([401, refusal]);
    expect(await rows()).toEqual([]);
    expect(JSON.stringify(log.lines)).not.toContain(token);
  });

  it('who knocks often does not fill the log', async () => {
    const { beat, log } = await botOf();
    for (let n = 0; n < 20; n += 1) await beat('backup', { headers: { authorization: 'Bearer wrong' } });
    expect(log.lines).toHaveLength(5);
  });

  it.each(['GET', 'HEAD'])('who only looks at the link (%s) reports nothing', async (method) => {
    const { url } = await botOf();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}backup`, { method, headers });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await rows()).toEqual([]);
  });

  it('gets in nowhere when the token is not set', async () => {
    const { beat, log } = await botOf({ reveal: revealing({}) });
    expect(await beat('backup')).toEqual([401, refusal]);
    expect(await beat('backup', { headers: { authorization: 'Bearer ' } })).toEqual([401, refusal]);
    expect(log.lines.map(({ message }) => message)).toContain('a report of a job was refused');
  });

  it('finds no such path where no check waits for reports', async () => {
    const { beat } = await botOf({ checks: [] });
    expect((await beat('backup'))[0]).toBe(404);
  });
});

describe('while the database is away', () => {
  it('nothing is claimed: 503, when to come again, and then it is taken', async () => {
    const away = absentStore(new OpsError('unavailable', 'cannot reach the database'), memoryLog());
    const clock = testClock();
    const real = createHeartbeats({ store, clock });
    let now = createHeartbeats({ store: away, clock });
    const { url, beat } = await reportsTo(
      store,
      { clock, checks: [awaiting('backup')] },
      { record: (...report) => now.record(...report), read: real.read },
    );
    const authorization = `Bearer ${token}`;
    const answer = await fetch(`${url}backup`, { method: 'POST', headers: { authorization } });
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
      ...[503, '10'],
      'not recorded: the database is away; send it again\n',
    ]);
    now = real;
    expect(await beat('backup')).toEqual([200, 'recorded: ok']);
    await away.close();
  });
});
