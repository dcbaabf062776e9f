import { expect, it, vi } from 'vitest';
import type { FormItem } from '../../../src/kernel/form.ts';
import { shownText } from '../../support/slack-bot.ts';
import { serverStore, sharedPostgres } from '../../support/store.ts';
import { callsOf, dialog, formBot, formOf, titleField } from './forms-setup.ts';
import { closeLater, posted, reply, told, workspaceOf } from './setup.ts';

it('opens from a command, a button, a shortcut and a message, with what it was opened on', async () => {
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace);
  const anna = workspace.user('anna');
  const channel = workspace.channel('#ops').id;
  await formOf(workspace, 'declare critical password=hunter2-is-secret');
  await anna.dismiss();
  await anna.command('#ops', '/ops form buttons');
  const message = await posted(workspace, '#ops', 'form.declare');
  await anna.click(message, 'form.declare');
  await dialog(workspace, 'anna', 'What is wrong?');
  await anna.dismiss();
  await anna.shortcut('form.any');
  await dialog(workspace, 'anna', 'What is wrong?');
  await anna.dismiss();
  const { message: said } = await workspace.user('ben').say('#ops', 'api &amp; web are <https://x.example|down>');
  await anna.messageShortcut(said, 'form.take');
  await dialog(workspace, 'anna', 'What is wrong?');
  expect(form.asked[0]).toMatchObject({ from: { channel } });
  expect(form.asked[0]?.value).toMatch(/^critical password=/);
  expect(form.asked[0]?.value).not.toContain('hunter2');
  expect(form.asked.slice(1)).toEqual([
    { value: 'api', from: { channel, ts: message.ts } },
    { value: '' },
    {
      value: '',
      from: { channel, ts: said.ts },
      message: {
        ...{ channel, ts: said.ts, user: workspace.user('ben').id, text: 'api & web are down' },
        at: new Date(Number(said.ts) * 1_000),
      },
    },
  ]);
  await anna.submit(workspace.views('anna')[0]!, { title: 'API is down' });
  await dialog(workspace, 'anna', 'declared');
  expect(form.sent[0]?.given).toEqual(form.asked[3]);
});

it('a message shortcut without a form answers in a dialog', async () => {
  const workspace = await workspaceOf();
  await formBot(workspace);
  const { message } = await workspace.user('ben').say('#ops', 'disk is full');
  await workspace.user('anna').messageShortcut(message, 'form.flag');
  await dialog(workspace, 'anna', 'flagged: disk is full');
  await workspace.user('anna').shortcut('form.flag');
  await dialog(workspace, 'anna', 'older version');
});

it('is on the screen before the database answers, and sent off while it is away it is carried out once', async () => {
  const postgres = await sharedPostgres();
  const store = await serverStore();
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace, {}, { store });
  await postgres.pause();
  closeLater(async () => postgres.resume());
  for (const name of ['keyed', 'declare']) {
    const begunMs = performance.now();
    const view = await formOf(workspace, name);
    expect(performance.now() - begunMs).toBeLessThan(300);
    workspace.sockets.duplicateNext(1);
    const sentMs = performance.now();
    await workspace.user('anna').submit(view, { title: 'Database is down' });
    if (name === 'keyed') expect(performance.now() - sentMs).toBeLessThan(300);
    await dialog(workspace, 'anna', 'declared');
    await workspace.user('anna').dismiss();
  }
  expect(form.sent).toHaveLength(2);
  postgres.resume();
});

it('reads every kind of field', async () => {
  const options = ['a', 'b', 'c'].map((value) => ({ value, label: `Option ${value}` }));
  const items: FormItem[] = [
    { kind: 'note', text: '*P0*: everything is down' },
    titleField,
    { kind: 'text', name: 'known', label: 'What is known?', lines: 'many', optional: true },
    { kind: 'choice', name: 'severity', label: 'Severity', options, shown: 'list', initial: 'b' },
    { kind: 'choice', name: 'type', label: 'Type', options: options.map((each) => ({ ...each, under: each.value })) },
    { kind: 'several', name: 'systems', label: 'Systems', options },
    { kind: 'several', name: 'boxes', label: 'Boxes', options, shown: 'list', initial: ['a', 'c'] },
    { kind: 'several', name: 'none', label: 'None', options, optional: true },
    { kind: 'yes-no-unsure', name: 'phi', label: 'Could PHI be involved?' },
    { kind: 'user', name: 'commander', label: 'Commander', optional: true },
    { kind: 'channel', name: 'where', label: 'Where', optional: true },
    { kind: 'date', name: 'day', label: 'Day' },
    { kind: 'time', name: 'hour', label: 'Hour', initial: '09:30' },
    { kind: 'moment', name: 'since', label: 'Since', initial: new Date('2026-11-25T10:00:00Z') },
  ];
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace, { items: () => items });
  const view = await formOf(workspace);
  const [anna, ops] = [workspace.user('anna'), workspace.channel('#ops').id];
  await anna.submit(view, {
    ...{ title: '  API <down> & out ', type: 'c', systems: ['a', 'b'], phi: 'unsure', commander: anna.id },
    ...{ where: ops, day: '2026-11-24' },
  });
  await dialog(workspace, 'anna', 'declared');
  expect(form.sent).toHaveLength(1);
  expect(form.sent[0]?.values).toEqual({
    ...{ title: 'API <down> & out', severity: 'b', type: 'c', systems: ['a', 'b'], boxes: ['a', 'c'] },
    ...{ phi: 'unsure', commander: anna.id, where: ops, day: '2026-11-24', hour: '09:30' },
    since: new Date('2026-11-25T10:00:00Z'),
  });
  expect(form.sent[0]?.key).toBe(view.id);
});

