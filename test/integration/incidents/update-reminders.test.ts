import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import { homed, pass, saidOf, setClock, timersSet } from '../../support/updates.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = '2026-11-23T09:00:00.000Z';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** A P0 of 09:00, acknowledged: its first update is due 09:15. */
async function running(over: { at?: string; severity?: string } = {}): Promise<Room> {
  const room = await roomOf(store);
  setClock(room, over.at ?? start);
  await room.incidents.declare(asker, { key: 'k1', severity: over.severity ?? 'P0', title: 'API is down' });
  await homed(room);
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish();
  return room;
}

const reminders = (room: Room) => saidOf(room, /:remind:\d+$/);
const due = async (room: Room) => (await room.incident(1)).nextUpdateAt?.toISOString().slice(11, 16);
const next = async (room: Room) =>
  (await timersSet(room)).find(({ key }) => key.endsWith('update/remind'))?.dueAt.slice(11, 16);

describe('a reminder', () => {
  it('comes before the update is due, names who writes it, and backs off', async () => {
    const room = await running();
    expect([await due(room), await next(room)]).toEqual(['09:15', '09:12']);
    await pass(room, 12 * minute - 1_000);
    expect(reminders(room)).toEqual([]);
    await pass(room, 1_000);
    expect(reminders(room)).toEqual([
      expect.stringMatching(/<@U0ANNA0001> INC-1 update 1 is due <!date\^.*\(in 3 min\)/),
    ]);
    expect(reminders(room)[0]).not.toContain('late');
    expect(await next(room)).toBe('09:15');
    await pass(room, 3 * minute);
    await pass(room, 5 * minute);
    expect(reminders(room).at(-1)).toMatch(/was due <!date\^.*, 5 min ago/);
    expect(await next(room)).toBe('09:30');
    expect(reminders(room)).toHaveLength(3);
  });

  it('ends with the update that it asked for, and asks for the next', async () => {
    const room = await running();
    await pass(room, 12 * minute);
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Looking' });
    expect([await due(room), await next(room)]).toEqual(['09:27', '09:24']);
    await pass(room, 3 * minute);
    expect(reminders(room)).toHaveLength(1);
    await pass(room, 9 * minute);
    expect(reminders(room).at(-1)).toContain('update 2 is due');
  });

  it('is put off', async () => {
    const room = await running();
    await pass(room, 12 * minute);
    await room.incidents.updates.snooze({ by: ben, request: 'R' }, { id: 1, ms: 5 * minute });
    expect([await due(room), await next(room)]).toEqual(['09:15', '09:17']);
    await pass(room, 4 * minute);
    expect(reminders(room)).toHaveLength(1);
    await pass(room, minute);
    expect(reminders(room)).toHaveLength(2);
    expect(await next(room)).toBe('09:20');
  });

  it('that was put off while its job was in the queue does not come', async () => {
    const room = await running();
    room.clock.move(12 * minute);
    await tick(room);
    await room.incidents.updates.snooze(asker, { id: 1, ms: 5 * minute });
    await room.queue.finish();
    expect(reminders(room)).toEqual([]);
  });

  it('is stopped until an update says when the next one comes', async () => {
    const room = await running();
    expect(await room.incidents.updates.stop(asker, 1)).toMatchObject({ kind: 'stopped' });
    expect(await room.incidents.updates.stop(asker, 1)).toMatchObject({ kind: 'none' });
    expect(await room.incidents.updates.snooze(asker, { id: 1, ms: minute })).toMatchObject({ kind: 'none' });
    await pass(room, 5 * hour);
    expect(reminders(room)).toEqual([]);
    expect(await due(room)).toBeUndefined();
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Looking' });
    expect(await due(room)).toBe('14:15');
  });

  it('never comes after the resolution, even when its job was in the queue, or waited for Slack', async () => {
    const room = await running();
    room.clock.move(12 * minute);
    await tick(room);
    expect(room.queue.waiting.map(({ name }) => name)).toContain('incidents.remind');
    room.fault('chat.postMessage', { kind: 'http', status: 503 });
    await room.queue.run();
    await room.incidents.resolve(asker, { id: 1, words: 'fixed' });
    room.workspace.clearFaults();
    await room.queue.finish();
    await pass(room, 5 * hour);
    expect(reminders(room)).toEqual([]);
    expect(await next(room)).toBeUndefined();
    expect(await due(room)).toBeUndefined();
  });

  it('is silent while the incident is paused, and planned anew when it goes on', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, hour);
    expect(reminders(room)).toEqual([]);
    await room.incidents.resume(asker, 1);
    expect([await due(room), await next(room)]).toEqual(['10:15', '10:12']);
    await pass(room, 12 * minute);
    expect(reminders(room)).toHaveLength(1);
  });

  it('is planned anew when a pause ends by itself', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: new Date('2026-11-23T10:00:00Z') });
    await pass(room, 30 * minute);
    expect([await due(room), await next(room)]).toEqual(['09:15', '10:00']);
    await pass(room, 30 * minute);
    expect(reminders(room)).toEqual([]);
    expect([await due(room), await next(room)]).toEqual(['10:15', '10:12']);
  });

  it('comes again when a pause without an end got one', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, 30 * minute);
    await room.incidents.pause(asker, { id: 1, until: new Date('2026-11-23T10:00:00Z') });
    expect((await room.incident(1)).paused?.at.toISOString()).toBe(start);
    await pass(room, 30 * minute);
    expect([await due(room), await next(room)]).toEqual(['10:15', '10:12']);
    await pass(room, 12 * minute);
    expect(reminders(room)).toHaveLength(1);
  });

  it('comes again when what was paused is reopened', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    expect((await room.incident(1)).paused).toBeUndefined();
    await pass(room, 12 * minute);
    expect(reminders(room)).toHaveLength(1);
  });

  it('follows the severity, the mitigation and a reopening', async () => {
    const room = await running();
    await pass(room, 5 * minute);
    await room.incidents.mitigate(asker, 1);
    expect([await due(room), await next(room)]).toEqual(['09:30', '09:27']);
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P3', words: '' });
    expect([await due(room), await next(room)]).toEqual([undefined, undefined]);
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    expect([await due(room), await next(room)]).toEqual(['09:35', '09:32']);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await pass(room, hour);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    // Its mitigation is taken back too.
    expect([await due(room), await next(room)]).toEqual(['10:20', '10:17']);
  });

  it('of a severity without updates is never planned', async () => {
    const room = await running({ severity: 'P3' });
    expect(await due(room)).toBeUndefined();
    await pass(room, 8 * hour);
    expect(reminders(room)).toEqual([]);
  });

  it('that another replica runs too comes once', async () => {
    const room = await running();
    room.clock.move(12 * minute);
    await tick(room);
    const job = room.queue.waiting.find(({ name }) => name === 'incidents.remind')!;
    room.queue.waiting.push({ ...job });
    await room.queue.finish();
    expect(reminders(room)).toHaveLength(1);
  });

  it('whose process ended behind the post is not posted again', async () => {
    const ends = { once: false };
    const room = await roomOf(store, {
      port: (port) => ({
        ...port,
        async post(message) {
          const placed = await port.post(message);
          if (!message.key.includes(':remind:') || ends.once) return placed;
          ends.once = true;
          throw new Error('killed');
        },
      }),
    });
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down' });
    await homed(room);
    await pass(room, 12 * minute);
    expect(ends.once).toBe(true);
    expect(reminders(room)).toHaveLength(1);
    expect(await next(room)).toBe('09:15');
  });

  it('after 3 h of downtime comes once, and says that it is late', async () => {
    const room = await running();
    await pass(room, 3 * hour);
    expect(reminders(room)).toEqual([expect.stringMatching(/2 h 45 min ago.*This reminder is late/s)]);
    expect(await next(room)).toBe('12:30');
  });

  it('after an hour without Slack comes once, as things stand then', async () => {
    const room = await running();
    room.fault('chat.postMessage', { kind: 'http', status: 503 });
    for (let minutes = 0; minutes < 60; minutes += 3) await room.pass(3 * minute);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(reminders(room)).toEqual([expect.stringContaining('late')]);
  });
});

describe('across a change of the clock', () => {
  it.each([
    ['in autumn', '2026-11-01T05:50:00.000Z', '06:05', '2026-11-01 06:05 UTC'],
    ['in spring', '2027-03-14T06:50:00.000Z', '07:05', '2027-03-14 07:05 UTC'],
  ])(
    '%s an update is due a quarter of an hour later, and each reader sees their own time',
    async (_, at, dueAt, words) => {
      const room = await roomOf(store);
      Object.assign(room.ports.team, { zone: 'America/New_York' });
      setClock(room, at);
      await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down' });
      await homed(room);
      expect(await due(room)).toBe(dueAt);
      await pass(room, 12 * minute);
      const epoch = new Date(at).getTime() / 1_000 + 15 * 60;
      expect(reminders(room)).toEqual([expect.stringContaining(`<!date^${epoch}^{time}|${words}>`)]);
      expect(reminders(room)[0]).toContain('(in 3 min)');
    },
  );
});

/** What is due comes into the queue, and stays there. */
async function tick(room: Room): Promise<void> {
  const { run } = room.queue;
  room.queue.run = async () => [];
  await room.pass(0);
  room.queue.run = run;
}
