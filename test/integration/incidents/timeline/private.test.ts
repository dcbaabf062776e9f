import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAudit } from '../../../../src/audit/audit.ts';
import type { Access } from '../../../../src/kernel/access.ts';
import type { Store } from '../../../../src/store/store.ts';
import { postMessage } from '../../../../src/workspace/messages.ts';
import { startWorkspace } from '../../../../src/workspace/workspace.ts';
import { giveHome, incidentBot, typed } from '../../../support/incident-bot.ts';
import { anna, asker, ben, type Room, roomOf } from '../../../support/incidents.ts';
import { embeddedStore } from '../../../support/store.ts';

const style = { colour: false, width: 80, zone: 'UTC' };
const secret = 'Ben leaks records';
const root = { id: 'os:root', name: 'root', mention: 'root' };
/** Everything but admin. */
const noAdmin: Access = {
  decide: async (_, role) => (role === 'admin' ? { kind: 'denied', why: 'role', message: 'no' } : { kind: 'allowed' }),
  holders: async () => [],
};
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** INC-1 is Anna's and private, INC-2 is there for all. */
async function privateRoom(options: Parameters<typeof roomOf>[1] = {}): Promise<Room> {
  const room = await roomOf(store, options);
  const declared = { key: 'k1', severity: 'P0', title: secret, systems: secret, known: secret, private: true };
  await room.incidents.declare(asker, declared);
  await room.incidents.declare(asker, { key: 'k2', severity: 'P1', title: 'API is down' });
  await room.queue.finish();
  return room;
}

/** All that an answer says on any face. */
async function said(reply: ReturnType<typeof typed>): Promise<string> {
  try {
    const { slack, terminal, json } = await reply;
    return JSON.stringify([slack(), terminal(style), json?.()]);
  } catch (error) {
    return JSON.stringify({ ...(error as Error), message: (error as Error).message });
  }
}

