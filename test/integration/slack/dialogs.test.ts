import { describe, expect, it, vi } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { serverStore, sharedPostgres } from '../../support/store.ts';
import { botOf, closeLater, reply, workspaceOf } from './setup.ts';

const calls = (workspace: Workspace, method: string) =>
  workspace.traffic.filter((call) => call.method === method).length;

function withButton(text: string, ...actionIds: string[]) {
  const elements = actionIds.map((id) => {
    return { type: 'button', action_id: id, text: { type: 'plain_text', text: `Press ${id}` }, value: 'v' };
  });
  const blocks = [
    { type: 'section', text: { type: 'mrkdwn', text } },
    { type: 'actions', elements },
  ];
  return { ...reply(text, 'asker'), slack: () => ({ text, blocks }) };
}

describe('a global shortcut', () => {
  it('opens a dialog at once, shows each better answer in it, and the final one', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'socket');
    await workspace.user('anna').shortcut('slow.now');
    const view = await dialog(workspace, 'anna', 'Checking …');
    expect(view).toMatchObject({ title: { text: 'Check the systems' }, notify_on_close: true });
    expect(shownText(view)).toContain('If nothing follows within a minute, close this and ask again.');
    script.push(reply('known', 'asker'));
    await dialog(workspace, 'anna', 'known');
    script.push(reply('measured', 'asker'), 'end');
    await dialog(workspace, 'anna', 'measured');
    expect(workspace.views('anna')).toHaveLength(1);
    expect(calls(workspace, 'views.open')).toBe(1);
  });

  it('has its dialog before the database answers', async () => {
    const postgres = await sharedPostgres();
    const store = await serverStore();
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'socket', { store });
    await postgres.pause();
    closeLater(async () => postgres.resume());
    const begunMs = performance.now();
    await workspace.user('anna').shortcut('slow.now');
    await dialog(workspace, 'anna', 'Checking …');
    expect(performance.now() - begunMs).toBeLessThan(300);
    expect(script.ran).toEqual([]);
    script.push(reply('measured', 'asker'), 'end');
    await dialog(workspace, 'anna', 'measured');
    postgres.resume();
  });

  it('shows a denial, a failure and a fault in the dialog', async () => {
    const workspace = await workspaceOf();
    const { script, log } = await botOf(workspace, 'socket');
    const anna = workspace.user('anna');
    await anna.shortcut('slow.change');
    await dialog(workspace, 'anna', 'takes the role operator');
    await anna.shortcut('slow.now');
    script.push(reply('known', 'asker'));
    await dialog(workspace, 'anna', 'known');
    script.push(new OpsError('unavailable', 'My <!channel> is away', { hint: 'wait' }));
    const failed = await dialog(workspace, 'anna', 'is away');
    expect(shownText(failed)).toContain('known');
    expect(shownText(failed)).not.toContain('<!channel>');
    await anna.shortcut('slow.now');
    script.push(new Error('secret detail'));
    const broken = await dialog(workspace, 'anna', 'Something went wrong (ref ');
    expect(JSON.stringify(broken)).not.toContain('secret detail');
    expect(workspace.ephemerals('anna')).toEqual([]);
    expect(log.lines.some(({ message }) => message?.startsWith('something went wrong'))).toBe(true);
  });

  it('stops when its dialog is closed, without a word', async () => {
    const workspace = await workspaceOf();
    const { script, log } = await botOf(workspace, 'socket');
    await workspace.user('anna').shortcut('slow.now');
    script.push(reply('known', 'asker'));
    await dialog(workspace, 'anna', 'known');
    await workspace.user('anna').dismiss();
    await eventually(() => expect(script.aborted).toBe(true));
    expect(workspace.views('anna')).toEqual([]);
    expect(log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('stops when another replica heard of the closing: its dialog is not there any more', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'socket');
    await workspace.user('anna').shortcut('slow.now');
    script.push(reply('known', 'asker'));
    await dialog(workspace, 'anna', 'known');
    workspace.state.stacks.clear();
    script.push(reply('more', 'asker'));
    await vi.waitFor(() => expect(script.aborted).toBe(true), { timeout: 5_000 });
  });

  it('whose trigger has expired runs nothing: nobody is told, the log is', async () => {
    const workspace = await workspaceOf();
    const { script, log } = await botOf(workspace, 'socket');
    workspace.fault('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await workspace.user('anna').shortcut('slow.now');
    await eventually(() => expect(log.lines.map(({ message }) => message)).toContain('a dialog could not be opened'));
    await workspace.waitFor(() => calls(workspace, 'views.open') === 1);
    expect(script.ran).toEqual([]);
    expect(workspace.ephemerals('anna')).toEqual([]);
  });

  it('whose opening Slack did not confirm still gets its answer', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'socket');
    workspace.fault('views.open', { kind: 'drop-response' });
    await workspace.user('anna').shortcut('slow.now');
    script.push(reply('measured', 'asker'), 'end');
    await dialog(workspace, 'anna', 'measured');
  });

  it('delivered twice opens one dialog and runs once; to two replicas too', async () => {
    const workspace = await workspaceOf();
    const [one, two] = [await botOf(workspace, 'socket'), await botOf(workspace, 'socket')];
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').shortcut('slow.now');
    await dialog(workspace, 'anna', 'Checking …');
    for (const { script } of [one, two]) script.push(reply('measured', 'asker'), 'end');
    await dialog(workspace, 'anna', 'measured');
    expect([...one.script.ran, ...two.script.ran]).toEqual(['now']);
  });

  it('that this version does not know says so', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'socket');
    await workspace.user('anna').shortcut('slow.gone');
    await dialog(workspace, 'anna', 'older version');
  });
});

describe('a button in a dialog', () => {
  it('answers in place, or in a dialog on top, and in the third one when three are open', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'socket');
    const anna = workspace.user('anna');
    await anna.shortcut('slow.now');
    script.push(withButton('first', 'slow.again', 'slow.stream', 'slow.fails'), 'end');
    const first = await dialog(workspace, 'anna', 'first');
    await anna.click(first, 'slow.stream');
    script.push(withButton('second', 'slow.stream', 'slow.note'), 'end');
    const second = await dialog(workspace, 'anna', 'second');
    expect(second).toMatchObject({ title: { text: 'Press slow.stream' } });
    await anna.click(second, 'slow.stream');
    script.push(withButton('third', 'slow.note'), 'end');
    const third = await dialog(workspace, 'anna', 'third');
    await anna.click(third, 'slow.note');
    await dialog(workspace, 'anna', 'note by button');
    expect(workspace.views('anna')).toHaveLength(3);
    await anna.dismiss();
    await anna.dismiss();
    await anna.click(first, 'slow.fails');
    await dialog(workspace, 'anna', 'it is done already');
    await anna.dismiss();
    await anna.click(first, 'slow.again');
    await dialog(workspace, 'anna', 'again by button');
    expect(workspace.views('anna').map(({ id }) => id)).toEqual([first.id]);
  });
});
