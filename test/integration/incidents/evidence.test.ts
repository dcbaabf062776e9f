import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import command from '../../../commands/hold.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { rollUp } from '../../../src/health/rollup.ts';
import { upkeepHandler } from '../../../src/health/upkeep.ts';
import { unlessHeld } from '../../../src/held-evidence.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const style = { colour: false, width: 80, zone: 'UTC' };
const intruder = { key: 'k1', severity: 'P1', title: 'Somebody was in', type: 'access' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(async () => {
  await store.pool.query('truncate check_result, check_rollup, check_rollup_fact, check_transition');
});

async function declared(over: object = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { ...intruder, ...over });
  await store.pool.query(`update incident set home_id = '#incidents', home_name = 'inc-1' where id = 1`);
  await room.queue.finish();
  return room;
}

/** A measurement of `api` so long after its declaration. */
async function measured(room: Room, afterMs: number, facts: object = { latency_ms: 80 }): Promise<void> {
  const at = new Date((await room.incident(1)).declaredAt.getTime() + afterMs);
  await store.pool.query(
    `insert into check_result (check_id, at, outcome, duration_ms, facts) values ('api', $1, 'ok', 1, $2)`,
    [at, JSON.stringify(facts)],
  );
}

const left = async () =>
  (await store.pool.query('select at from check_result order by at')).rows.map(({ at }) => new Date(at).toISOString());

/** What the regular upkeep does at the room's time. */
const upkeep = (room: Room) =>
  upkeepHandler({ store, clock: room.clock, held: () => room.incidents.evidence.windows() })({}, {
    signal: new AbortController().signal,
  } as never);

