import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, httpApp, refusal } from './support.ts';

let workspace: Workspace;
let app: App;
let stop: () => Promise<void>;
let slack: ReturnType<typeof client>;
let ops: string;

beforeEach(async () => {
  workspace = await startWorkspace({
    retryDelaysMs: [0, 0, 0],
    eventTypes: ['app_mention', 'app_home_opened', 'message.channels', 'reaction_added', 'member_joined_channel'],
  });
  ({ app, stop } = await httpApp(workspace));
  slack = client(workspace);
  ops = workspace.channel('#ops').id;
});

afterEach(async () => {
  await stop();
  await workspace.close();
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
const elements = [
  { type: 'button' as const, action_id: 'again', text: plain('Run again'), value: 'sweep-1' },
  { type: 'static_select' as const, action_id: 'pick', options: [option('a'), option('b')] },
  { type: 'overflow' as const, action_id: 'more', options: [option('mute'), option('own')] },
  { type: 'users_select' as const, action_id: 'who' },
  { type: 'datepicker' as const, action_id: 'when' },
];

async function posted() {
  await slack.chat.postMessage({ channel: ops, text: 'x', blocks: [{ type: 'actions', block_id: 'row', elements }] });
  return workspace.messages('#ops').at(-1)!;
}

describe('block actions', () => {
  it('carry who, where, what and a live trigger to Bolt', async () => {
    let seen: unknown;
    app.action('again', async ({ ack, action, body, client: bot }) => {
      await ack();
      seen = { action, user: body.user.id, container: 'container' in body ? body.container : undefined };
      if ('trigger_id' in body)
        await bot.views.open({ trigger_id: body.trigger_id, view: { type: 'modal', title: plain('T'), blocks: [] } });
    });
    const message = await posted();
    expect(await workspace.user('anna').click(message, 'again')).toMatchObject({ ok: true });
    await workspace.waitFor(() => workspace.views('anna')[0], { what: 'the dialog' });
    expect(seen).toMatchObject({
      action: { type: 'button', action_id: 'again', block_id: 'row', value: 'sweep-1' },
      user: workspace.user('anna').id,
      container: { type: 'message', message_ts: message.ts, channel_id: ops, is_ephemeral: false },
    });
  });

  it.each([
    ['pick', 'b', { selected_option: { value: 'b' } }],
    ['pick', 'B', { selected_option: { value: 'b' } }],
    ['more', 'own', { selected_option: { value: 'own' } }],
    ['who', 'U0BEN00001', { selected_user: 'U0BEN00001' }],
    ['row/when', '2026-03-02', { selected_date: '2026-03-02' }],
  ])('report a choice in %s: %s', async (ref, choice, expected) => {
    app.action(/.*/, async ({ ack }) => ack());
    const { payload } = await workspace.user('anna').choose(await posted(), ref, choice);
    expect(payload?.actions).toMatchObject([expected]);
  });

  it('keep the choices of each person apart', async () => {
    app.action(/.*/, async ({ ack }) => ack());
    const message = await posted();
    await workspace.user('anna').choose(message, 'pick', 'b');
    const annas = await workspace.user('anna').click(message, 'again');
    const bens = await workspace.user('ben').click(message, 'again');
    expect(annas.payload?.state).toMatchObject({ values: { row: { pick: { selected_option: { value: 'b' } } } } });
    expect(bens.payload?.state).toMatchObject({ values: { row: { pick: { selected_option: null } } } });
  });

  it('time out, fail, or complain about what is not there', async () => {
    const message = await posted();
    app.action('pick', async () => {});
    workspace.setAckDeadline(200);
    expect(await workspace.user('anna').choose(message, 'pick', 'a')).toMatchObject({
      ok: false,
      error: 'operation_timeout',
    });
    workspace.setAckDeadline(3000);
    await expect(workspace.user('anna').click(message, 'nothing')).rejects.toThrow('again, pick, more');
    await expect(workspace.user('anna').choose(message, 'pick', 'z')).rejects.toThrow('there are a, b');
    await stop();
    expect(await workspace.user('anna').click(message, 'again')).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('on an ephemeral message know that it is one and can replace it by response_url only', async () => {
    const anna = workspace.user('anna');
    await slack.chat.postEphemeral({
      channel: ops,
      user: anna.id,
      text: 'sure?',
      blocks: [{ type: 'actions', elements: [elements[0]!] }],
    });
    app.action('again', async ({ ack, respond }) => {
      await ack();
      await respond({ replace_original: true, text: 'done' });
    });
    const [message] = workspace.ephemerals('anna');
    const { payload } = await anna.click(message!, 'again');
    expect(payload).toMatchObject({ container: { is_ephemeral: true } });
    expect(payload).not.toHaveProperty('message');
    await workspace.waitFor(() => workspace.ephemerals('anna')[0]?.text === 'done', { what: 'the replaced message' });
    expect(workspace.ephemerals('anna')).toHaveLength(1);
  });
});

describe('dialogs', () => {
  const input = (blockId: string, more: object = {}, element: object = {}) => ({
    type: 'input',
    block_id: blockId,
    label: plain(blockId),
    element: { type: 'plain_text_input', action_id: blockId, ...element },
    ...more,
  });
  const modal = (more: object = {}) => ({
    type: 'modal',
    callback_id: 'declare',
    title: plain('Declare'),
    submit: plain('Go'),
    blocks: [input('title', {}, { min_length: 3, max_length: 10 }), input('note', { optional: true })],
    ...more,
  });
  const open = async (more: object = {}) => {
    const anna = workspace.user('anna');
    await slack.apiCall('views.open', { trigger_id: workspace.state.newTrigger(anna.id), view: modal(more) });
    return { anna, view: workspace.views('anna')[0]! };
  };

  it('send what was typed and close', async () => {
    let values: unknown;
    app.view('declare', async ({ ack, view }) => {
      values = view.state.values;
      await ack();
    });
    const { anna, view } = await open();
    expect(await anna.submit(view, { title: 'Down' })).toMatchObject({ ok: true });
    expect(values).toMatchObject({ title: { title: { value: 'Down' } }, note: { note: { value: null } } });
    expect(workspace.views('anna')).toEqual([]);
  });

  it.each([
    ['nothing', {}, 'required'],
    ['too little', { title: 'ab' }, 'at least 3'],
    ['too much', { title: 'x'.repeat(11) }, 'at most 10'],
  ])('are not sent with %s', async (_name, values, message) => {
    const { anna, view } = await open();
    const outcome = await anna.submit(view, values);
    expect(outcome).toMatchObject({ ok: false, error: 'invalid_input' });
    expect(outcome.errors?.title).toContain(message);
    expect(workspace.deliveries).toHaveLength(0);
  });

  it.each<[string, object, object]>([
    ['errors', { response_action: 'errors', errors: { title: 'Taken' } }, { ok: false, errors: { title: 'Taken' } }],
    [
      'errors for an unknown block',
      { response_action: 'errors', errors: { nope: 'x' } },
      { ok: false, error: 'invalid_response_action_errors' },
    ],
    ['update', { response_action: 'update', view: modal({ title: plain('Next') }) }, { ok: true }],
    [
      'a broken update',
      { response_action: 'update', view: modal({ title: plain('') }) },
      { ok: false, error: 'invalid_arguments' },
    ],
    ['push', { response_action: 'push', view: modal({ title: plain('Second') }) }, { ok: true }],
    ['clear', { response_action: 'clear' }, { ok: true }],
  ])('follow the response action %s', async (name, response, expected) => {
    app.view('declare', async ({ ack }) => ack(response as never));
    const { anna, view } = await open();
    expect(await anna.submit(view, { title: 'Down' })).toMatchObject(expected);
    const titles = workspace.views('anna').map((open) => open.title?.text);
    const left: Record<string, string[]> = { update: ['Next'], push: ['Declare', 'Second'], clear: [] };
    expect(titles).toEqual(left[name] ?? ['Declare']);
  });

  it('stay open when the app does not answer', async () => {
    app.view('declare', async () => {});
    workspace.setAckDeadline(200);
    const { anna, view } = await open();
    expect(await anna.submit(view, { title: 'Down' })).toMatchObject({ ok: false, error: 'operation_timeout' });
    expect(workspace.views('anna')).toEqual([view]);
  });

  it('tell of their closing only when asked to', async () => {
    let closed = 0;
    app.view({ callback_id: 'declare', type: 'view_closed' }, async ({ ack }) => {
      closed += 1;
      await ack();
    });
    await (await open()).anna.dismiss();
    await (await open({ notify_on_close: true })).anna.dismiss();
    expect(closed).toBe(1);
    expect(workspace.views('anna')).toEqual([]);
  });

  it('act on elements inside, and may push from there', async () => {
    app.action('again', async ({ ack, body, client: bot }) => {
      await ack();
      if ('trigger_id' in body)
        await bot.views.push({ trigger_id: body.trigger_id, view: modal({ title: plain('Deeper') }) as never });
    });
    const { anna, view } = await open({ blocks: [{ type: 'actions', elements: [elements[0]] }], submit: undefined });
    const { payload } = await anna.click(view, 'again');
    expect(payload).toMatchObject({ container: { type: 'view', view_id: view.id }, view: { id: view.id } });
    await workspace.waitFor(() => workspace.views('anna').length === 2, { what: 'the second dialog' });
  });

  it('only tell of inputs that ask for it', async () => {
    app.action('title', async ({ ack }) => ack());
    const silent = await open();
    await silent.anna.choose(silent.view, 'title', 'typing');
    expect(workspace.deliveries).toHaveLength(0);
    const loud = await open({ blocks: [input('title', { dispatch_action: true })] });
    await loud.anna.choose(loud.view, 'title', 'typing');
    expect(workspace.deliveries).toHaveLength(1);
    expect(loud.view.values.title?.title).toMatchObject({ value: 'typing' });
  });

  it('hand over a response_url for a chosen channel', async () => {
    app.view('declare', async ({ ack, body }) => {
      await ack();
      const [target] = 'response_urls' in body ? (body.response_urls as { response_url: string }[]) : [];
      await fetch(target?.response_url ?? '', {
        method: 'POST',
        body: JSON.stringify({ text: 'hi', response_type: 'in_channel' }),
      });
    });
    const element = { type: 'conversations_select', action_id: 'where', response_url_enabled: true };
    const { anna, view } = await open({ blocks: [{ type: 'input', block_id: 'c', label: plain('C'), element }] });
    await anna.submit(view, { where: workspace.channel('#random').id });
    await workspace.waitFor(() => workspace.messages('#random')[0]?.text === 'hi', { what: 'the message' });
  });
});

describe('shortcuts and events', () => {
  it('reach Bolt as global and message shortcuts', async () => {
    const seen: string[] = [];
    app.shortcut({ callback_id: 'declare', type: 'shortcut' }, async ({ ack }) => {
      seen.push('global');
      await ack();
    });
    app.shortcut({ callback_id: 'note', type: 'message_action' }, async ({ ack, shortcut }) => {
      seen.push(shortcut.message.text ?? '');
      await ack();
    });
    const { message } = await workspace.user('ben').say('#ops', 'disk is full');
    await workspace.user('anna').shortcut('declare');
    await workspace.user('anna').messageShortcut(message, 'note');
    expect(seen).toEqual(['global', 'disk is full']);
  });

  it('tell of mentions, messages, reactions, members and the home tab', async () => {
    const heard = new Set<string>();
    for (const type of [
      'app_mention',
      'app_home_opened',
      'message',
      'reaction_added',
      'member_joined_channel',
    ] as const) {
      app.event(type, async () => {
        heard.add(type);
        workspace.events.emit({ type: 'channel_changed', channel: ops });
      });
    }
    const anna = workspace.user('anna');
    const { message } = await anna.say('#ops', `<@${workspace.identity.botUser}> health`);
    await anna.react(message, 'eyes');
    await anna.openHome();
    await anna.join('#ops');
    await workspace.waitFor(() => heard.size === 5, { what: 'all five events' });
    await anna.say('#general', `<@${workspace.identity.botUser}> not a member`);
    expect(workspace.deliveries).toHaveLength(5);
  });

  it('tell with the home tab what it showed before; an app without one can publish nothing', async () => {
    app.event('app_home_opened', async () => {});
    const anna = workspace.user('anna');
    expect((await anna.openHome()).payload?.event).not.toHaveProperty('view');
    const slack = client(workspace);
    await slack.views.publish({ user_id: anna.id, view: { type: 'home', blocks: [] } });
    expect((await anna.openHome()).payload?.event).toMatchObject({ tab: 'home', view: { type: 'home' } });
    workspace.state.homeTab = false;
    const refused = slack.views.publish({ user_id: anna.id, view: { type: 'home', blocks: [] } });
    expect((await refusal(refused)).error).toBe('not_enabled');
  });

  it('try an event again with number and reason until it is acknowledged', async () => {
    await stop();
    await workspace.user('anna').openHome();
    await workspace.waitFor(() => workspace.deliveries.length === 4, { what: 'three retries' });
    expect(workspace.deliveries.map((d) => [d.attempt, d.outcome])).toEqual([0, 1, 2, 3].map((n) => [n, 'failed']));
    expect(new Set(workspace.deliveries.map((d) => d.payload.event_id)).size).toBe(1);
  });

  it('verify the address with a challenge', async () => {
    expect(await workspace.verifyUrl()).toBe(true);
    await stop();
    expect(await workspace.verifyUrl()).toBe(false);
  });
});

describe('who can be where', () => {
  it('keeps guests and strangers out of channels', async () => {
    await expect(workspace.user('cara').say('#random', 'x')).rejects.toThrow("can't see");
    await expect(workspace.user('ben').command('#board', '/ops')).rejects.toThrow("can't see");
    app.command('/ops', async ({ ack }) => ack());
    const { payload } = await workspace.user('anna').command('#board', '/ops');
    expect(payload).toMatchObject({ channel_name: 'privategroup' });
  });
});
