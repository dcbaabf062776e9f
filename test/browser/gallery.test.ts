import type { BlockAction, GlobalShortcut, MessageShortcut, ViewClosedAction, ViewSubmitAction } from '@slack/bolt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { client, socketApp } from '../contract/workspace/support.ts';
import { type OpenBrowser, openBrowser } from '../support/browser.ts';
import { chooseFrom } from './menu.ts';
import { accessibilityProblems, overflowingText } from './page-checks.ts';

const plain = (text: string) => ({ type: 'plain_text', text, emoji: true });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const option = (text: string, value = text.toLowerCase()) => ({ text: plain(text), value });
const button = (text: string, more: object = {}) => ({
  type: 'button',
  text: plain(text),
  action_id: `b.${text}`,
  ...more,
});

/** Everything that a message of Rounds may be made of. */
const gallery = [
  { type: 'header', text: plain('A header with an emoji :tada:') },
  {
    type: 'section',
    text: mrkdwn('*bold* _italic_ ~struck~ `code` <https://example.com/a?b=1&amp;c=2|a link> &lt;script&gt;'),
  },
  {
    type: 'section',
    text: mrkdwn('A row · <@U0ANNA0001> <!subteam^S0ONCALL01> <!here>'),
    accessory: button('Details', { value: 'api' }),
  },
  { type: 'section', fields: [mrkdwn('*Severity*\nP1'), mrkdwn('*Affected*\nAPI')] },
  { type: 'section', text: mrkdwn('&gt; quoted\n```pre\n  formatted```') },
  { type: 'context', elements: [mrkdwn('context'), mrkdwn('<!date^1795000000^{date_short_pretty} {time}|then>')] },
  { type: 'divider' },
  {
    type: 'actions',
    block_id: 'acts',
    elements: [
      button('Go', { style: 'primary' }),
      button('Delete', {
        style: 'danger',
        confirm: {
          title: plain('Delete it?'),
          text: mrkdwn('*For good.*'),
          confirm: plain('Delete it'),
          deny: plain('Keep it'),
        },
      }),
      button('Elsewhere', { url: 'https://example.com/' }),
      {
        type: 'static_select',
        action_id: 'period',
        placeholder: plain('Period'),
        options: [option('24 h', 'day'), option('7 d', 'week')],
      },
      { type: 'overflow', action_id: 'more', options: [option('Snooze'), option('Stop')] },
      { type: 'users_select', action_id: 'who', placeholder: plain('Who') },
      { type: 'datepicker', action_id: 'when', placeholder: plain('When'), initial_date: '2026-11-25' },
      { type: 'checkboxes', action_id: 'boxes', options: [option('One'), option('Two')] },
      { type: 'radio_buttons', action_id: 'radios', options: [option('Yes'), option('No')] },
    ],
  },
  {
    type: 'markdown',
    text: '## Steps\n1. **First** `ls`\n2. [Second](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n\n- [ ] a task',
  },
  {
    type: 'table',
    rows: [
      [
        { type: 'raw_text', text: 'Check' },
        { type: 'raw_text', text: 'Took' },
      ],
      [
        { type: 'raw_text', text: 'api' },
        { type: 'raw_text', text: '4 ms' },
      ],
    ],
  },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'rich', style: { bold: true } },
          { type: 'user', user_id: 'U0BEN00001' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a point' }] }],
      },
    ],
  },
  { type: 'alert', level: 'warning', text: mrkdwn('An alert') },
  {
    type: 'video',
    video_url: 'https://example.com/v',
    thumbnail_url: 'https://example.com/t',
    alt_text: 'a video',
    title: plain('A video'),
  },
];

const field = (id: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(`Field ${id}`),
  element: { action_id: 'it', ...element },
  ...more,
});

/** Every input that a dialog of Rounds may have. */
const dialog = {
  type: 'modal',
  callback_id: 'gallery',
  title: plain('Declare an incident'),
  submit: plain('Declare'),
  close: plain('Cancel'),
  notify_on_close: true,
  blocks: [
    { type: 'section', text: mrkdwn('*P1*: the API is down for everybody') },
    field(
      'title',
      { type: 'plain_text_input', placeholder: plain('What is wrong?'), focus_on_load: true },
      { hint: plain('In a few words') },
    ),
    field('known', { type: 'plain_text_input', multiline: true }, { optional: true }),
    field('severity', { type: 'static_select', options: [option('P0'), option('P1')], initial_option: option('P1') }),
    field(
      'systems',
      { type: 'multi_static_select', options: [option('API'), option('IVR'), option('Database')] },
      { optional: true },
    ),
    field('phi', { type: 'radio_buttons', options: [option('Yes'), option('No'), option('Not sure')] }),
    field('flags', { type: 'checkboxes', options: [option('Private'), option('Drill')] }, { optional: true }),
    field('day', { type: 'datepicker' }, { optional: true }),
    field('hour', { type: 'timepicker' }, { optional: true }),
    field('count', { type: 'number_input', is_decimal_allowed: false }, { optional: true }),
    field('commander', { type: 'users_select' }, { optional: true }),
    field('room', { type: 'channels_select' }, { optional: true }),
  ],
};

