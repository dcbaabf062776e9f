import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import { homed, told } from '../../support/updates.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const benAsks = { by: ben, request: 'B' };
const toBen = (room: Room) => told(room, 'U0BEN00001');

async function subscribed(over: Partial<Parameters<Room['incidents']['declare']>[1]> = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'API is down', ...over });
  if (over.private) await room.incidents.add(asker, { id: 1, who: ben });
  await room.incidents.subscriptions.subscribe(benAsks, 1);
  await homed(room);
  await room.queue.finish();
  return room;
}

describe('a subscriber', () => {
  it('gets each update, change of severity, resolution and reopening as a direct message, in order', async () => {
    const room = await subscribed();
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Looking' });
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await room.incidents.resolve(asker, { id: 1, words: 'rolled <!channel> back' });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.queue.finish();
    expect(toBen(room)).toEqual([
      expect.stringMatching(/update 1.*Looking/s),
      expect.stringMatching(/Severity P1 High → P0 Critical/),
      expect.stringMatching(/Resolved .*rolled &lt;!channel&gt; back/),
      expect.stringContaining('Reopened'),
    ]);
    expect((await auditedIncidents(store)).filter((row) => row.includes('subscribe'))).toEqual([
      `${ben.id} incident.subscribe incident/1`,
    ]);
  });

  it('who wrote it knows it', async () => {
    const room = await subscribed();
    await room.incidents.updates.write(benAsks, { id: 1, key: 'w', status: 'Looking' });
    await room.queue.finish();
    expect(toBen(room)).toEqual([]);
  });

  it('gets nothing more after the subscription', async () => {
    const room = await subscribed();
    expect(await room.incidents.subscriptions.subscribe(benAsks, 1)).toMatchObject({ kind: 'already' });
    expect(await room.incidents.subscriptions.unsubscribe(benAsks, 1)).toMatchObject({ kind: 'unsubscribed' });
    expect(await room.incidents.subscriptions.unsubscribe(benAsks, 1)).toMatchObject({ kind: 'was_not' });
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.queue.finish();
    expect(toBen(room)).toEqual([]);
  });

  it('is told once, although the change arrives twice', async () => {
    const room = await subscribed();
    await Promise.all([1, 2].map(() => room.incidents.resolve(asker, { id: 1, words: '' })));
    await room.queue.finish();
    expect(toBen(room)).toHaveLength(1);
  });

  it('where PHI may be involved learns no more than that there is something, unless they are in it', async () => {
    const room = await subscribed({ phi: true, title: 'Jane Roe' });
    await room.incidents.resolve(asker, { id: 1, words: 'Jane Roe was told' });
    await room.queue.finish();
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.incidents.add(asker, { id: 1, who: ben });
    await room.incidents.resolve(asker, { id: 1, words: 'Jane Roe was told' });
    await room.queue.finish();
    expect(toBen(room)[0]).toMatch(/Resolved .*details in <#C/);
    expect(toBen(room)[0]).not.toContain('Jane');
    expect(toBen(room).at(-1)).toContain('Jane Roe was told');
  });
});

describe('of a private incident', () => {
  it('those who are not in it can not subscribe, nor learn that it is there', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'API is down', private: true });
    await expect(room.incidents.subscriptions.subscribe(benAsks, 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(room.incidents.subscriptions.unsubscribe(benAsks, 1)).rejects.toMatchObject({ code: 'not_found' });
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.queue.finish();
    expect(toBen(room)).toEqual([]);
  });

  it('whoever is in it no more gets no words of it, and does not see it among their own', async () => {
    const room = await subscribed({ private: true });
    expect(await room.incidents.subscriptions.mine(ben)).toMatchObject([{ id: 1 }]);
    await store.pool.query('delete from incident_member where person = $1', [ben.id]);
    expect(await room.incidents.subscriptions.mine(ben)).toEqual([]);
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'secret words' });
    await room.queue.finish();
    expect(toBen(room).join('')).not.toMatch(/secret words|API is down/);
    expect(await room.incidents.subscriptions.unsubscribe(benAsks, 1)).toMatchObject({ kind: 'unsubscribed' });
  });
});

it('nobody of a terminal can subscribe: there is no way to reach them', async () => {
  const room = await subscribed();
  const by = { id: 'os:anna', mention: 'anna' };
  await expect(room.incidents.subscriptions.subscribe({ by, request: 'T' }, 1)).rejects.toMatchObject({
    code: 'invalid',
  });
  expect(await room.incidents.subscriptions.mine(anna)).toEqual([]);
});
