import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workspace } from '../../../../src/workspace/workspace.ts';
import { client, httpApp } from '../support.ts';
import { ANNA, act, BEN, CARA, raw, startWithPage } from './support.ts';

let workspace: Workspace;
let slack: ReturnType<typeof client>;
let app: App;
let stop: () => Promise<void>;
let ops: string;

beforeEach(async () => {
  workspace = await startWithPage(
    {},
    {
      ackDeadlineMs: 500,
      eventTypes: ['app_mention', 'app_home_opened', 'reaction_added', 'reaction_removed', 'member_joined_channel'],
    },
  );
  slack = client(workspace);
  ({ app, stop } = await httpApp(workspace));
  ops = workspace.channel('ops').id;
});

afterEach(async () => {
  await stop();
  await workspace.close();
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const input = (id: string, element: Record<string, unknown>, rest = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  element: { type: 'plain_text_input', action_id: 'text', ...element },
  ...rest,
});
const lastPayload = () => workspace.deliveries.at(-1)?.payload;

/** A message of the bot with a button and a menu. */
async function posted(channel = ops): Promise<string> {
  const elements = [
    { type: 'button' as const, action_id: 'again', text: plain('Again'), value: '1' },
    { type: 'static_select' as const, action_id: 'pick', options: [{ text: plain('A'), value: 'a' }] },
  ];
  const blocks = [{ type: 'actions' as const, block_id: 'row', elements }];
  return String((await slack.chat.postMessage({ channel, text: 'x', blocks })).ts);
}

describe('saying something', () => {
  it('posts it as that person, and in a thread', async () => {
    expect(await act(workspace, ANNA, { kind: 'say', channel: ops, text: 'hello' })).toEqual({ ok: true });
    const [first] = workspace.messages('ops');
    await act(workspace, BEN, { kind: 'say', channel: ops, text: 'hi', threadTs: first?.ts });
    await act(workspace, BEN, { kind: 'say', channel: ops, text: 'again', threadTs: workspace.messages('ops')[1]?.ts });
    expect(workspace.messages('ops')).toMatchObject([
      { user: ANNA, text: 'hello' },
      { user: BEN, thread_ts: first?.ts },
      { user: BEN, thread_ts: first?.ts },
    ]);
  });

  it.each([
    ['@rounds health', (bot: string) => `<@${bot}> health`],
    ['ask @anna. Or (@oncall)!', () => `ask <@${ANNA}>. Or (<!subteam^S0ONCALL01>)!`],
    ['@here and @channel, not @nobody', () => '<!here> and <!channel>, not @nobody'],
    ['in #ops, not #board or #nowhere', (_bot: string, channel: string) => `in <#${channel}>, not #board or #nowhere`],
    ['a < b && <!channel> <@U0BEN00001>', () => 'a &lt; b &amp;&amp; &lt;!channel&gt; &lt;@U0BEN00001&gt;'],
    ['mail ben@anna.example', () => 'mail ben@anna.example'],
    ['see https://x.example/?a=1&b=2.', () => 'see <https://x.example/?a=1&amp;b=2>.'],
    ['`@anna <b>` and ```@ben```', () => '`@anna &lt;b&gt;` and ```@ben```'],
  ])('%s becomes what Slack makes of it', async (text, wanted) => {
    await act(workspace, BEN, { kind: 'say', channel: ops, text });
    expect(workspace.messages('ops').at(-1)?.text).toBe(wanted(workspace.identity.botUser, ops));
  });

  it('reaches the bot that is mentioned; that it does not answer is not the person’s to see', async () => {
    app.event('app_mention', async () => {});
    await act(workspace, ANNA, { kind: 'say', channel: ops, text: '@rounds health' });
    expect(lastPayload()).toMatchObject({ event: { type: 'app_mention', user: ANNA } });
    await stop();
    expect(await act(workspace, ANNA, { kind: 'say', channel: ops, text: '@rounds health' })).toEqual({ ok: true });
  });

  it.each([
    ['in a channel that nobody has', ANNA, 'C0NOWHERE1', 'hi', /sees no channel/],
    ['in a private channel of others', BEN, 'board', 'hi', /ben sees no channel/],
    ['in a channel that they have not joined', CARA, 'random', 'hi', /sees no channel/],
    ['without words', ANNA, 'ops', '  ', /nothing to say/],
    ['with too many', ANNA, 'ops', 'x'.repeat(12_001), /at most 12000/],
  ])('is refused %s', async (_where, as, name, text, message) => {
    const channel = name.startsWith('C0') ? name : workspace.channel(name).id;
    const outcome = await act(workspace, as, { kind: 'say', channel, text });
    expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(message) });
    expect(workspace.messages('ops')).toEqual([]);
  });

  it('is refused where a composer would not stand', async () => {
    workspace.channel('random').members.delete(BEN);
    const random = workspace.channel('random').id;
    const outside = await act(workspace, BEN, { kind: 'say', channel: random, text: 'hi' });
    expect(outside.message).toBe('ben is not in #random: join it first');
    expect(await act(workspace, BEN, { kind: 'join', channel: random })).toEqual({ ok: true });
    expect(await act(workspace, BEN, { kind: 'say', channel: random, text: 'hi' })).toEqual({ ok: true });
    workspace.channel('random').is_archived = true;
    for (const action of [{ kind: 'say', text: 'x' }, { kind: 'command', line: '/ops' }, { kind: 'join' }]) {
      expect((await act(workspace, BEN, { ...action, channel: random })).message).toMatch(/#random is archived/);
    }
  });
});