let workspace: Workspace;
let bot: Awaited<ReturnType<typeof socketApp>>;
let browser: OpenBrowser;
let page: Page;
const actions: Record<string, unknown>[] = [];
const submissions: ViewSubmitAction['view']['state']['values'][] = [];
const heard: string[] = [];

beforeAll(async () => {
  workspace = await startWorkspace({
    page: {
      guide: [],
      completions: () => [],
      openedFirst: 'ops',
      shortcuts: [
        { callbackId: 'declare', label: 'Declare an incident', kind: 'global' },
        { callbackId: 'flag', label: 'Put on the timeline', kind: 'message' },
      ],
    },
  });
  bot = await socketApp(workspace);
  bot.app.action<BlockAction>(/.*/, async ({ ack, action }) => {
    await ack();
    actions.push({ ...action });
  });
  bot.app.shortcut<GlobalShortcut>('declare', async ({ ack, shortcut, client: web }) => {
    await ack();
    await web.apiCall('views.open', { trigger_id: shortcut.trigger_id, view: dialog });
  });
  bot.app.shortcut<MessageShortcut>('flag', async ({ ack, shortcut }) => {
    await ack();
    heard.push(`flagged ${shortcut.message.text}`);
  });
  bot.app.view<ViewSubmitAction>('gallery', async ({ ack, view }) => {
    submissions.push(view.state.values);
    if (view.state.values.title?.it?.value === 'bad') {
      await ack({ response_action: 'errors', errors: { title: 'Say more than that' } });
    } else await ack();
  });
  bot.app.view<ViewClosedAction>({ callback_id: 'gallery', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    heard.push('closed');
  });
  await client(workspace).chat.postMessage({
    channel: workspace.channel('ops').id,
    text: 'the gallery',
    blocks: gallery,
  });
  browser = await openBrowser();
  page = await browser.page();
  await page.goto(workspace.url);
});

afterAll(async () => {
  await browser?.close();
  await bot?.stop();
  await workspace?.close();
});

const soundPage = async () => {
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await overflowingText(page)).toEqual([]);
  expect(browser.complaints).toEqual([]);
};

describe('a message with everything in it', () => {
  it('shows each block, and says of a kind that it cannot draw that it stands there', async () => {
    const message = page.locator('article.message').last();
    for (const words of [
      'A header with an emoji 🎉',
      'bold',
      '<script>',
      '@anna',
      '@oncall',
      'Severity',
      'quoted',
      'Steps',
      'a task',
      'Took',
      'rich',
      'An alert',
      'of the kind video',
    ])
      await message.getByText(words).first().waitFor();
    await message.locator('.mention', { hasText: '@ben' }).waitFor();
    expect(await message.getByRole('link', { name: 'a link' }).getAttribute('href')).toBe(
      'https://example.com/a?b=1&c=2',
    );
    expect(await message.locator('b').count()).toBe(0);
    await soundPage();
  });

  it('tells the bot what was pressed and chosen, and asks first where it was told to', async () => {
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await chooseFrom(page.locator('.main'), 'Period', '7 d');
    await chooseFrom(page.locator('.main'), 'More actions', 'Stop');
    await page.getByRole('combobox', { name: 'Who' }).selectOption('@ben');
    await page.getByLabel('When').fill('2026-12-01');
    await page.getByLabel('When').blur();
    await page.getByLabel('Two').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect
      .poll(() => actions.map(({ action_id }) => action_id))
      .toEqual(expect.arrayContaining(['b.Go', 'period', 'more', 'who', 'when', 'boxes', 'b.Delete']));
    const chosen = (id: string) => actions.filter(({ action_id }) => action_id === id);
    expect(chosen('period')).toMatchObject([{ selected_option: { value: 'week' } }]);
    expect(chosen('more')).toMatchObject([{ selected_option: { value: 'stop' } }]);
    expect(chosen('who')).toMatchObject([{ selected_user: 'U0BEN00001' }]);
    expect(chosen('when')).toMatchObject([{ selected_date: '2026-12-01' }]);
    expect(chosen('boxes')).toMatchObject([{ selected_options: [{ value: 'two' }] }]);
    expect(chosen('b.Delete')).toHaveLength(1);
  });

  it('runs a shortcut on a message, and puts a reaction under it', async () => {
    const message = page.locator('article.message').last();
    await message.hover();
    await chooseFrom(message, 'Shortcuts for this message', 'Put on the timeline');
    await expect.poll(() => heard).toContain('flagged the gallery');
    await message.getByRole('button', { name: 'React with eyes' }).click();
    await message.getByRole('button', { name: 'eyes, 1' }).waitFor();
  });
});

