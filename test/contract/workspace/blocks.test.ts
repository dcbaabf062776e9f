import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, refusal } from './support.ts';

let workspace: Workspace;
let slack: ReturnType<typeof client>;

beforeAll(async () => {
  workspace = await startWorkspace();
  slack = client(workspace);
});

afterAll(() => workspace.close());

const x = (chars: number) => 'x'.repeat(chars);
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = { type: 'section', text: mrkdwn('fine') };
const button = (more: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (value = 'a', text = 'A') => ({ text: plain(text), value });
const select = (more: object = {}) => ({ type: 'static_select', action_id: 'pick', options: [option()], ...more });
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('Label'), element, ...more });
const textInput = { type: 'plain_text_input', action_id: 'text' };
const accessory = (element: object) => ({ ...section, accessory: element });

/** What Slack says about these blocks, as lines of `response_metadata.messages`. */
async function messagesOf(blocks: unknown): Promise<unknown> {
  const call = slack.apiCall('chat.postMessage', { channel: workspace.channel('#ops').id, text: 'x', blocks });
  const answer = await refusal(call);
  expect(answer.error).toBe('invalid_blocks');
  return (answer.response_metadata as { messages: string[] }).messages;
}

describe('invalid_blocks', () => {
  it.each<[string, unknown[], string]>([
    ['51 blocks', Array(51).fill({ type: 'divider' }), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['an unknown type', [{ type: 'marquee' }], 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
    ['no type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
    ['a string for a block', ['text'], 'must provide an object [json-pointer:/blocks/0]'],
    [
      'long section text',
      [section, { type: 'section', text: mrkdwn(x(3001)) }],
      'must be less than 3001 characters [json-pointer:/blocks/1/text/text]',
    ],
    [
      'empty section text',
      [{ type: 'section', text: mrkdwn('') }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty section', [{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
    [
      '11 fields',
      [{ type: 'section', fields: Array(11).fill(plain('f')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a long field',
      [{ type: 'section', fields: [mrkdwn(x(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'an unknown text type',
      [{ type: 'section', text: { type: 'html', text: 'x' } }],
      'unsupported type: html [json-pointer:/blocks/0/text/type]',
    ],
    ['a stray member', [{ ...section, colour: 'red' }], 'invalid additional property: colour [json-pointer:/blocks/0]'],
    [
      'a long block_id',
      [{ ...section, block_id: x(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'a long header',
      [{ type: 'header', text: plain(x(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a mrkdwn header',
      [{ type: 'header', text: mrkdwn('h') }],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    ['a header without text', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'long markdown',
      [{ type: 'markdown', text: x(12_001) }],
      'must be less than 12001 characters [json-pointer:/blocks/0/text]',
    ],
    [
      '11 context elements',
      [{ type: 'context', elements: Array(11).fill(mrkdwn('c')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button in context',
      [{ type: 'context', elements: [button()] }],
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      '26 buttons',
      [actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `b${i}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'an initial option that is none of them',
      [actions(select({ initial_option: option('a', 'B') }))],
      'failed to match the initial option with the available options [json-pointer:/blocks/0/elements/0]',
    ],
    ['no buttons', [actions()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'a long button text',
      [actions(button({ text: plain(x(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long button value',
      [actions(button({ value: x(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a long action_id',
      [actions(button({ action_id: x(256) }))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'a button without text',
      [actions({ type: 'button', action_id: 'a' })],
      'missing required field: text [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a mrkdwn button',
      [actions(button({ text: mrkdwn('x') }))],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'a made-up style',
      [actions(button({ style: 'warning' }))],
      'must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'an action_id twice in a block',
      [actions(button(), button())],
      '`action_id` already exists: go [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a block_id twice',
      [
        { ...section, block_id: 'b' },
        { ...section, block_id: 'b' },
      ],
      '`block_id` already exists: b [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a text input outside an input block',
      [actions(textInput)],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      '101 options',
      [actions(select({ options: Array.from({ length: 101 }, (_, i) => option(`${i}`)) }))],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'a select without options',
      [actions({ type: 'static_select', action_id: 's' })],
      'must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a long option text',
      [actions(select({ options: [option('a', x(76))] }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    ],
    [
      'a long option value',
      [actions(select({ options: [option(x(151))] }))],
      'must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
    ],
    [
      '6 overflow options',
      [accessory({ type: 'overflow', action_id: 'o', options: Array(6).fill(option()) })],
      'no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      '11 checkboxes',
      [accessory({ type: 'checkboxes', action_id: 'c', options: Array(11).fill(option()) })],
      'no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      '11 radio buttons',
      [accessory({ type: 'radio_buttons', action_id: 'c', options: Array(11).fill(option()) })],
      'no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      'a long placeholder',
      [actions(select({ placeholder: plain(x(151)) }))],
      'must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]',
    ],
    [
      'a long confirmation',
      [actions(button({ confirm: { text: mrkdwn(x(301)) } }))],
      'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
    ],
    [
      'a type inside confirm',
      [actions(button({ confirm: { text: mrkdwn('?'), kind: 'x' } }))],
      'invalid additional property: kind [json-pointer:/blocks/0/elements/0/confirm]',
    ],
    [
      'a wrong date',
      [accessory({ type: 'datepicker', action_id: 'd', initial_date: '2.3.2026' })],
      'must be a date YYYY-MM-DD [json-pointer:/blocks/0/accessory/initial_date]',
    ],
    [
      'an image without alt text',
      [{ type: 'image', image_url: 'https://e.com/i.png' }],
      'missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      'an image without a source',
      [{ type: 'image', alt_text: 'a' }],
      'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'an input without a label',
      [{ type: 'input', element: textInput }],
      'missing required field: label [json-pointer:/blocks/0]',
    ],
    [
      'a file input in a message',
      [input({ type: 'file_input', action_id: 'f' })],
      'unsupported type: file_input [json-pointer:/blocks/0/element/type]',
    ],
    [
      'a table of 101 rows',
      [{ type: 'table', rows: Array(101).fill([{ type: 'raw_text', text: 'c' }]) }],
      'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      'a table of 21 columns',
      [{ type: 'table', rows: [Array(21).fill({ type: 'raw_text', text: 'c' })] }],
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
    [
      'rich text without elements',
      [{ type: 'rich_text' }],
      'missing required field: elements [json-pointer:/blocks/0]',
    ],
    [
      'an unknown rich text element',
      [{ type: 'rich_text', elements: [{ type: 'text', text: 'x' }] }],
      'unsupported type: text [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      '11 blocks in a container',
      [{ type: 'container', title: plain('c'), child_blocks: Array(11).fill(section) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]',
    ],
    [
      'a duplicate inside a container',
      [{ type: 'container', title: plain('c'), child_blocks: [actions(button(), button())] }],
      '`action_id` already exists: go [json-pointer:/blocks/0/child_blocks/0/elements/1/action_id]',
    ],
    [
      'an unknown alert level',
      [{ type: 'alert', text: plain('a'), level: 'loud' }],
      'must be a valid enum value: default, info, warning, error, success [json-pointer:/blocks/0/level]',
    ],
    [
      '11 cards',
      [{ type: 'carousel', elements: Array(11).fill({ type: 'card', title: mrkdwn('c') }) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
  ])('names %s', async (_name, blocks, message) => {
    expect(await messagesOf(blocks)).toContain(`[ERROR] ${message}`);
  });

  it('counts characters, not UTF-16 units', async () => {
    const channel = workspace.channel('#ops').id;
    await slack.apiCall('chat.postMessage', {
      channel,
      text: 'x',
      blocks: [{ type: 'header', text: plain('🔥'.repeat(150)) }],
    });
  });

  it('reports every problem at once', async () => {
    expect(await messagesOf([{ type: 'header' }, { type: 'nope' }])).toHaveLength(2);
  });
});

describe('valid blocks', () => {
  it.each<[string, unknown]>([
    ['50 dividers', Array(50).fill({ type: 'divider' })],
    [
      'a full section',
      [
        {
          ...section,
          block_id: 'b',
          fields: [plain('f')],
          accessory: button({
            style: 'danger',
            value: 'v',
            confirm: { title: plain('Sure?'), text: mrkdwn('?'), confirm: plain('Yes'), deny: plain('No') },
          }),
          expand: true,
        },
      ],
    ],
    ['the same action_id in two blocks', [actions(button()), actions(button())]],
    [
      'menus and pickers',
      [
        actions(
          select(),
          { type: 'users_select', action_id: 'u' },
          { type: 'datepicker', action_id: 'd', initial_date: '2026-03-02' },
          { type: 'timepicker', action_id: 't', initial_time: '09:00' },
        ),
      ],
    ],
    [
      'groups of options',
      [actions(select({ options: undefined, option_groups: [{ label: plain('G'), options: [option()] }] }))],
    ],
    [
      'context',
      [
        {
          type: 'context',
          elements: [mrkdwn('c'), { type: 'image', image_url: 'https://e.com/i.png', alt_text: 'i' }],
        },
      ],
    ],
    [
      'rich text',
      [
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] },
            { type: 'rich_text_list', style: 'bullet', elements: [] },
            { type: 'rich_text_preformatted', elements: [] },
          ],
        },
      ],
    ],
    [
      'a table',
      [
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'a' },
              { type: 'raw_number', value: 3 },
            ],
          ],
          column_settings: [{ align: 'right' }],
        },
      ],
    ],
    ['an input', [input(textInput, { hint: plain('h'), optional: true })]],
    [
      'markdown, image, header',
      [
        { type: 'markdown', text: '# x' },
        { type: 'image', slack_file: { id: 'F1' }, alt_text: 'a' },
        { type: 'header', text: plain('h') },
      ],
    ],
    [
      'alert, card, plan, task',
      [
        { type: 'alert', text: mrkdwn('a'), level: 'error' },
        { type: 'card', title: mrkdwn('t') },
        { type: 'plan', title: 'p' },
        { type: 'task_card', task_id: '1', title: 't', status: 'pending' },
      ],
    ],
    [
      'feedback',
      [
        {
          type: 'context_actions',
          elements: [
            {
              type: 'feedback_buttons',
              action_id: 'f',
              positive_button: { text: plain('+'), value: '1' },
              negative_button: { text: plain('-'), value: '0' },
            },
          ],
        },
      ],
    ],
  ])('pass: %s', async (_name, blocks) => {
    await slack.apiCall('blocks.validate', { blocks });
    await slack.apiCall('chat.postMessage', { channel: workspace.channel('#ops').id, text: 'x', blocks });
  });
});

describe('blocks.validate and apps.manifest.validate', () => {
  const modal = { type: 'modal', title: plain('T'), blocks: [section] };

  it('point to the problem', async () => {
    const answer = await refusal(slack.apiCall('blocks.validate', { blocks: [{ type: 'header', text: mrkdwn('h') }] }));
    expect(answer).toMatchObject({
      error: 'invalid_blocks',
      errors: [{ code: 'failed_constraint', message: 'unsupported type: mrkdwn', pointer: '/0/text/type' }],
    });
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'invalid_arguments'],
    ['two things', { blocks: [section], view: modal }, 'invalid_arguments'],
    ['a bad view', { view: { ...modal, title: plain(x(25)) } }, 'invalid_blocks'],
    ['a bad message', { message: { blocks: [{ type: 'nope' }] } }, 'invalid_blocks'],
  ])('refuse %s', async (_name, args, error) => {
    expect((await refusal(slack.apiCall('blocks.validate', { ...args }))).error).toBe(error);
  });

  it('accept a view and a message', async () => {
    await slack.apiCall('blocks.validate', { view: modal });
    await slack.apiCall('blocks.validate', { message: { blocks: [section] } });
  });

  const shortcut = { name: 'Check', type: 'global', callback_id: 'health.now', description: 'Checks' };
  const manifest = {
    display_information: { name: 'Rounds' },
    features: {
      bot_user: { display_name: 'rounds' },
      slash_commands: [{ command: '/ops', description: 'Operations' }],
      shortcuts: [shortcut],
    },
    oauth_config: { scopes: { bot: ['commands', 'app_mentions:read'] } },
    settings: {
      event_subscriptions: { bot_events: ['app_mention'] },
      interactivity: { is_enabled: true },
      socket_mode_enabled: true,
    },
  };

  it.each<[string, object, string | undefined]>([
    ['a good manifest', manifest, undefined],
    ['no name', { ...manifest, display_information: {} }, '/display_information'],
    ['a long name', { ...manifest, display_information: { name: x(36) } }, '/display_information/name'],
    [
      'no way to be reached',
      { ...manifest, settings: { ...manifest.settings, socket_mode_enabled: false } },
      '/settings/interactivity',
    ],
    [
      'a command with a space',
      { ...manifest, features: { ...manifest.features, slash_commands: [{ command: '/o ps', description: 'd' }] } },
      '/features/slash_commands/0/command',
    ],
    [
      'an event without its scope',
      { ...manifest, oauth_config: { scopes: { bot: ['commands'] } } },
      '/settings/event_subscriptions/bot_events',
    ],
    [
      'commands without the scope',
      { ...manifest, oauth_config: { scopes: { bot: ['app_mentions:read'] } } },
      '/oauth_config/scopes/bot',
    ],
    [
      'a shortcut with a long name',
      { ...manifest, features: { ...manifest.features, shortcuts: [{ ...shortcut, name: x(25) }] } },
      '/features/shortcuts/0/name',
    ],
    [
      'a shortcut without a callback_id',
      { ...manifest, features: { ...manifest.features, shortcuts: [{ ...shortcut, callback_id: undefined }] } },
      '/features/shortcuts/0',
    ],
    [
      'scopes without a bot user',
      { ...manifest, features: { ...manifest.features, bot_user: undefined } },
      '/features/bot_user',
    ],
  ])('judge %s', async (_name, value, pointer) => {
    const call = slack.apiCall('apps.manifest.validate', { manifest: JSON.stringify(value) });
    if (pointer === undefined) return void (await call);
    const answer = await refusal(call);
    expect(answer.error).toBe('invalid_manifest');
    expect((answer.errors as { pointer: string }[]).map((problem) => problem.pointer)).toContain(pointer);
  });
});