describe('commands', () => {
  it('reach the app as they were typed, and their answer is the person’s', async () => {
    app.command('/ops', ({ ack }) => ack('all is well'));
    const outcome = await act(workspace, CARA, { kind: 'command', channel: ops, line: '/ops health @anna <b>' });
    expect(outcome).toEqual({ ok: true });
    expect(lastPayload()).toMatchObject({ command: '/ops', text: 'health @anna <b>', user_id: CARA, channel_id: ops });
    expect(workspace.ephemerals('cara')).toMatchObject([{ text: 'all is well' }]);
  });

  it('that the app does not have are refused in Slack’s words', async () => {
    for (const line of ['/foo bar', 'health']) {
      expect(await act(workspace, ANNA, { kind: 'command', channel: ops, line })).toEqual({
        ok: false,
        error: 'unknown_command',
        message: `${line.split(' ')[0]} is not a valid command`,
      });
    }
  });

  it('say when the bot does not answer, and when it is not there', async () => {
    app.command('/ops', async () => {});
    const late = await act(workspace, ANNA, { kind: 'command', channel: ops, line: '/ops' });
    expect(late).toEqual({
      ok: false,
      error: 'operation_timeout',
      message: 'rounds did not answer within 0.5 seconds (operation_timeout)',
    });
    await stop();
    const gone = await act(workspace, ANNA, { kind: 'command', channel: ops, line: '/ops' });
    expect(gone).toMatchObject({ error: 'dispatch_failed', message: expect.stringContaining("can't be reached") });
  });
});

describe('buttons and menus', () => {
  it('of a message tell the app who used them', async () => {
    app.action('again', ({ ack }) => ack());
    app.action('pick', ({ ack }) => ack());
    const surface = { channel: ops, ts: await posted() };
    expect(await act(workspace, BEN, { kind: 'click', surface, blockId: 'row', actionId: 'again' })).toEqual({
      ok: true,
    });
    expect(lastPayload()).toMatchObject({ user: { id: BEN }, actions: [{ action_id: 'again', value: '1' }] });
    const choose = { kind: 'choose', surface, blockId: 'row', actionId: 'pick' };
    expect(await act(workspace, BEN, { ...choose, choice: 'a' })).toEqual({ ok: true });
    expect(lastPayload()).toMatchObject({ actions: [{ selected_option: { value: 'a' } }] });
    expect(await act(workspace, BEN, { ...choose, choice: null })).toEqual({ ok: true });
    expect(await act(workspace, BEN, { ...choose, choice: 'z' })).toMatchObject({
      ok: false,
      message: 'No option z in pick; there are a',
    });
  });

  it('of an ephemeral message are for the one who sees it', async () => {
    app.action('again', ({ ack }) => ack());
    const button = { type: 'button' as const, action_id: 'again', text: plain('Again') };
    const blocks = [{ type: 'actions' as const, block_id: 'row', elements: [button] }];
    const { message_ts: ts } = await slack.chat.postEphemeral({ channel: ops, user: ANNA, text: 'x', blocks });
    const click = { kind: 'click', surface: { channel: ops, ts, ephemeral: true }, blockId: 'row', actionId: 'again' };
    expect((await act(workspace, BEN, click)).message).toBe('This message is gone');
    expect(await act(workspace, ANNA, click)).toEqual({ ok: true });
  });

  it('that are not there, or not to be seen, are refused', async () => {
    const surface = { channel: ops, ts: await posted() };
    const click = { kind: 'click', blockId: 'row', actionId: 'again' };
    await slack.conversations.join({ channel: workspace.channel('random').id });
    const hidden = { channel: workspace.channel('random').id, ts: await posted(workspace.channel('random').id) };
    expect((await act(workspace, ANNA, { ...click, surface, actionId: 'x' })).message).toMatch(
      /^No element row\/x here/,
    );
    expect((await act(workspace, ANNA, { ...click, surface: { channel: ops, ts: '1.000000' } })).ok).toBe(false);
    expect((await act(workspace, CARA, { ...click, surface: hidden })).message).toMatch(/cara sees no channel/);
    expect((await act(workspace, ANNA, { ...click, surface: { view: 'V0' } })).message).toBe('This dialog is closed');
  });
});

