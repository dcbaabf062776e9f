import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../../src/workspace/page/contract.ts';
import { Streams } from '../../../../src/workspace/page/streams.ts';
import { listen } from '../../../../src/workspace/server.ts';
import type { Workspace } from '../../../../src/workspace/workspace.ts';
import { client, httpApp, socketApp } from '../support.ts';
import { ANNA, BEN, CARA, control, raw, startWithPage, type Visit, visit } from './support.ts';

let workspace: Workspace;
let slack: ReturnType<typeof client>;
const visits: Visit[] = [];

beforeEach(async () => {
  workspace = await startWithPage();
  slack = client(workspace);
});

afterEach(async () => {
  await Promise.all(visits.splice(0).map((one) => one.leave()));
  await workspace.close();
});

async function opened(as?: string): Promise<Visit> {
  const one = await visit(workspace, as);
  visits.push(one);
  return one;
}

const named = ({ channels }: Pick<Snapshot, 'channels'>) => channels.map(({ name }) => name);
const text = (value: string) => ({ type: 'plain_text' as const, text: value });

describe('the snapshot', () => {
  it('begins with everything that somebody may see', async () => {
    await slack.chat.postMessage({ channel: workspace.channel('ops').id, text: 'hello' });
    const { snapshot } = await opened(ANNA);
    expect(snapshot).toMatchObject({
      team: 'Rounds',
      me: ANNA,
      bot: { user: workspace.identity.botUser, name: 'rounds', connected: false },
      openedFirst: workspace.channel('ops').id,
      messages: [{ text: 'hello' }],
      views: [],
      home: null,
      switches: [],
      system: '',
      faults: {},
      methods: ['chat.postMessage'],
      clock: null,
      pages: [],
      traffic: [{ kind: 'call', method: 'chat.postMessage', status: 200, faulted: false }],
    });
    expect(snapshot.people.map(({ name }) => name)).toEqual(['anna', 'ben', 'cara']);
    expect(snapshot.groups.map(({ handle }) => handle)).toEqual(['oncall', 'platform']);
    expect(JSON.stringify(snapshot)).not.toContain(workspace.botToken);
  });

  it('has the completions, once they are known', async () => {
    const one = await opened(ANNA);
    const known = one.snapshot.completions.length > 0 ? one.snapshot : await one.hears('completions');
    expect(known.completions).toMatchObject([{ line: '/ops health' }]);
  });

  it('shows a guest only their own channels, and nobody what another one alone sees', async () => {
    await workspace.user('anna').say('board', 'the budget');
    await workspace.user('anna').say('random', 'lunch');
    await slack.chat.postEphemeral({ channel: workspace.channel('ops').id, user: BEN, text: 'for ben' });
    await slack.views.publish({ user_id: BEN, view: { type: 'home', blocks: [] } });
    const [anna, ben, cara] = await Promise.all([opened(ANNA), opened(BEN), opened(CARA)]);
    expect(named(anna.snapshot)).toContain('board');
    expect(named(ben.snapshot)).not.toContain('board');
    expect(named(cara.snapshot)).toEqual(['general', 'ops']);
    const said = ({ snapshot }: Visit) => snapshot.messages.map((message) => message.text);
    expect([said(anna), said(ben), said(cara)]).toEqual([['lunch', 'the budget'], ['lunch'], []]);
    expect([anna, ben, cara].map(({ snapshot }) => snapshot.ephemerals.length)).toEqual([0, 1, 0]);
    expect([anna, ben, cara].map(({ snapshot }) => snapshot.home === null)).toEqual([true, false, true]);
  });

  it('holds the newest 300 messages of a channel, with the thread parents of what it shows', async () => {
    const anna = workspace.user('anna');
    const { message: old } = await anna.say('random', 'long ago');
    for (let i = 0; i < 300; i++) await anna.say('random', `line ${i}`);
    await anna.say('random', 'still about that', { threadTs: old.ts });
    const shown = (await opened(ANNA)).snapshot.messages.map((message) => message.text);
    expect(shown.length).toBe(301);
    expect([shown[0], shown[1], shown.at(-1)]).toEqual(['long ago', 'line 1', 'still about that']);
  });

  it('is for people of the team: the first one when nobody is named, never the bot or who left', async () => {
    expect((await opened()).snapshot.me).toBe(ANNA);
    await workspace.changeUser('ben', { deleted: true });
    for (const as of ['U0NOBODY', '', workspace.identity.botUser, BEN]) {
      expect((await raw(workspace, `/page/events?as=${as}`)).status).toBe(404);
    }
  });
});

