import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, refusal } from './support.ts';

let workspace: Workspace;
let slack: ReturnType<typeof client>;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z');
  workspace = await startWorkspace({ clock: { now: () => now } });
  slack = client(workspace);
});

afterEach(() => workspace.close());

const plain = (text: string) => ({ type: 'plain_text', text });
const field = (blockId: string, actionId: string) => ({
  type: 'input',
  block_id: blockId,
  label: plain('Label'),
  element: { type: 'plain_text_input', action_id: actionId },
});
const modal = (more: object = {}) => ({
  type: 'modal',
  title: plain('Declare'),
  submit: plain('Go'),
  blocks: [field('what', 'title')],
  ...more,
});
const trigger = () => workspace.state.newTrigger(workspace.user('anna').id);
const open = (view: object = modal(), trigger_id = trigger()) => slack.apiCall('views.open', { trigger_id, view });
const push = (view: object = modal()) => slack.apiCall('views.push', { trigger_id: trigger(), view });
const update = (args: object) => slack.apiCall('views.update', { view: modal(), ...args });
const used = () => {
  const id = trigger();
  return open(modal(), id).then(() => open(modal(), id));
};
const expired = () => {
  const id = trigger();
  now = new Date(now.getTime() + 3000);
  return open(modal(), id);
};
const openId = async (view?: object) => {
  await open(view);
  return workspace.views('anna')[0]?.id ?? '';
};

describe('views', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['invalid_trigger_id', () => open(modal(), '1.2.made-up')],
    ['exchanged_trigger_id', used],
    ['expired_trigger_id', expired],
    ['invalid_arguments', () => slack.apiCall('views.open', { view: modal() })],
    ['invalid_arguments', () => slack.apiCall('views.open', { trigger_id: trigger() })],
    ['invalid_arguments', () => open(modal({ title: plain('x'.repeat(25)) }))],
    ['invalid_arguments', () => open(modal({ private_metadata: 'x'.repeat(3001) }))],
    ['invalid_arguments', () => open({ type: 'home', blocks: [] })],
    ['invalid_arguments', () => open(modal({ blocks: [{ type: 'markdown', text: 'for messages alone' }] }))],
    ['view_too_large', () => open(modal({ private_metadata: 'x'.repeat(250_001) }))],
    ['not_found', () => push()],
    [
      'push_limit_reached',
      () =>
        open()
          .then(() => push())
          .then(() => push())
          .then(() => push()),
    ],
    ['not_found', () => update({ view_id: 'V0NOTHING' })],
    ['not_found', () => update({ external_id: 'nothing' })],
    ['invalid_arguments', () => update({})],
    ['hash_conflict', async () => update({ view_id: await openId(), hash: '1.old' })],
    [
      'duplicate_external_id',
      async () => openId(modal({ external_id: 'one' })).then(() => push(modal({ external_id: 'one' }))),
    ],
    ['user_not_found', () => slack.apiCall('views.publish', { user_id: 'U0', view: { type: 'home', blocks: [] } })],
    ['invalid_arguments', () => slack.apiCall('views.publish', { user_id: workspace.user('anna').id, view: modal() })],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
  });

  it.each<[string, object, string]>([
    [
      'a long title',
      { title: plain('x'.repeat(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'a long submit',
      { submit: plain('x'.repeat(25)) },
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'a long close',
      { close: plain('x'.repeat(25)) },
      'must be less than 25 characters [json-pointer:/view/close/text]',
    ],
    [
      'a long callback_id',
      { callback_id: 'x'.repeat(256) },
      'must be less than 256 characters [json-pointer:/view/callback_id]',
    ],
    [
      'long metadata',
      { private_metadata: 'x'.repeat(3001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      '101 blocks',
      { blocks: Array(101).fill({ type: 'divider' }) },
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    ['a stray member', { submit_disabled: true }, 'invalid additional property: submit_disabled [json-pointer:/view]'],
    ['inputs without submit', { submit: undefined }, 'missing required field: submit [json-pointer:/view]'],
    [
      'a block_id twice',
      { blocks: [field('a', 'x'), field('a', 'y')] },
      '`block_id` already exists: a [json-pointer:/view/blocks/1/block_id]',
    ],
  ])('name %s', async (_name, more, message) => {
    const answer = await refusal(open(modal(more)));
    expect(answer.response_metadata).toMatchObject({ messages: [`[ERROR] ${message}`] });
    expect(workspace.views('anna')).toEqual([]);
  });

  it('take 100 blocks and metadata of 3,000 characters', async () => {
    await open(modal({ blocks: Array(100).fill({ type: 'divider' }), private_metadata: 'x'.repeat(3000) }));
  });

  it('leave a trigger unused when the view is refused', async () => {
    const id = trigger();
    await refusal(open(modal({ title: plain('') }), id));
    await open(modal(), id);
  });

  it('open, are updated by id with the right hash, and stack up to three', async () => {
    const opened = await slack.views.open({
      trigger_id: trigger(),
      view: modal({ private_metadata: 'kept' }) as never,
    });
    expect(opened.view).toMatchObject({
      private_metadata: 'kept',
      state: { values: { what: { title: { value: null } } } },
    });
    const [view] = workspace.views('anna');
    const before = view?.hash ?? '';
    await update({ view_id: view?.id, hash: before, view: modal({ title: plain('Filled') }) });
    expect(view).toMatchObject({ id: opened.view?.id, title: { text: 'Filled' } });
    expect(view?.hash).not.toBe(before);
    await push();
    await push();
    expect(workspace.views('anna')).toHaveLength(3);
    expect(workspace.views('anna').map((v) => v.root_view_id)).toEqual(Array(3).fill(view?.id));
    expect(workspace.views('ben')).toEqual([]);
  });

  it('keep what was typed where the ids stay, and forget it where they change', async () => {
    const id = await openId(modal({ blocks: [field('a', 'x'), field('b', 'y')] }));
    const [view] = workspace.views('anna');
    view!.values.a!.x!.value = 'typed';
    view!.values.b!.y!.value = 'typed';
    await update({ view_id: id, view: modal({ blocks: [field('a', 'x'), field('b2', 'y')] }) });
    expect(view?.values).toMatchObject({ a: { x: { value: 'typed' } }, b2: { y: { value: null } } });
  });

  it('show initial values and the channel the dialog was opened from', async () => {
    const element = { type: 'conversations_select', action_id: 'where', default_to_current_conversation: true };
    const channel = workspace.channel('#ops').id;
    const id = workspace.state.newTrigger(workspace.user('anna').id, { channel });
    const severity = { text: plain('SEV1'), value: 'sev1' };
    await open(
      modal({
        blocks: [
          { type: 'input', block_id: 'c', label: plain('Channel'), element },
          {
            type: 'input',
            block_id: 's',
            label: plain('S'),
            element: { type: 'static_select', action_id: 'sev', options: [severity], initial_option: severity },
          },
        ],
      }),
      id,
    );
    expect(workspace.views('anna')[0]?.values).toMatchObject({
      c: { where: { selected_conversation: channel } },
      s: { sev: { selected_option: { value: 'sev1' } } },
    });
  });

  it('publish the home tab, again with its hash', async () => {
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    const publish = (hash?: string) =>
      slack.apiCall('views.publish', { user_id: workspace.user('anna').id, view: home, ...(hash && { hash }) });
    await publish();
    await publish(workspace.home('anna')?.hash);
    expect((await refusal(publish('1.old'))).error).toBe('hash_conflict');
    expect(workspace.home('anna')?.blocks).toHaveLength(1);
  });
});
