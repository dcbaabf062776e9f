import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { asker, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import { clockPosts, homed, until } from '../../support/updates.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function acknowledged(severity: string): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity, title: 'API is down' });
  await homed(room);
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish();
  return room;
}

describe('the response time', () => {
  it('that nobody keeps is said once, and written down', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down' });
    await homed(room);
    await room.queue.finish();
    await until(room, 20);
    expect(clockPosts(room).filter((text) => text.includes('Nobody was at work'))).toHaveLength(1);
    expect((await room.incidents.show(1)).events.filter(({ kind }) => kind === 'overdue')[0]).toMatchObject({
      words: 'nobody was at work on it within the response time',
    });
  });

  it('runs anew when the severity is raised, and ends with an acknowledgement', async () => {
    const room = await acknowledged('P1');
    await until(room, 60);
    expect(clockPosts(room).join('')).not.toContain('Nobody was at work');
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await until(room, 74);
    expect(clockPosts(room).join('')).not.toContain('Nobody was at work');
    await until(room, 76);
    expect(clockPosts(room).join('')).toContain('Nobody was at work');
  });
});