describe('dialogs', () => {
  const view = { type: 'modal', title: plain('New'), submit: plain('Go'), notify_on_close: true, callback_id: 'new' };
  const open = async (blocks: object[]) => {
    app.command('/ops', async ({ ack, client: api, body }) => {
      await ack();
      await api.views.open({ trigger_id: body.trigger_id, view: JSON.parse(JSON.stringify({ ...view, blocks })) });
    });
    await act(workspace, ANNA, { kind: 'command', channel: ops, line: '/ops' });
    return workspace.waitFor(() => workspace.views('anna')[0]);
  };

  it('are filled in by block and action, checked, sent off and closed', async () => {
    app.view('new', ({ ack }) => ack());
    const { id } = await open([
      input('why', { max_length: 5 }),
      input('who', { type: 'users_select', action_id: 'user' }),
    ]);
    const submit = (values: Record<string, unknown>) => act(workspace, ANNA, { kind: 'submit', view: id, values });
    expect(await submit({ 'why/text': 'far too long' })).toEqual({
      ok: false,
      error: 'invalid_input',
      message: 'Something is missing, or not as it must be',
      errors: { why: 'Must be at most 5 characters.', who: 'Please complete this required field.' },
    });
    expect(await submit({ 'why/text': 'so', 'who/user': BEN })).toEqual({ ok: true });
    expect(lastPayload()).toMatchObject({
      view: { state: { values: { why: { text: { value: 'so' } }, who: { user: { selected_user: BEN } } } } },
    });
    expect(workspace.views('anna')).toEqual([]);
    expect((await submit({})).message).toBe('This dialog is closed');
  });

  it('show what the app refuses, and what Slack refuses of the app', async () => {
    let response: object = { response_action: 'errors', errors: { why: 'Say more' } };
    app.view('new', ({ ack }) => ack(JSON.parse(JSON.stringify(response))));
    const { id } = await open([input('why', {})]);
    const submit = { kind: 'submit', view: id, values: { 'why/text': 'x' } };
    expect(await act(workspace, ANNA, submit)).toMatchObject({
      ok: false,
      error: 'errors',
      errors: { why: 'Say more' },
    });
    response = { response_action: 'errors', errors: { nowhere: 'x' } };
    expect(await act(workspace, ANNA, submit)).toMatchObject({ ok: false, error: 'invalid_response_action_errors' });
    expect(workspace.views('anna').length).toBe(1);
  });

  it('are closed by their cross, and belong to one person', async () => {
    const { id } = await open([input('why', {})]);
    expect((await act(workspace, BEN, { kind: 'submit', view: id, values: {} })).message).toBe('This dialog is closed');
    expect(await act(workspace, ANNA, { kind: 'dismiss' })).toEqual({ ok: true });
    expect(lastPayload()).toMatchObject({ type: 'view_closed' });
    expect(await act(workspace, ANNA, { kind: 'dismiss' })).toMatchObject({ ok: false, message: 'No dialog is open' });
  });
});

