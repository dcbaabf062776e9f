import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { permissionsOf } from '../../../../src/kernel/access.ts';
import type { Store } from '../../../../src/store/store.ts';
import { deleteMessage } from '../../../../src/workspace/messages.ts';
import { startWorkspace } from '../../../../src/workspace/workspace.ts';
import { viewersOnly } from '../../../support/access.ts';
import { everybodyMay, giveHome, incidentBot } from '../../../support/incident-bot.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../../support/incidents.ts';
import { dialog, shownText } from '../../../support/slack-bot.ts';
import { embeddedStore } from '../../../support/store.ts';

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const allowed = permissionsOf(everybodyMay, anna);
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** An incident with #incidents as its own channel, in a workspace that tells the bot of reactions. */
async function flagRoom(): Promise<Room> {
  const eventTypes = ['app_mention', 'reaction_added', 'reaction_removed', 'member_joined_channel'];
  const workspace = await startWorkspace({ eventTypes });
  onTestFinished(() => workspace.close());
  const room = await roomOf(store, { workspace });
  await room.incidents.declare(asker, down);
  await room.queue.finish();
  await giveHome(room, 1, '#incidents');
  return room;
}

const kept = async ({ incidents }: Room, id = 1) =>
  (await incidents.show(id)).events.filter(({ kind }) => kind === 'message');

const told = ({ workspace }: Room, name: string) => JSON.stringify(workspace.ephemerals(name));

/** The message that is pinned in its own channel. */
async function summaryOf(room: Room, id: number): Promise<{ channel: string; ts: string }> {
  const { channel } = (await room.incident(id)).home!;
  const isSummary = (key: unknown) => String(key) === `incident:${id}:summary`;
  return room.workspace.messages(channel).find(({ metadata }) => isSummary(metadata?.event_payload.key))!;
}

/** Until so many flags are in the queue; then they are carried out. */
async function carriedOut({ queue }: Room, flags = 1): Promise<void> {
  const waiting = () => queue.waiting.filter(({ name }) => name === 'incidents.flag').length;
  await expect.poll(waiting, { timeout: 25_000, interval: 10 }).toBeGreaterThanOrEqual(flags);
  await queue.finish();
}

describe('a message that somebody flags with a reaction in the channel of an incident', () => {
  it('is kept with its author, time and text, without secrets, and stays when it is edited or deleted', async () => {
    const room = await flagRoom();
    await incidentBot(room);
    const { workspace } = room;
    const { message } = await workspace.user('ben').say('#incidents', 'disk is full: password=hunter2');
    await workspace.user('anna').react(message, 'pushpin');
    await carriedOut(room);
    const [entry, ...more] = await kept(room);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ by: 'slack:U0BEN00001', at: new Date(Number(message.ts) * 1_000) },
      data: { channel: message.channel, ts: message.ts, flaggedBy: 'slack:U0ANNA0001' },
    });
    expect(entry?.words).toContain('disk is full');
    expect(entry?.words).not.toContain('hunter2');
    expect(await auditedIncidents(store)).toContain('slack:U0ANNA0001 incident.flag incident/1');
    expect(told(room, 'anna')).toContain('Added to the timeline: INC-1');
    deleteMessage(workspace.state, message);
    // Taking the reaction away takes nothing out.
    await workspace.user('anna').react(message, 'pushpin');
    await room.queue.finish();
    expect(await kept(room)).toEqual([entry]);
  });

  it('is there once, whoever flags it, with whatever, and however often Slack delivers that', async () => {
    const room = await flagRoom();
    await incidentBot(room);
    const { workspace } = room;
    const { message } = await workspace.user('ben').say('#incidents', 'the disk is full');
    await workspace.user('anna').react(message, 'pushpin');
    await workspace.deliverAgain();
    await workspace.user('anna').react(message, 'star');
    await workspace.user('ben').react(message, 'round_pushpin');
    await carriedOut(room, 2);
    expect(await kept(room)).toHaveLength(1);
    expect(workspace.ephemerals('anna')).toHaveLength(1);
    expect(told(room, 'ben')).toContain('It is in the timeline already: INC-1');
  });

  it('is kept when Slack does not answer at first', async () => {
    const room = await flagRoom();
    const { message } = await room.workspace.user('ben').say('#incidents', 'the disk is full');
    const { channel, ts } = message;
    await room.incidents.timeline.reacted({ by: anna, name: 'pushpin', channel, ts }, allowed);
    room.fault('conversations.replies', { kind: 'http', status: 503 });
    expect(await room.queue.run()).toHaveLength(1);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(await kept(room)).toMatchObject([{ words: 'the disk is full' }]);
  });

  it('and that is deleted before it could be read leaves a trace', async () => {
    const room = await flagRoom();
    const { message } = await room.workspace.user('ben').say('#incidents', 'I dropped the table');
    const { channel, ts } = message;
    await room.incidents.timeline.reacted({ by: anna, name: 'pushpin', channel, ts }, allowed);
    deleteMessage(room.workspace.state, message);
    await room.queue.finish();
    expect(await kept(room)).toMatchObject([{ words: '(deleted before it could be read)', by: 'app' }]);
  });

  it('is not kept for somebody without the role, who is told', async () => {
    const room = await flagRoom();
    await incidentBot(room, { access: viewersOnly });
    const { message } = await room.workspace.user('ben').say('#incidents', 'the disk is full');
    await room.workspace.user('anna').react(message, 'pushpin');
    await expect.poll(() => told(room, 'anna'), { timeout: 25_000 }).toContain('takes the role responder');
    expect(room.queue.waiting).toEqual([]);
  });
});