describe('a dialog', () => {
  const open = async () => {
    await page.getByRole('button', { name: 'Declare an incident' }).click();
    await page.getByRole('dialog', { name: 'Declare an incident' }).waitFor();
  };

  it('says what is missing, shows what the bot refuses, and sends what was filled in', async () => {
    await open();
    const form = page.getByRole('dialog');
    await soundPage();
    await form.getByRole('button', { name: 'Declare' }).click();
    await form.getByText('Please complete this required field.').first().waitFor();
    await form.getByLabel('Field title').fill('bad');
    await form.getByLabel('Not sure').check();
    await form.getByRole('button', { name: 'Declare' }).click();
    await form.getByText('Say more than that').waitFor();
    await form.getByLabel('Field title').fill('API is down');
    await form.getByLabel('Field known').fill('two\nlines');
    await form.getByLabel('Field systems').selectOption(['api', 'database']);
    await form.getByLabel('Private').check();
    await form.getByLabel('Field day').fill('2026-11-26');
    await form.getByLabel('Field hour').fill('09:30');
    await form.getByLabel('Field count').fill('12');
    await form.getByLabel('Field commander').selectOption('@ben');
    await form.getByLabel('Field room').selectOption('#alerts');
    await form.getByRole('button', { name: 'Declare' }).click();
    await form.waitFor({ state: 'detached' });
    const sent = Object.fromEntries(Object.entries(submissions.at(-1)!).map(([id, { it: value }]) => [id, value]));
    expect(sent).toMatchObject({
      title: { value: 'API is down' },
      known: { value: 'two\nlines' },
      severity: { selected_option: { value: 'p1' } },
      systems: { selected_options: [{ value: 'api' }, { value: 'database' }] },
      phi: { selected_option: { value: 'not sure' } },
      flags: { selected_options: [{ value: 'private' }] },
      day: { selected_date: '2026-11-26' },
      hour: { selected_time: '09:30' },
      count: { value: '12' },
      commander: { selected_user: 'U0BEN00001' },
      room: { selected_channel: workspace.channel('alerts').id },
    });
  });

  it('closes by Escape, which the bot hears', async () => {
    await open();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => heard).toContain('closed');
  });

  it('fits a phone', async () => {
    const phone = await browser.page({ width: 360, height: 700 });
    await phone.goto(workspace.url);
    await phone.getByRole('button', { name: 'Channels' }).click();
    await phone.getByRole('button', { name: 'Declare an incident' }).click();
    await phone.getByRole('dialog').waitFor();
    expect(await overflowingText(phone)).toEqual([]);
    expect(await accessibilityProblems(phone)).toEqual([]);
    await phone.keyboard.press('Escape');
    await phone.getByRole('dialog').waitFor({ state: 'detached' });
    await phone.close();
  });
});

describe('the page beside the messages', () => {
  it('goes to the message of a permalink', async () => {
    const web = client(workspace);
    const alerts = workspace.channel('alerts').id;
    const posted = await web.chat.postMessage({ channel: alerts, text: 'the one that is meant' });
    const link = await web.chat.getPermalink({ channel: alerts, message_ts: String(posted.ts) });
    const visitor = await browser.page();
    await visitor.goto(String(link.permalink));
    await visitor.getByRole('heading', { name: '#alerts' }).waitFor();
    await visitor.getByText('the one that is meant').waitFor();
    await visitor.close();
  });

  it('shows pictures also where it was opened as localhost, and none from elsewhere', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
    const web = client(workspace);
    const channel = workspace.channel('ops').id;
    await web.filesUploadV2({
      channel_id: channel,
      file: Buffer.from(png, 'base64'),
      filename: 'a.png',
      title: 'A dot',
      alt_text: 'a dot',
    });
    const foreign = { type: 'image', image_url: '//example.com/x.png', alt_text: 'from elsewhere' };
    await web.chat.postMessage({ channel, text: 'x', blocks: [foreign] });
    const visitor = await browser.page();
    await visitor.goto(workspace.url.replace('127.0.0.1', 'localhost'));
    const dot = visitor.getByRole('img', { name: 'a dot' });
    await dot.scrollIntoViewIfNeeded();
    await expect.poll(() => dot.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await visitor.getByText('Picture: from elsewhere').waitFor();
    expect(browser.complaints).toEqual([]);
    await visitor.close();
  });

  it('goes on with a message whose date no calendar has', async () => {
    const channel = workspace.channel('ops').id;
    await client(workspace).chat.postMessage({ channel, text: 'odd <!date^99999999999999999^{constructor}|date> end' });
    await page.locator('article.message').last().getByText('end').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  it('takes a reaction back, and walks through a menu by the keyboard without choosing', async () => {
    const message = page.locator('article.message', { hasText: 'A header with an emoji' });
    await message.getByRole('button', { name: 'eyes, 1' }).click();
    await message.getByRole('button', { name: 'eyes, 1' }).waitFor({ state: 'detached' });
    const before = actions.length;
    await message.getByRole('button', { name: 'Period', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu', { name: 'Period' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await page.getByRole('menu', { name: 'Period' }).waitFor({ state: 'hidden' });
    expect(actions.length).toBe(before);
  });
});