describe('what else people do', () => {
  it('reacts, and takes a reaction away by reacting again', async () => {
    const react = { kind: 'react', channel: ops, ts: await posted(), name: 'eyes' };
    await act(workspace, ANNA, react);
    await act(workspace, BEN, react);
    expect(workspace.messages('ops')[0]?.reactions).toEqual([{ name: 'eyes', users: [ANNA, BEN] }]);
    await act(workspace, ANNA, react);
    expect(lastPayload()).toMatchObject({ event: { type: 'reaction_removed', user: ANNA } });
    await act(workspace, BEN, react);
    expect(workspace.messages('ops')[0]?.reactions).toEqual([]);
    expect((await act(workspace, ANNA, { ...react, name: '<b>' })).error).toBe('invalid_action');
  });

  it('opens the home tab, which the bot fills, and uses it', async () => {
    const button = { type: 'button', action_id: 'again', text: plain('Again') };
    const home = { type: 'home', blocks: [{ type: 'actions', block_id: 'row', elements: [button] }] };
    app.event('app_home_opened', async ({ event, client: api }) => {
      await api.views.publish({ user_id: event.user, view: JSON.parse(JSON.stringify(home)) });
    });
    app.action('again', ({ ack }) => ack());
    expect(await act(workspace, ANNA, { kind: 'open_home' })).toEqual({ ok: true });
    const { id } = await workspace.waitFor(() => workspace.home('anna'));
    const click = { kind: 'click', surface: { view: id }, blockId: 'row', actionId: 'again' };
    expect(await act(workspace, ANNA, click)).toEqual({ ok: true });
    expect((await act(workspace, BEN, click)).message).toBe('This dialog is closed');
  });

  it('joins public channels, which a guest does not see', async () => {
    const board = workspace.channel('board').id;
    expect((await act(workspace, BEN, { kind: 'join', channel: board })).ok).toBe(false);
    expect((await act(workspace, CARA, { kind: 'join', channel: workspace.channel('random').id })).ok).toBe(false);
    expect(workspace.channel('board').members.has(BEN)).toBe(false);
  });

  it('runs the shortcuts that the app has, each of its kind', async () => {
    app.shortcut('declare', ({ ack }) => ack());
    app.shortcut('note', ({ ack }) => ack());
    const ts = await posted();
    expect(await act(workspace, ANNA, { kind: 'shortcut', callbackId: 'declare' })).toEqual({ ok: true });
    const note = { kind: 'message_shortcut', channel: ops, ts, callbackId: 'note' };
    expect(await act(workspace, ANNA, note)).toEqual({ ok: true });
    expect(lastPayload()).toMatchObject({ type: 'message_action', message_ts: ts });
    for (const wrong of [
      { kind: 'shortcut', callbackId: 'note' },
      { ...note, callbackId: 'declare' },
    ]) {
      expect(await act(workspace, ANNA, wrong)).toEqual({
        ok: false,
        error: 'unknown_shortcut',
        message: 'rounds has no such shortcut',
      });
    }
  });
});

describe('what makes no sense', () => {
  it.each([
    [{ as: 'U0NOBODY', kind: 'dismiss' }, 'user_not_found'],
    [{ as: '__proto__', kind: 'dismiss' }, 'user_not_found'],
    [{ kind: 'dismiss' }, 'invalid_action'],
    [{ as: ANNA, kind: 'fly' }, 'invalid_action'],
    [{ as: ANNA, kind: 'say', channel: 7, text: 'x' }, 'invalid_action'],
    [{ as: ANNA, kind: 'click', surface: {}, blockId: 'a', actionId: 'b' }, 'invalid_action'],
    [{ as: ANNA, kind: 'submit', view: 'V0', values: { a: { b: 1 } } }, 'invalid_action'],
  ])('%j is an outcome, never a failure of the server', async (body, error) => {
    const headers = { 'content-type': 'application/json' };
    const { status, text } = await raw(workspace, '/page/act', { method: 'POST', headers, body: JSON.stringify(body) });
    expect([status, JSON.parse(text).error]).toEqual([200, error]);
    expect(JSON.parse(text).message).not.toBe('');
  });

  it('nobody acts as the bot, or as who has left', async () => {
    await workspace.changeUser('ben', { deleted: true });
    for (const as of [workspace.identity.botUser, BEN]) {
      expect((await act(workspace, as, { kind: 'say', channel: ops, text: 'x' })).error).toBe('user_not_found');
    }
  });
});

describe('/invite', () => {
  it('brings the bot, or somebody else, into a channel; a guest brings nobody', async () => {
    const general = workspace.channel('general').id;
    expect(await act(workspace, CARA, { kind: 'command', channel: general, line: '/invite @rounds' })).toMatchObject({
      ok: false,
      message: 'Guests invite nobody',
    });
    expect(await act(workspace, ANNA, { kind: 'command', channel: general, line: '/invite @rounds' })).toEqual({
      ok: true,
    });
    expect(workspace.channel('general').members).toContain(workspace.identity.botUser);
    const again = await act(workspace, ANNA, { kind: 'command', channel: general, line: '/invite rounds' });
    expect(again.message).toBe('rounds is in #general already');
    const nobody = await act(workspace, ANNA, { kind: 'command', channel: general, line: '/invite @nobody' });
    expect(nobody.message).toBe('There is nobody named nobody to invite');
  });
});