it('says at the fields what is wrong with them, at once, and takes the corrected form', async () => {
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace);
  const view = await formOf(workspace);
  const anna = workspace.user('anna');
  const refused = await anna.submit(view, { title: 'lost' });
  expect(refused).toMatchObject({ ok: false, errors: { title: 'Say more and this' } });
  expect(form.sent).toEqual([]);
  expect(await anna.submit(view, { title: 'API is down' })).toMatchObject({ ok: true });
  await dialog(workspace, 'anna', 'declared');
  expect(form.sent).toHaveLength(1);
});

it('a denial takes the place of the form; one that comes when it is sent stands above it', async () => {
  const workspace = await workspaceOf();
  const roles = { operator: false };
  const denied: string[] = [];
  const access = () => ({
    decide: async (_: unknown, role: string) =>
      role === 'viewer' || roles.operator
        ? ({ kind: 'allowed' } as const)
        : ({ kind: 'denied', why: 'role', message: `takes the role ${role}` } as const),
    holders: async () => ['<@U0BEN00001>'],
  });
  const { form } = await formBot(workspace, {}, { access, onDenied: ({ action }) => denied.push(action) });
  const anna = workspace.user('anna');
  await anna.command('#ops', '/ops form guarded');
  const words = await dialog(workspace, 'anna', 'takes the role operator');
  expect(words).toMatchObject({ submit: undefined });
  expect(shownText(words)).toContain('Ask <@U0BEN00001>');
  await anna.dismiss();
  roles.operator = true;
  const view = await formOf(workspace, 'guarded');
  roles.operator = false;
  await anna.submit(view, { title: 'API is down' });
  const again = await dialog(workspace, 'anna', 'takes the role operator');
  expect(again.values.title?.title?.value).toBe('API is down');
  expect(form.sent).toEqual([]);
  expect(denied).toEqual(['form.guarded', 'form.guarded']);
});

it('whose trigger came too late does what the command does without a dialog', async () => {
  const workspace = await workspaceOf();
  await formBot(workspace);
  const anna = workspace.user('anna');
  workspace.fault('views.open', { kind: 'error', error: 'expired_trigger_id' });
  await anna.command('#ops', '/ops form declare');
  const message = await posted(workspace, '#ops', 'form.declare');
  workspace.fault('views.open', { kind: 'error', error: 'expired_trigger_id' });
  await anna.click(message, 'form.declare');
  await told(workspace, 'anna', 'Declare an incident');
});

it('whose opening Slack did not confirm can still be denied and sent', async () => {
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace);
  workspace.fault('views.open', { kind: 'drop-response' }, 2);
  const view = await formOf(workspace);
  await workspace.user('anna').submit(view, { title: 'API is down' });
  await dialog(workspace, 'anna', 'declared');
  expect(form.sent).toHaveLength(1);
  await workspace.user('anna').dismiss();
  await workspace.user('anna').command('#ops', '/ops form guarded');
  await dialog(workspace, 'anna', 'takes the role operator');
});

it('opened twice by one delivery, to two replicas, is opened once', async () => {
  const workspace = await workspaceOf();
  const bots = [await formBot(workspace), await formBot(workspace)];
  workspace.sockets.duplicateNext(1);
  await formOf(workspace);
  await vi.waitFor(() => expect(callsOf(workspace, 'views.open')).toBe(2));
  expect(workspace.views('anna')).toHaveLength(1);
  for (const { log } of bots)
    expect(log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
});

it('that cannot be made says so', async () => {
  const workspace = await workspaceOf();
  const { log } = await formBot(workspace, { items: () => [titleField, titleField] });
  await workspace.user('anna').command('#ops', '/ops form declare');
  await dialog(workspace, 'anna', 'Something went wrong (ref ');
  expect(log.lines.some(({ message }) => message?.startsWith('a form could not be made'))).toBe(true);
});

it('answers everybody where it says so, below its dialog too', async () => {
  const workspace = await workspaceOf();
  const { log } = await formBot(workspace, {
    submit: async (ctx) =>
      reply('for all', 'channel', ctx.given.value === '' ? { thread: () => [reply('x').slack()] } : {}),
  });
  await workspace.user('anna').submit(await formOf(workspace), { title: 'API is down' });
  await dialog(workspace, 'anna', 'for all');
  const { ts } = await posted(workspace, '#ops', 'for all');
  await workspace.waitFor(() => workspace.thread('#ops', ts).length === 2, { what: 'the thread' });
  await workspace.user('anna').dismiss();
  workspace.fault('chat.postMessage', { kind: 'error', error: 'channel_not_found' });
  await workspace.user('anna').submit(await formOf(workspace, 'declare x'), { title: 'API is down' });
  await dialog(workspace, 'anna', 'you alone see it');
  expect(log.lines.map(({ message }) => message)).toContain('the answer to a form is seen in its dialog alone');
});