async function typed(room: Room, line: string, face: 'slack' | 'terminal' = 'slack', role?: string): Promise<Reply> {
  const actor = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' };
  const decide = async (_: unknown, wanted: string) =>
    role === undefined || wanted === role ? { kind: 'allowed' } : { kind: 'denied', why: 'role' };
  const ctx = {
    services: { incidents: room.incidents } as unknown as Services,
    ...{ actor, face, request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf({ decide, holders: async () => [] } as never, actor),
  } as CommandContext<Services>;
  return (await command.run(ctx, line.split(' ').filter(Boolean))) as Reply;
}

describe('a hold', () => {
  it.each([
    ['access', 1],
    ['breach', 1],
    ['disk', 0],
  ])('is offered for the type %s, once its channel is there', async (type, times) => {
    const room = await declared({ type });
    expect(room.said('#incidents').join()).not.toContain('keep its evidence');
    await room.pass(30_000);
    await room.queue.finish();
    expect(room.said('#incidents').filter((post) => post.includes('keep its evidence'))).toHaveLength(times);
  });

  it('keeps results from a day before to a day after the incident; without it they are rolled up', async () => {
    const room = await declared();
    for (const afterMs of [-25 * hour, -23 * hour, 0, 10 * day]) await measured(room, afterMs);
    await room.incidents.evidence.place(asker, 1);
    room.clock.move(20 * day);
    await upkeep(room);
    expect(await left()).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-23T09:00:00.000Z', '2026-12-03T09:00:00.000Z']);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await store.pool.query(`update incident set resolved_at = '2026-11-24T09:00:00Z'`);
    await upkeep(room);
    expect(await left()).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-23T09:00:00.000Z']);
    await room.incidents.evidence.release(asker, { id: 1, reason: 'Counsel agreed to it' });
    await upkeep(room);
    expect(await left()).toEqual([]);
    // Each was counted once, however late.
    expect((await store.pool.query('select sum(ok)::int as ok from check_rollup')).rows).toEqual([{ ok: 4 }]);
  });

  it('keeps hours, days and changes of that time, too', async () => {
    const room = await declared();
    await store.pool.query(`insert into check_rollup (check_id, period, bucket) values
      ('api', 'hour', '2026-11-23T09:00:00Z'), ('api', 'hour', '2026-11-01T09:00:00Z'),
      ('db', 'day', '2026-11-23T00:00:00Z'), ('db', 'day', '2026-11-01T00:00:00Z')`);
    await store.pool.query(`insert into check_transition (check_id, at, to_outcome, reason) values
      ('api', '2026-11-23T09:00:00Z', 'ok', 'held'), ('api', '2026-11-01T09:00:00Z', 'ok', 'old')`);
    await room.incidents.evidence.place(asker, 1);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    room.clock.move(3 * 365 * day);
    await upkeep(room);
    const buckets = await store.pool.query(`select check_id || ' ' || period as it from check_rollup order by 1`);
    expect(buckets.rows.map(({ it }) => it)).toEqual(['api hour', 'db day']);
    expect((await store.pool.query('select reason from check_transition')).rows).toEqual([{ reason: 'held' }]);
    await rollUp(store, room.clock.now());
    expect((await store.pool.query('select 1 from check_transition')).rows).toEqual([]);
  });

  it('that can not be asked for keeps everything', async () => {
    const room = await declared();
    await measured(room, 0);
    room.clock.move(20 * day);
    const held = () => Promise.reject(new Error('the database is away'));
    const { signal } = new AbortController();
    await expect(upkeepHandler({ store, clock: room.clock, held })({}, { signal } as never)).rejects.toThrow('away');
    expect(await left()).toHaveLength(1);
  });

  it('refuses that a row of the audit of that time is erased, until it is released', async () => {
    const room = await declared();
    await room.incidents.evidence.place(asker, 1);
    const onErasing = unlessHeld(undefined, (tx) => room.incidents.evidence.windows(tx));
    const audit = createAudit({ store, clock: room.clock, onErasing });
    const { rows } = await audit.search({ limit: 1, target: 'incident/1', action: 'incident.hold.place' });
    const row = { seq: BigInt(rows[0]!.seq), reason: 'a patient was named' };
    const admin = { actor: 'os:root', request: 'R' };
    await expect(audit.erase(admin, row)).rejects.toMatchObject({
      ...{ code: 'conflict', message: 'This row is evidence of INC-1, which is on hold' },
    });
    expect((await audit.find(rows[0]!.seq)).recorded).toBeDefined();
    await room.incidents.evidence.release(asker, { id: 1, reason: 'Counsel agreed to it' });
    await audit.erase(admin, row);
    expect((await audit.find(rows[0]!.seq)).recorded).toBeUndefined();
  });

  it('begins with the discovery where that came first', async () => {
    const room = await declared({ phi: true });
    const answers = {
      exposed: 'yes',
      factors: {},
      states: {},
      weAre: 'covered_entity',
      conclusion: 'not_yet',
    } as const;
    const discovered = { at: new Date('2026-11-20T09:00:00Z'), reason: 'The log was there' };
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers, discovered });
    await room.incidents.evidence.place(asker, 1);
    expect((await room.incidents.evidence.find(1))?.from).toEqual(new Date('2026-11-19T09:00:00Z'));
    // Also where it turns out afterwards that it was known even earlier.
    const earlier = { ...discovered, at: new Date('2026-11-12T09:00:00Z') };
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 1, answers, discovered: earlier });
    const from = new Date('2026-11-11T09:00:00Z');
    expect((await room.incidents.evidence.find(1))?.from).toEqual(from);
    expect(await room.incidents.evidence.windows()).toEqual([{ incident: 1, from }]);
  });

  it('is one, lists what is to be done by hand, and says who did what and where it is', async () => {
    const room = await declared();
    expect(await room.incidents.evidence.place(asker, 1)).toMatchObject({ kind: 'placed' });
    expect(await room.incidents.evidence.place(asker, 1)).toMatchObject({ kind: 'already' });
    await room.queue.finish();
    expect(room.said('#incidents').at(-1)).toContain('Do it by hand');
    const step = { id: 1, step: 'logs', reference: 's3://evidence/<!channel>' } as const;
    await room.incidents.evidence.mark({ ...asker, by: ben }, step);
    await room.queue.finish();
    expect(room.said('#incidents').at(-1)).toContain('by <@U0BEN00001>: s3:⁠//evidence/&lt;!channel&gt;');
    await expect(room.incidents.evidence.mark(asker, { ...step, reference: ' ' })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await auditedIncidents(store)).toEqual(expect.arrayContaining([`${ben.id} incident.hold.mark incident/1`]));
    const { events } = await room.incidents.show(1);
    expect(events.filter(({ kind }) => kind === 'evidence')).toHaveLength(2);
  });

  it('is released with a reason', async () => {
    const room = await declared();
    await expect(room.incidents.evidence.release(asker, { id: 1, reason: 'x' })).rejects.toMatchObject({
      message: 'The evidence of INC-1 is not on hold',
    });
    await room.incidents.evidence.place(asker, 1);
    await expect(room.incidents.evidence.release(asker, { id: 1, reason: 'x' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await room.incidents.evidence.release(asker, { id: 1, reason: 'Counsel agreed to it' });
    await room.queue.finish();
    expect(room.said('#incidents').at(-1)).toContain('Counsel agreed to it');
    await room.incidents.evidence.place(asker, 1);
    expect((await room.incidents.evidence.find(1))?.done).toEqual([]);
  });
});

describe('the export', () => {
  const rowsOf = (text: string) => text.split('\n').map((line) => JSON.parse(line));

  it('has the timeline, the audit and the results of that time, and its hash is on record', async () => {
    const room = await declared();
    await measured(room, -hour, { latency_ms: 80, token: 'xoxb-1234567890-abcdefghijkl' });
    await measured(room, -3 * day);
    await room.incidents.evidence.place(asker, 1);
    room.clock.move(hour);
    const reply = await typed(room, 'export INC-1', 'terminal');
    const rows = rowsOf(reply.terminal(style));
    expect(rows[0]).toMatchObject({ kind: 'export', incident: 'INC-1', audit: 'window' });
    expect(rows.filter(({ kind }) => kind === 'event').map(({ what }) => what)).toContain('declared');
    expect(rows.filter(({ kind }) => kind === 'audit').map(({ action }) => action)).toContain('incident.declare');
    expect(rows.filter(({ kind }) => kind === 'result')).toMatchObject([{ check: 'api', outcome: 'ok' }]);
    expect(reply.terminal(style)).not.toContain('abcdefghijkl');
    const { sha256, name } = reply.json!() as { sha256: string; name: string };
    expect(
      createHash('sha256')
        .update(`${reply.terminal(style)}\n`)
        .digest('hex'),
    ).toBe(sha256);
    expect(name).toMatch(/^inc-1-evidence-20261123T100000Z\.jsonl$/);
    const { events } = await room.incidents.show(1);
    expect(events.at(-1)).toMatchObject({ kind: 'evidence', data: { sha256, name } });
  });

  it('comes into the channel as a file, with this incident’s rows of the audit alone', async () => {
    const room = await declared();
    await room.incidents.declare(asker, { ...intruder, key: 'k2', title: 'Another one' });
    await room.queue.finish();
    room.clock.move(hour);
    await typed(room, 'export INC-1');
    await room.queue.finish();
    const post = room.said('#incidents').at(-1)!;
    const { events } = await room.incidents.show(1);
    expect(post).toContain(String(events.at(-1)?.data?.sha256));
    const file = room.workspace.messages('#incidents').flatMap(({ files }) => files ?? [])[0]!;
    expect(file).toMatchObject({ title: expect.stringContaining('SHA-256') });
    const { botToken } = room.workspace;
    const answer = await fetch(String(file.url_private), { headers: { authorization: `Bearer ${botToken}` } });
    const rows = rowsOf((await answer.text()).trimEnd());
    const targets = rows.filter(({ kind }) => kind === 'audit').map(({ target }) => target);
    expect(new Set(targets)).toEqual(new Set(['incident/1']));
  });

  it('says nothing of a private incident of others', async () => {
    const room = await declared();
    await room.incidents.declare(
      { ...asker, by: ben },
      { ...intruder, key: 'k2', title: 'Quiet matter', private: true },
    );
    room.clock.move(hour);
    expect((await typed(room, 'export INC-1', 'terminal')).terminal(style)).not.toContain('Quiet matter');
  });

  it('that Slack refuses says so, and where it can be had', async () => {
    const room = await declared();
    room.workspace.fault('files.getUploadURLExternal', { kind: 'error', error: 'missing_scope' }, 3);
    await typed(room, 'export INC-1');
    await room.queue.finish();
    expect(room.said('#incidents').at(-1)).toContain('npx rounds hold export INC-1');
  });

  it('without a channel of its own is refused in Slack', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, intruder);
    await expect(typed(room, 'export')).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('a line', () => {
  it('places, marks, shows and releases', async () => {
    const room = await declared();
    expect((await typed(room, 'show')).terminal(style)).toContain('not on hold');
    expect((await typed(room, 'INC-1')).terminal(style)).toContain('[ ] Logs exported, do it by hand');
    expect((await typed(room, 'done logs s3://evidence/inc-1')).terminal(style)).toContain(
      '[x] Logs exported, 2026-11-23 09:00:00 by slack:U0ANNA0001: s3://evidence/inc-1',
    );
    await typed(room, 'release counsel agreed to it');
    expect(await room.incidents.evidence.find(1)).toBeUndefined();
  });

  it.each(['release INC-1 counsel agreed to it', 'export INC-1'])('takes an approver: %s', async (line) => {
    const room = await declared();
    await room.incidents.evidence.place(asker, 1);
    await expect(typed(room, line, 'slack', 'responder')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await room.incidents.evidence.find(1)).toBeDefined();
  });
});