describe('somebody who is not in a private incident', () => {
  it.each([
    ...['incident', 'incident INC-1', 'incident ack INC-1', 'incident resolve INC-1 x', 'incident mitigate INC-1'],
    ...['incident severity INC-1 P1', 'incident phi INC-1 yes', 'incident pause INC-1 30m', 'incident resume INC-1'],
    ...['incident merge INC-1 into INC-2', 'incident merge INC-2 into INC-1', 'incident reopen INC-1'],
    ...['incident add INC-1 me', 'incident add INC-1 <@U0BEN00001>'],
    ...['timeline INC-1', 'timeline INC-1 --export md', 'timeline INC-1 --export json', 'timeline add INC-1 x'],
  ])('learns and changes nothing by %s', async (line) => {
    const room = await privateRoom();
    const before = await room.incident(1);
    for (const by of ['ben', root] as const)
      for (const face of ['slack', 'terminal'] as const)
        expect(await said(typed(room, line, { by, may: noAdmin, face }))).not.toContain('leaks');
    expect(await room.incident(1)).toEqual(before);
    expect(
      await said(typed(room, line, { by: 'ben', may: noAdmin, channel: await giveHome(room, 1, '#incidents') })),
    ).not.toContain('leaks');
  });

  it('gets the same words for one that is private and one that is not there', async () => {
    const room = await privateRoom();
    const [hidden, absent] = [1, 77].map((id) => said(typed(room, `timeline INC-${id}`, { by: 'ben', may: noAdmin })));
    expect((await hidden!).replaceAll('INC-1', 'INC-77')).toBe(await absent!);
  });

  it('strikes none of its entries out, and is told that there is no such entry', async () => {
    const room = await privateRoom();
    await room.incidents.timeline.note(asker, { id: 1, at: undefined, words: 'x' });
    const { id } = (await room.incidents.show(1)).events.at(-1)!;
    const [hidden, absent] = [id!, 9_999].map((entry) =>
      said(typed(room, `timeline strike ${entry} why`, { by: 'ben', may: noAdmin })),
    );
    expect((await hidden!).replaceAll(String(id), '9999')).toBe(await absent!);
    expect((await room.incidents.show(1)).events.at(-1)?.struck).toBeUndefined();
  });

  it('presses its buttons in vain, and others see nothing of that', async () => {
    const room = await privateRoom();
    await incidentBot(room, { access: noAdmin });
    const { workspace } = room;
    // As if its message had been forwarded with its buttons.
    const button = (action_id: string, value: string) => {
      return { type: 'button', action_id, value, text: { type: 'plain_text', text: action_id } };
    };
    const buttons = [
      button('incident.acknowledge', '1'),
      button('incident.resolve', '1'),
      button('timeline.page.0', '1:5'),
    ];
    const forwarded = postMessage(workspace.state, workspace.channel('#ops').id, workspace.identity.botUser, {
      text: 'forwarded',
      blocks: [{ type: 'actions', elements: buttons }],
    });
    const answers = () => JSON.stringify([workspace.ephemerals('ben'), workspace.views('ben')]);
    const refusals = () => answers().split('you are not in it').length;
    for (const { action_id } of buttons) {
      const before = refusals();
      await workspace.user('ben').click(forwarded, action_id);
      await workspace.waitFor(() => refusals() > before, { what: `an answer to ${action_id}` });
    }
    expect(answers() + JSON.stringify(workspace.messages('#ops'))).not.toContain('leaks');
    expect(await room.incident(1)).not.toHaveProperty('acknowledged');
    expect(await room.incident(1)).not.toHaveProperty('resolved');
    // Who is in it presses it: the others in that channel still see nothing of it.
    await workspace.user('anna').click(forwarded, 'incident.acknowledge');
    await workspace.waitFor(() => workspace.ephemerals('anna').length > 0, { what: 'her answer' });
    expect(JSON.stringify(workspace.ephemerals('anna'))).toContain('You are on it');
    expect(JSON.stringify(workspace.messages('#ops'))).not.toContain('leaks');
  });

  it('writes nothing into its timeline by naming it in a command', async () => {
    const room = await privateRoom();
    const { timeline } = room.incidents;
    for (const actor of [ben, anna]) timeline.ran({ actor, name: 'incident', words: 'ack INC-1 INC-2' });
    await timeline.settled();
    const typedIn = async (id: number) =>
      (await room.incidents.show(id)).events.flatMap(({ kind, by }) => (kind === 'command' ? [by] : []));
    expect(await typedIn(1)).toEqual([anna.id]);
    // What is said of a private one stands in no other.
    expect(await typedIn(2)).toEqual([]);
  });

  it('finds nothing of it in the audit, on the phone, or in the timeline of another', async () => {
    const room = await privateRoom();
    await typed(room, `incident severity INC-1 P1 ${secret}`);
    await typed(room, `timeline add INC-1 ${secret}`);
    await typed(room, `incident resolve INC-1 ${secret}`);
    await typed(room, `incident reopen INC-1 ${secret}`);
    const { id } = (await room.incidents.show(1)).events.find(({ kind }) => kind === 'note')!;
    await typed(room, `timeline strike ${id} ${secret}`);
    await typed(room, 'incident merge INC-1 into INC-2');
    await room.queue.finish();
    const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 20, target: 'incident/1' });
    expect(rows.map(({ recorded }) => recorded?.action)).toContain('incident.strike');
    expect(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      'leaks',
    );
    expect(JSON.stringify(room.pages())).not.toContain('leaks');
    expect(JSON.stringify((await room.incidents.show(2)).events)).not.toContain('leaks');
  });
});

