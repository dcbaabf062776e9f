import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function declared(severity: string, over: Record<string, unknown> = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity, title: 'API is down', ...over });
  await room.queue.finish();
  return room;
}
const rung = (room: Room) => room.pages().map(({ dedupKey, status }) => `${dedupKey} ${status}`);

describe('severity', () => {
  it('raised rings again, whoever was on it, and lowered rings nobody', async () => {
    const room = await declared('P1');
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    const how = { id: 1, severity: 'P0', words: 'data is lost' };
    expect(await room.incidents.changeSeverity(asker, how)).toMatchObject({
      kind: 'raised',
      incident: { severity: 'p0' },
    });
    await room.queue.finish();
    expect(rung(room)).toEqual(['rounds:1:1 acknowledged', 'rounds:1:2 triggered']);
    expect((await room.incident(1)).acknowledged).toBeUndefined();
    expect(await room.incidents.changeSeverity(asker, { ...how, severity: 'P3' })).toMatchObject({ kind: 'lowered' });
    await room.queue.finish();
    expect(rung(room)).toHaveLength(2);
    expect(room.said()).toEqual([expect.stringContaining('P3 Low')]);
    expect(
      (await room.incidents.show(1)).events.filter(({ kind }) => kind === 'severity').map(({ words }) => words),
    ).toEqual(['P1 High → P0 Critical: data is lost', 'P0 Critical → P3 Low: data is lost']);
  });

  it('the same one, or of one that is over, changes nothing; one that is not there is said', async () => {
    const room = await declared('P1');
    expect(await room.incidents.changeSeverity(asker, { id: 1, severity: 'p1', words: '' })).toMatchObject({
      kind: 'same',
    });
    await room.incidents.resolve(asker, { id: 1, words: '' });
    expect(await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' })).toMatchObject({
      kind: 'over',
    });
    await expect(room.incidents.changeSeverity(asker, { id: 1, severity: 'P9', words: '' })).rejects.toThrow(/P9/);
    await room.queue.finish();
    expect(rung(room)).toEqual(['rounds:1:1 resolved']);
  });

  it('a drill that is raised rings nobody', async () => {
    const room = await declared('P1', { drill: true });
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await room.queue.finish();
    expect(rung(room)).toEqual([]);
  });
});

describe('reopened', () => {
  it('rings anew under another key, and NOT PAGED is told of that page', async () => {
    const room = await declared('P0');
    await room.incidents.resolve(asker, { id: 1, words: 'rolled back' });
    await room.queue.finish();
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    expect(await room.incidents.reopen(asker, { id: 1, words: 'it is back' })).toMatchObject({ kind: 'reopened' });
    expect(await room.incidents.reopen(asker, { id: 1, words: '' })).toMatchObject({ kind: 'open' });
    const incident = await room.incident(1);
    expect([incident.resolved, incident.acknowledged]).toEqual([undefined, undefined]);
    // The earlier page was accepted; this one was not yet.
    await room.pass(0);
    await room.pass(60_000);
    expect((await room.incident(1)).notPaged?.why).toContain('503');
    room.workspace.clearFaults();
    await room.queue.finish();
    expect((await room.incident(1)).notPaged).toBeUndefined();
    expect(rung(room)).toEqual(['rounds:1:1 resolved', 'rounds:1:2 triggered']);
  });
});

describe('merged', () => {
  it('it is over, its page too, and both say so', async () => {
    const room = await declared('P0');
    await room.incidents.declare(asker, { key: 'k2', severity: 'P0', title: 'Site is down' });
    await room.queue.finish();
    await expect(room.incidents.merge(asker, { id: 2, into: 2 })).rejects.toThrow(/into itself/);
    await expect(room.incidents.merge(asker, { id: 2, into: 9 })).rejects.toMatchObject({ code: 'not_found' });
    expect(await room.incidents.merge(asker, { id: 2, into: 1 })).toMatchObject({
      kind: 'merged',
      incident: { mergedInto: 1, resolved: { words: 'The same as INC-1' } },
    });
    await room.queue.finish();
    expect(rung(room)).toEqual(['rounds:1:1 triggered', 'rounds:2:1 resolved']);
    expect((await room.incidents.show(1)).events.at(-1)).toMatchObject({ kind: 'merged', words: 'INC-2 is the same' });
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.declare(asker, { key: 'k3', severity: 'P3', title: 'again' });
    await expect(room.incidents.merge(asker, { id: 3, into: 1 })).rejects.toMatchObject({ code: 'invalid' });
  });
});

it('mitigated, paused, resumed, PHI and members are each done once, in order, and audited', async () => {
  const room = await declared('P1');
  const { incidents } = room;
  const until = new Date(room.clock.now().getTime() + 1_800_000);
  const kinds = [
    await incidents.mitigate(asker, 1),
    await incidents.mitigate(asker, 1),
    await incidents.pause(asker, { id: 1, until }),
    await incidents.resume(asker, 1),
    await incidents.resume(asker, 1),
    await incidents.setPhi(asker, { id: 1, phi: true }),
    await incidents.setPhi(asker, { id: 1, phi: true }),
    await incidents.add(asker, { id: 1, who: ben }),
    await incidents.resolve(asker, { id: 1, words: '' }),
    await incidents.mitigate(asker, 1),
    await incidents.pause(asker, { id: 1, until: undefined }),
  ].map(({ kind }) => kind);
  expect(kinds).toEqual([
    ...['mitigated', 'already', 'paused', 'resumed', 'running', 'changed', 'same', 'added', 'resolved', 'over', 'over'],
  ]);
  expect((await auditedIncidents(store)).slice(-6).map((row) => row.split(' ')[1])).toEqual([
    ...['incident.mitigate', 'incident.pause', 'incident.resume', 'incident.phi', 'incident.add', 'incident.resolve'],
  ]);
});

describe('which incident', () => {
  const viewer = { id: ben.id };

  it('the one that is named, the one of the channel, the only one that is open', async () => {
    const room = await declared('P1');
    expect(await room.incidents.which({ viewer })).toMatchObject({ id: 1 });
    await room.incidents.declare(asker, { key: 'k2', severity: 'P1', title: 'Disk is full' });
    await expect(room.incidents.which({ viewer })).rejects.toThrow(/2 are open: INC-2, INC-1/);
    await store.pool.query(`update incident set home_id = 'C0HOME00001' where id = 2`);
    expect(await room.incidents.which({ viewer, channel: 'C0HOME00001' })).toMatchObject({ id: 2 });
    expect(await room.incidents.which({ viewer, channel: 'C0HOME00001', word: 'inc-1' })).toMatchObject({ id: 1 });
    await expect(room.incidents.which({ viewer, word: 'api' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(room.incidents.which({ viewer, word: 'INC-9' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a private one is there for those in it alone', async () => {
    const room = await declared('P1', { private: true });
    await expect(room.incidents.which({ viewer, word: 'INC-1' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(room.incidents.which({ viewer })).rejects.toThrow(/None is open/);
    expect(await room.incidents.list(5, viewer)).toEqual([]);
    await room.incidents.add(asker, { id: 1, who: ben });
    expect(await room.incidents.which({ viewer, word: 'INC-1' })).toMatchObject({ id: 1 });
    expect(await room.incidents.list(5, viewer)).toHaveLength(1);
  });
});
