import { beforeAll, expect, it } from 'vitest';
import type { Answers } from '../../../src/incidents/breach/model.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const factors = { nature: 'Names of Jane Doe', who: 'Anybody', acquired: 'Yes', mitigated: 'Taken down' };
const breached: Answers = {
  ...{ exposed: 'yes', factors, states: { CA: 620 }, individuals: 620, weAre: 'covered_entity', conclusion: 'breach' },
};
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function declared(over: object = {}, refused?: string): Promise<Room> {
  const room = await roomOf(store);
  if (refused !== undefined) room.fault('conversations.create', { kind: 'error', error: refused });
  await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'Records are public', ...over });
  await room.queue.finish();
  return room;
}

it('says what the breach assessment came to, and until when whom to tell, without its answers', async () => {
  const room = await declared({ phi: true });
  expect(await room.incidents.after.draft(1, 'postmortem')).toContain(
    'Breach assessment: **Nobody has answered yet**, due 2026-11-26',
  );
  await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers: breached });
  const sent = { id: 1, kind: 'individuals', on: '2026-11-23', confirmation: 'C_1' } as const;
  await room.incidents.breach.recordSent(asker, sent);
  const text = await room.incidents.after.draft(1, 'postmortem');
  expect(text).toContain('Breach assessment: **Breach (answers 1, 2026-11-23)**. Discovered 2026-11-23.');
  expect(text).toContain('- Notice to the individuals: sent 2026-11-23, confirmation C\\_1');
  expect(text).toContain('- Notice to the media: by 2027-01-22');
  expect(text).toContain('Not legal advice');
  expect(text).not.toContain('Jane');
});

it('says nothing of an assessment where nobody spoke of PHI', async () => {
  const room = await declared();
  expect(await room.incidents.after.draft(1, 'postmortem')).not.toContain('Breach assessment');
});

it('calls people by their names, also those who are only mentioned', async () => {
  const room = await declared();
  await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
  await room.incidents.resolve(asker, { id: 1, words: 'rolled back by <@U0CARA0001>' });
  await room.queue.finish();
  const names = await room.incidents.timeline.names(['slack:U0ANNA0001', 'slack:U0BEN00001', 'slack:U0CARA0001']);
  expect(names.size).toBe(3);
  const text = await room.incidents.after.draft(1, 'postmortem');
  for (const name of names.values()) expect(text).toContain(name);
  for (const id of ['U0ANNA0001', 'U0BEN00001', 'U0CARA0001']) expect(text).not.toContain(id);
});

it('is for its own channel alone where PHI may be involved', async () => {
  const ask = { id: 1, kind: 'postmortem', key: 'k1' } as const;
  const homeless = await declared({ phi: true }, 'restricted_action');
  await expect(homeless.incidents.after.askForDraft(asker, ask)).rejects.toMatchObject({ code: 'conflict' });
  // Its channel is lost between the question and the answer.
  const room = await declared({ phi: true });
  await room.incidents.after.askForDraft(asker, ask);
  await store.pool.query(`update incident set home_problem = 'it is archived'`);
  await room.queue.finish();
  const { home } = await room.incident(1);
  for (const channel of ['#alerts', home!.channel])
    expect(room.workspace.messages(channel).filter(({ files }) => files.length > 0)).toEqual([]);
  expect(JSON.stringify(room.workspace.messages('D0ANNA0001'))).toContain('No draft of the post-mortem of INC-1');
});
