import { beforeAll, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { asker, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

it('while Slack is away the page leaves; its message follows, once, as things stand then', async () => {
  const room = await roomOf(store);
  room.fault('chat.postMessage', { kind: 'http', status: 503 });
  await room.incidents.declare(asker, down);
  await room.queue.run();
  await room.queue.run();
  expect(room.pages()).toMatchObject([{ count: 1 }]);
  expect(room.said()).toEqual([]);
  await room.incidents.acknowledge(asker, 1);
  room.workspace.clearFaults();
  await room.queue.finish();
  expect(room.said()).toEqual([expect.stringContaining('is on it')]);
});

it('a message whose answer got lost is found, not posted again', async () => {
  const room = await roomOf(store);
  room.workspace.fault('chat.postMessage', { kind: 'drop-response' });
  room.workspace.fault('conversations.history', { kind: 'http', status: 503 }, 8);
  await room.incidents.declare(asker, down);
  await room.queue.finish();
  expect(room.said()).toHaveLength(1);
  expect((await room.incident(1)).message).toBeDefined();
});

it('a process that ends between the post and writing it down posts nothing twice', async () => {
  const ends = { at: 'nowhere' };
  const room = await roomOf(store, {
    paging: { routingKey: undefined },
    port: (port) => ({
      ...port,
      async post(message) {
        const placed = await port.post(message);
        if (ends.at === message.key.split(':')[2] || (ends.at === 'message' && message.key === 'incident:1')) {
          ends.at = 'nowhere';
          throw new Error('killed');
        }
        return placed;
      },
    }),
  });
  ends.at = 'message';
  await room.incidents.declare(asker, down);
  await room.queue.run();
  ends.at = 'not-paged';
  await room.queue.finish();
  expect(ends.at).toBe('nowhere');
  expect(room.said()).toHaveLength(2);
});

it('a message that was posted by a process that ended then shows what happened since, too', async () => {
  const killed = new Set<string>();
  const room = await roomOf(store, {
    port: (port) => ({
      ...port,
      async post(message) {
        const placed = await port.post(message);
        if (!/^incident:1(:summary)?$/.test(message.key) || killed.has(message.key)) return placed;
        killed.add(message.key);
        throw new Error('killed');
      },
    }),
  });
  await room.incidents.declare(asker, down);
  await room.queue.run();
  expect(killed.size).toBe(2);
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish(30);
  const { home } = await room.incident(1);
  for (const channel of ['#alerts', home!.channel]) expect(room.said(channel)[0]).toContain('*Being worked on*');
});

it('where the bot may post but not look, it posts rather than never', async () => {
  const room = await roomOf(store);
  room.workspace.fault('chat.postMessage', { kind: 'http', status: 503 });
  room.fault('conversations.history', { kind: 'error', error: 'not_in_channel' });
  room.workspace.fault('chat.postMessage', { kind: 'http', status: 503 });
  await room.incidents.declare(asker, down);
  await room.queue.finish();
  expect(room.said()).toHaveLength(1);
});

it('a message that somebody deleted is posted anew with the next change, once', async () => {
  const room = await roomOf(store);
  await room.incidents.declare(asker, down);
  await room.queue.finish();
  const { message } = await room.incident(1);
  const { apiUrl, botToken } = room.workspace;
  const headers = { authorization: `Bearer ${botToken}` };
  const body = new URLSearchParams({ ...message! });
  expect(await (await fetch(`${apiUrl}chat.delete`, { method: 'POST', headers, body })).json()).toMatchObject({
    ok: true,
  });
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish();
  await room.incidents.resolve(asker, { id: 1, words: '' });
  await room.queue.finish();
  // The message, and the notice that it is over.
  expect(room.said()).toEqual([expect.stringContaining('Resolved <'), expect.stringContaining('Cause: not known yet')]);
});

it('many changes before Slack answers are one message, and the notice of the end below it', async () => {
  const room = await roomOf(store);
  await room.incidents.declare(asker, down);
  await room.incidents.acknowledge(asker, 1);
  await room.incidents.resolve(asker, { id: 1, words: 'fixed' });
  await room.queue.finish();
  expect(room.said()).toHaveLength(2);
  expect(room.workspace.traffic.filter(({ method }) => method === 'chat.update')).toEqual([]);
});

it('where the channel of incidents is not there, it is posted where the incident was declared', async () => {
  const room = await roomOf(store, { announceIn: '#gone', paging: { routingKey: undefined } });
  await room.incidents.declare(asker, { ...down, channel: '#general' });
  await room.queue.finish();
  expect(room.said('#general')).toEqual([
    expect.stringContaining('API is down'),
    expect.stringContaining('NOT PAGED: INC-1'),
  ]);
});