describe('a message in the thread of an incident', () => {
  it('is kept in that incident, and no other message of the channel is', async () => {
    const room = await flagRoom();
    const { workspace, incidents } = room;
    await incidentBot(room);
    const root = (await room.incident(1)).message!;
    const { message } = await workspace.user('ben').say('#alerts', 'in the thread', { threadTs: root.ts });
    const other = await workspace.user('ben').say('#alerts', 'about lunch');
    await workspace.user('anna').react(other.message, 'pushpin');
    await workspace.user('anna').react(message, 'pushpin');
    await carriedOut(room, 2);
    expect(await kept(room)).toMatchObject([{ words: 'in the thread', data: { threadTs: root.ts } }]);
    // Where no incident's message stands, Slack is not even asked.
    const elsewhere = { by: anna, name: 'pushpin', channel: 'C0NOWHERE', ts: '1.1' };
    expect(await incidents.timeline.reacted(elsewhere, allowed)).toBe('not_ours');
  });

  it('that is private is not kept for somebody who is not in it', async () => {
    const room = await flagRoom();
    await room.incidents.declare({ by: ben, request: 'B' }, { ...down, key: 'k2', title: 'secret', private: true });
    await room.queue.finish();
    const user = room.workspace.user('ben');
    // Its own channel has its message; and as if one stood in #alerts, from before it was private.
    const { channel: own, ts: summary } = await summaryOf(room, 2);
    const { message: root } = await user.say('#alerts', 'API is down');
    await room.store.pool.query('update incident set channel_id = $1, ts = $2 where id = 2', [root.channel, root.ts]);
    const inside = await user.say(own, 'inside', { threadTs: summary });
    const outside = await user.say('#alerts', 'outside', { threadTs: root.ts });
    const flag = async (by: typeof anna) => {
      for (const { channel, ts } of [inside.message, outside.message])
        await room.incidents.timeline.reacted({ by, name: 'pushpin', channel, ts }, allowed);
      await room.queue.finish();
    };
    await flag(anna);
    expect(await kept(room, 2)).toEqual([]);
    await flag(ben);
    expect((await kept(room, 2)).map(({ words }) => words).sort()).toEqual(['inside', 'outside']);
  });
});

describe('the shortcut of a message', () => {
  it('offers the incidents that somebody may see, and keeps the message in the chosen one', async () => {
    const room = await flagRoom();
    await room.incidents.declare({ by: ben, request: 'B' }, { ...down, key: 'k2', title: 'secret', private: true });
    await room.incidents.declare(asker, { ...down, key: 'k3', title: 'IVR is deaf' });
    await incidentBot(room);
    const { workspace } = room;
    const user = workspace.user('anna');
    const { message } = await workspace.user('ben').say('#general', 'callers hear nothing');
    await user.messageShortcut(message, 'timeline.flag');
    const view = await dialog(workspace, 'anna', 'kept as it is now');
    expect(JSON.stringify(view.blocks)).toContain('IVR is deaf');
    expect(JSON.stringify(view.blocks)).not.toContain('secret');
    await user.submit(view, { incident: 'INC-3', comment: 'the first sign' });
    expect(shownText(await dialog(workspace, 'anna', 'Added to the timeline'))).toContain('INC-3');
    expect(await kept(room, 3)).toMatchObject([
      { words: 'callers hear nothing', by: 'slack:U0BEN00001', data: { comment: 'the first sign' } },
    ]);
    expect(await kept(room)).toEqual([]);
  });
});