describe('what a page is told', () => {
  it('messages as they are posted, changed, marked and deleted', async () => {
    const anna = await opened(ANNA);
    const channel = workspace.channel('ops').id;
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'one' });
    await anna.hears('message', ({ message }) => message.text === 'one');
    await slack.chat.update({ channel, ts, text: 'two' });
    await anna.hears('message', ({ message }) => message.text === 'two' && message.edited !== undefined);
    await slack.pins.add({ channel, timestamp: ts });
    await anna.hears('message', ({ message }) => message.pinned);
    await slack.reactions.add({ channel, timestamp: ts, name: 'eyes' });
    await anna.hears('message', ({ message }) => message.reactions[0]?.name === 'eyes');
    await slack.chat.delete({ channel, ts });
    expect(await anna.hears('message_gone')).toMatchObject({ channel, ts });
    await anna.hears('traffic', ({ entry }) => entry.method === 'chat.delete');
  });

  it('nothing of a private channel, of another one’s ephemerals, dialogs and home', async () => {
    const [anna, ben] = [await opened(ANNA), await opened(BEN)];
    const { app, stop } = await httpApp(workspace);
    app.command('/ops', async ({ ack, client: api, body }) => {
      await ack({ text: 'only anna' });
      await api.views.open({ trigger_id: body.trigger_id, view: { type: 'modal', title: text('Mine'), blocks: [] } });
    });
    await workspace.user('anna').command('ops', '/ops x');
    await anna.hears('views', ({ views }) => views.length === 1);
    await anna.hears('ephemeral', ({ message }) => message.text === 'only anna');
    await workspace.user('anna').dismiss();
    await anna.hears('views', ({ views }) => views.length === 0);
    await slack.views.publish({ user_id: ANNA, view: { type: 'home', blocks: [] } });
    await anna.hears('home', ({ home }) => home !== null);
    await workspace.user('anna').say('board', 'secret');
    await anna.hears('message', ({ message }) => message.text === 'secret');
    // Whatever came before this has passed ben by.
    await workspace.user('anna').say('random', 'the end');
    await ben.hears('message', ({ message }) => message.text === 'the end');
    const kinds = ben.heard.filter(
      (event) => !['hello', 'traffic', 'faults', 'completions', 'bot'].includes(event.type),
    );
    expect(kinds).toMatchObject([{ type: 'message', message: { text: 'the end' } }]);
    // The drawer is for whoever plays: it shows all calls, whoever looks.
    await ben.hears('traffic', ({ entry }) => entry.method === 'views.open' && JSON.stringify(entry).includes('Mine'));
    await stop();
  });

  it('a channel with all that stands in it, to who joins it, and its changes', async () => {
    const [anna, cara] = [await opened(ANNA), await opened(CARA)];
    const alerts = workspace.channel('alerts');
    await slack.chat.postMessage({ channel: alerts.id, text: 'before' });
    await slack.conversations.invite({ channel: alerts.id, users: CARA });
    await cara.hears('channels', (event) => named(event).includes('alerts'));
    await cara.hears('message', ({ message }) => message.text === 'before');
    await slack.conversations.setTopic({ channel: alerts.id, topic: 'Red things' });
    await cara.hears('channels', ({ channels }) => channels.some(({ topic }) => topic === 'Red things'));
    await slack.bookmarks.add({ channel_id: alerts.id, title: 'Runbook', type: 'link', link: 'https://x.example' });
    await anna.hears('channels', ({ channels }) => channels.some(({ bookmarks }) => bookmarks[0]?.title === 'Runbook'));
    await slack.conversations.archive({ channel: alerts.id });
    await anna.hears('channels', ({ channels }) => channels.some(({ archived }) => archived));
    await slack.conversations.open({ users: ANNA });
    const { channels } = await anna.hears('channels', (event) => event.channels.some(({ kind }) => kind === 'im'));
    expect(channels.find(({ kind }) => kind === 'im')?.name).toBe('rounds');
    expect(
      cara.heard.some((event) => event.type === 'channels' && event.channels.some(({ kind }) => kind === 'im')),
    ).toBe(false);
  });

  it('that people and groups come, change and go', async () => {
    const anna = await opened(ANNA);
    workspace.addUser('dora');
    await anna.hears('people', ({ people }) => people.some(({ name }) => name === 'dora'));
    workspace.addGroup('dba', ['dora']);
    await anna.hears('people', ({ groups }) => groups.some(({ handle }) => handle === 'dba'));
    await workspace.changeGroup('dba', { disabled: true });
    await workspace.changeUser('dora', { deleted: true });
    await anna.hears(
      'people',
      ({ people, groups }) =>
        !people.some(({ name }) => name === 'dora') && !groups.some(({ handle }) => handle === 'dba'),
    );
    expect(anna.heard.at(-1)?.type).not.toBe('hello');
  });

  it('that somebody became a guest: the channels that they no longer see are gone', async () => {
    const ben = await opened(BEN);
    workspace.channel('random').members.delete(BEN);
    await workspace.changeUser('ben', { is_restricted: true });
    await ben.hears('channels', (event) => !named(event).includes('random'));
    await workspace.user('anna').say('random', 'not for guests');
    await workspace.changeUser('ben', { is_restricted: false });
    await ben.hears('channels', (event) => named(event).includes('random'));
    const { message } = await ben.hears('message');
    expect(message.text).toBe('not for guests');
  });

  it('that the connection still stands', async () => {
    const streams = new Streams(workspace.state, 20);
    const server = createServer((_request, response) => {
      response.flushHeaders();
      streams.begin(response, workspace.state.user(ANNA), snapshot);
    });
    const { snapshot } = await opened(ANNA);
    const response = await fetch(await listen(server, 0, '127.0.0.1'));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\n\n: ')) text += (await reader?.read())?.value ?? '';
    streams.close();
    await new Promise((resolve) => server.close(resolve));
    expect(text).toMatch(/^retry: 1000\n\ndata: .*\n\n: still here\n\n/);
  });

  it('that the bot connects and goes, over Socket Mode', async () => {
    const anna = await opened(ANNA);
    const { stop } = await socketApp(workspace);
    await anna.hears('bot', ({ connected }) => connected);
    expect((await opened(ANNA)).snapshot.bot.connected).toBe(true);
    await stop();
    await anna.hears('bot', ({ connected }) => !connected);
  });

  it('that the bot is reached over HTTP', async () => {
    const anna = await opened(ANNA);
    const { stop } = await httpApp(workspace);
    await anna.hears('bot', ({ connected }) => connected);
    await stop();
  });

  it('what passes between bot and workspace, without the token', async () => {
    const anna = await opened(ANNA);
    const { app, stop } = await httpApp(workspace);
    app.event('app_mention', async () => {});
    await fetch(`${workspace.apiUrl}auth.test`, {
      method: 'POST',
      body: new URLSearchParams({ token: workspace.botToken }),
    });
    await workspace.user('anna').command('ops', '/ops health');
    await workspace.user('anna').say('ops', `<@${workspace.identity.botUser}> health`);
    await anna.hears('traffic', ({ entry }) => entry.kind === 'delivery' && entry.method === 'slash_commands');
    const { entry } = await anna.hears('traffic', (event) => event.entry.method === 'events_api app_mention');
    expect(entry).toMatchObject({ kind: 'delivery', outcome: 'acked', attempt: 0, sent: { type: 'event_callback' } });
    expect((await anna.hears('faults')).methods).toContain('auth.test');
    const all = JSON.stringify([...anna.heard, (await opened(ANNA)).snapshot]);
    expect(all).toContain('auth.test');
    expect(all).not.toContain(workspace.botToken);
    await stop();
  });

  it('a payload too large to show only by its size', async () => {
    const anna = await opened(ANNA);
    await fetch(`${workspace.apiUrl}api.test`, {
      method: 'POST',
      body: new URLSearchParams({ x: 'y'.repeat(100_000) }),
    });
    const { entry } = await anna.hears('traffic');
    expect(entry.sent).toMatchObject({ left_out: expect.stringMatching(/^\d+ characters$/) });
  });

  it('to nobody who has left the team', async () => {
    const ben = await opened(BEN);
    await workspace.changeUser('ben', { deleted: true });
    await workspace.user('anna').say('random', 'after ben');
    await ben.leave();
    expect(ben.heard.some((event) => event.type === 'message')).toBe(false);
  });
});

