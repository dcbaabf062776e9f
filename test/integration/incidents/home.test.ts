import { beforeAll, expect, it } from 'vitest';
import incidentsSection from '../../../src/home/incidents.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { HomeContext } from '../../../src/kernel/home.ts';
import type { Services } from '../../../src/services.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function homeOf(room: Room, user: string, may = everything as typeof viewersOnly): Promise<string> {
  const actor = { id: `slack:${user}`, name: user, mention: `<@${user}>` };
  const ctx: HomeContext<Services> = {
    services: { incidents: room.incidents } as unknown as Services,
    ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog(), inView: true },
    signal: new AbortController().signal,
    isMine: async () => false,
    ...permissionsOf(may, actor),
  };
  return JSON.stringify(await incidentsSection.part(ctx));
}

it('App Home shows private incidents to those in them alone, and tasks to whoever has them', async () => {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'The secret one', private: true });
  await room.incidents.declare(asker, { key: 'k2', severity: 'P1', title: 'The public one' });
  expect(await homeOf(room, 'U0ANNA0001')).toContain('The secret one');
  const seen = await homeOf(room, 'U0BEN00001');
  expect(seen).not.toContain('The secret one');
  expect(seen).toContain('1 incident is open');
  expect(seen).toContain('"board":[{"type":"section","text":{"type":"mrkdwn","text":"*🔴 INC-2');
  await room.incidents.tasks.add(asker, { id: 1, key: 't1', what: 'look at the log', assignee: ben });
  const asMember = await homeOf(room, 'U0BEN00001');
  expect(asMember).toContain('INC-1 ☐ *T1* look at the log');
  expect(asMember).toContain('"action_id":"task.done"');
  expect(asMember).toContain('The secret one');
  expect(await homeOf(room, 'U0CARA0001')).not.toContain('look at the log');
  expect(await homeOf(room, 'U0BEN00001', viewersOnly)).not.toContain('"action_id":"task.done"');
});

it('App Home shows who must be told until when, of the incidents that one may see, until they were told', async () => {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'The secret one', private: true });
  const clocks = (await room.incidents.dueClocks(asker.by)).filter(({ kind }) => kind === 'stakeholder');
  const [first] = clocks;
  expect(await homeOf(room, 'U0ANNA0001')).toContain(`${first!.what} due`);
  expect(await homeOf(room, 'U0BEN00001')).not.toContain(first!.what);
  room.clock.move(first!.dueAt.getTime() - room.clock.now().getTime() + 1);
  expect(await homeOf(room, 'U0ANNA0001')).toContain(`${first!.what} overdue since`);
  await room.incidents.stakeholders.told(asker, { id: 1, who: first!.what.replace('Tell ', ''), note: '' });
  expect(await homeOf(room, 'U0ANNA0001')).not.toContain(first!.what);
});

it('whoever follows it hears of each change: of a verb, and of what a job did', async () => {
  const heard = { times: 0 };
  const room = await roomOf(store, { onChanged: () => (heard.times += 1) });
  await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'API is down' });
  expect(heard.times).toBe(1);
  await room.queue.finish();
  const accepted = heard.times;
  expect(accepted).toBeGreaterThan(1);
  await room.incidents.roles.claim(asker, { id: 1, role: 'commander' });
  expect(heard.times).toBe(accepted + 1);
});