describe('whoever is in a private incident', () => {
  it('sees it, alone: what they ask is not shown to the channel', async () => {
    const room = await privateRoom();
    for (const line of [
      'incident',
      'incident INC-1',
      'incident mitigate INC-1',
      'timeline INC-1',
      'timeline add INC-1 x',
    ])
      expect((await typed(room, line, { channel: 'C0OPS00001' })).place).toBe('asker');
    expect(await said(typed(room, 'timeline INC-1'))).toContain('leaks');
  });

  it('exports it in its own channel and in a terminal, nowhere else', async () => {
    const room = await privateRoom();
    const channel = await giveHome(room, 1, '#incidents');
    expect((await typed(room, 'timeline INC-1 --export md', { channel })).files).toBeDefined();
    await expect(typed(room, 'timeline INC-1 --export md', { channel: 'C0OPS00001' })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await said(typed(room, 'timeline INC-1 --markdown', { face: 'terminal' }))).toContain('leaks');
  });

  it('exports one where PHI may be involved in its own channel and in a terminal, nowhere else, too', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'API is down', phi: true });
    await room.queue.finish();
    const channel = await giveHome(room, 1, '#incidents');
    expect((await typed(room, 'timeline INC-1 --export md', { channel })).files).toBeDefined();
    await expect(typed(room, 'timeline INC-1 --export md', { channel: 'C0OPS00001' })).rejects.toMatchObject({
      message: expect.stringContaining('may involve PHI'),
    });
    expect(await said(typed(room, 'timeline INC-1 --markdown', { face: 'terminal' }))).toContain('API is down');
  });

  it('is who took it on, was added, or joined its channel', async () => {
    const workspace = await startWorkspace({ eventTypes: ['member_joined_channel'] });
    onTestFinished(() => workspace.close());
    const room = await privateRoom({ workspace });
    await giveHome(room, 1, '#incidents');
    await incidentBot(room, { access: noAdmin });
    const sees = async (by: Parameters<typeof typed>[2]) =>
      (await said(typed(room, 'incident INC-1', by))).includes('leaks');
    const cara = { id: 'slack:U0CARA0001', name: 'cara', mention: '<@U0CARA0001>' };
    expect(await sees({ by: cara })).toBe(false);
    await workspace.user('cara').join('#incidents');
    await expect.poll(() => sees({ by: cara }), { timeout: 25_000 }).toBe(true);
    await workspace.deliverAgain();
    await room.incidents.add({ by: anna, request: 'A' }, { id: 1, who: root });
    expect(await sees({ by: root })).toBe(true);
    await room.incidents.acknowledge({ by: ben, request: 'B' }, 1);
    expect(await sees({ by: 'ben' })).toBe(true);
    const { events } = await room.incidents.show(1);
    expect(events.filter(({ kind }) => kind === 'member').map(({ words }) => words)).toEqual([
      '<@U0CARA0001> joined its channel',
      'root',
    ]);
  });

  it('may be an admin who lets themselves in, which is audited and in the timeline', async () => {
    const room = await privateRoom();
    expect(await said(typed(room, 'incident INC-1', { by: 'ben' }))).not.toContain('leaks');
    expect(await said(typed(room, 'incident add INC-1 <@U0CARA0001>', { by: 'ben' }))).not.toContain('leaks');
    await typed(room, 'incident add INC-1 me', { by: 'ben' });
    expect(await said(typed(room, 'incident INC-1', { by: 'ben' }))).toContain('leaks');
    expect((await room.incidents.show(1)).events.at(-1)).toMatchObject({
      kind: 'member',
      by: ben.id,
      words: ben.mention,
    });
    const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 1 });
    expect(rows[0]?.recorded).toMatchObject({ action: 'incident.add', actor: ben.id, after: { who: ben.id } });
  });
});

it.each([{ private: true }, { phi: true }])(
  'what is written down of one with %j is answered in its own channel alone',
  async (over) => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: secret, ...over });
    await room.queue.finish();
    await room.incidents.evidence.place(asker, 1);
    const home = (await room.incident(1)).home!.channel;
    for (const line of ['timeline add INC-1 x', 'told INC-1 management: x', 'hold INC-1']) {
      expect((await typed(room, line, { channel: 'C0SOMEWHERE' })).place, line).toBe('asker');
      expect((await typed(room, line, { channel: home })).place, line).toBe('channel');
    }
  },
);

it.each([{ private: true }, { phi: true }])(
  'a command that names one with %j stands in no other timeline',
  async (over) => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: secret, ...over });
    await room.incidents.declare(asker, { key: 'k2', severity: 'P1', title: 'API is down' });
    const channel = await giveHome(room, 2, '#incidents');
    for (const words of ['INC-1 Jane Roe', 'INC-2 the pool'])
      room.incidents.timeline.ran({ actor: asker.by, name: 'update', words, channel });
    await room.incidents.timeline.settled();
    const commands = async (id: number) =>
      (await room.incidents.show(id)).events.flatMap(({ kind, words }) => (kind === 'command' ? [words] : []));
    expect(await commands(1)).toEqual(['/ops update INC-1 Jane Roe']);
    expect(await commands(2)).toEqual(['/ops update INC-2 the pool']);
  },
);