const messagesOf = ({ heard }: Visit) => heard.filter((event) => event.type === 'message').length;

describe('a page that does not read', () => {
  it('is let go once 4 MB wait for it, and others hear on', async () => {
    const { hostname, port } = new URL(workspace.url);
    const slow = connect(Number(port), hostname);
    const closed = new Promise((resolve) => slow.on('close', resolve));
    slow.on('error', () => {});
    slow.write(`GET /page/events?as=${ANNA} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await new Promise((resolve) => slow.once('data', resolve));
    slow.pause();
    const quick = await opened(BEN);
    // What the kernel holds for a reader that stands still, and then some.
    for (let i = 1; i <= 20; i++) {
      for (let line = 0; line < 25; line++) await workspace.user('anna').say('random', 'x'.repeat(40_000));
      await quick.hears('message', () => messagesOf(quick) === i * 25);
    }
    slow.resume();
    await closed;
  });
});

it('tells of faults that stand and are taken back', async () => {
  const anna = await opened(ANNA);
  await control(workspace, { kind: 'fault', method: '*', fault: { kind: 'http', status: 503 } });
  expect((await anna.hears('faults', ({ faults }) => '*' in faults)).faults).toEqual({
    '*': { kind: 'http', status: 503 },
  });
  await control(workspace, { kind: 'fault', method: '*', fault: null });
  await anna.hears('faults', ({ faults }) => Object.keys(faults).length === 0);
});
