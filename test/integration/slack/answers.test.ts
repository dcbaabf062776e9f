import { describe, expect, it } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { SlackTables } from '../../../src/slack/tables.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { botOf, posted, reply, section, sharedStore, shows, told, workspaceOf } from './setup.ts';

async function running() {
  return (await sharedStore()).db<SlackTables>().selectFrom('slack_answer').selectAll().execute();
}

describe('an answer that gets better', () => {
  it('is one message: the first at once, edits at least 1.5 s apart, always the final one, then its thread', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow api');
    script.push(reply('checking 0'));
    const message = await posted(workspace, 'ops', 'checking 0');
    expect(await running()).toMatchObject([{ command: 'slow', words: 'api', channel: message.channel }]);
    for (let n = 1; n <= 20; n += 1) script.push(reply(`checking ${n}`));
    await posted(workspace, 'ops', 'checking 20');
    script.push(reply('all good', 'channel', { thread: () => [section('details')] }), 'end');
    await posted(workspace, 'ops', 'details');
    await stop();
    const edits = workspace.traffic.filter(({ method }) => method === 'chat.update');
    expect(edits.map(({ args }) => args.text)).toEqual(['checking 20', 'all good']);
    const firstPost = workspace.traffic.find(({ method }) => method === 'chat.postMessage');
    expect(edits[0]!.at.getTime() - firstPost!.at.getTime()).toBeGreaterThanOrEqual(1_400);
    expect(workspace.messages('ops').map(({ text }) => text)).toEqual(['all good', 'details']);
    expect(await running()).toEqual([]);
  });

  it('says so when it fails on the way, in the message and to the asker', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow');
    script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    script.push(new OpsError('unavailable', 'the sweep broke'));
    await told(workspace, 'anna', 'the sweep broke');
    await stop();
    expect(shows(workspace.messages('ops')[0]!, 'Not refreshed: the sweep broke')).toBe(true);
    expect(await running()).toEqual([]);
  });

  it('stops quietly when somebody deletes the message', async () => {
    const workspace = await workspaceOf();
    const { script, log, stop } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow');
    script.push(reply('checking'));
    const message = await posted(workspace, 'ops', 'checking');
    workspace.state.messages.splice(workspace.state.messages.indexOf(message), 1);
    script.push(reply('more'));
    await workspace.waitFor(() => workspace.traffic.some(({ method }) => method === 'chat.update'));
    await stop();
    expect(script.aborted).toBe(true);
    expect(workspace.messages('ops')).toEqual([]);
    expect(workspace.ephemerals('anna')).toEqual([]);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await running()).toEqual([]);
  });

  it('that runs when the bot stops is ended with an offer to run it again', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http', { graceMs: 10 });
    await workspace.user('anna').command('ops', '/ops slow api');
    script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    await stop();
    expect(script.aborted).toBe(true);
    const [message] = workspace.messages('ops');
    expect(shows(message!, '`/ops slow api` was interrupted')).toBe(true);
    expect(shows(message!, 'slow.again')).toBe(true);
    expect(await running()).toEqual([]);
  });
});

describe('an answer whose process died', () => {
  it('is ended by the next one, with a button that runs it again', async () => {
    const workspace = await workspaceOf();
    const dead = await botOf(workspace, 'http', { graceMs: 0 });
    await workspace.user('anna').command('ops', '/ops slow api');
    dead.script.push(reply('checking'));
    const message = await posted(workspace, 'ops', 'checking');
    const db = (await sharedStore()).db<SlackTables>();
    const longAgo = new Date(Date.now() - 200_000);
    await db.updateTable('slack_answer').set({ alive_at: longAgo, started_at: longAgo }).execute();
    const next = await botOf(workspace, 'http');
    const ended = await posted(workspace, 'ops', '`/ops slow api` was interrupted by a restart');
    expect(ended.ts).toBe(message.ts);
    await workspace.user('anna').click(ended, 'slow.again');
    await posted(workspace, 'ops', 'again by button');
    expect(next.script.ran).toEqual(['again api']);
  });

  it('is found by its metadata when the process died between posting and noting where', async () => {
    const workspace = await workspaceOf();
    const bot = await botOf(workspace, 'http');
    const { ts } = await bot.outgoing.post({
      channel: workspace.channel('ops').id,
      post: section('checking'),
      key: 'k1',
    });
    const longAgo = new Date(Date.now() - 200_000);
    const row = { key: 'k1', channel: workspace.channel('ops').id, command: 'gone', words: '', alive_at: longAgo };
    await (await sharedStore()).db<SlackTables>().insertInto('slack_answer').values(row).execute();
    await botOf(workspace, 'http');
    const ended = await posted(workspace, 'ops', 'interrupted');
    expect(ended.ts).toBe(ts);
    expect(ended.blocks).toHaveLength(1);
  });

  it('is left alone while its process says that it lives', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow');
    script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    const other = await botOf(workspace, 'http', { store: { ...(await sharedStore()), kind: 'server' } });
    await other.stop();
    expect(await running()).toHaveLength(1);
    expect(workspace.traffic.filter(({ method }) => method === 'chat.update')).toEqual([]);
    script.push('end');
    await workspace.waitFor(() => workspace.traffic.some(({ method }) => method === 'chat.update'));
  });

  it('is ended at once where no other process can be at work', async () => {
    const workspace = await workspaceOf();
    const dead = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow api');
    dead.script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    await botOf(workspace, 'http', { store: { ...(await sharedStore()), kind: 'embedded' } });
    await posted(workspace, 'ops', '`/ops slow api` was interrupted by a restart');
    await dead.stop();
  });
});

describe('an answer whose last edit fails', () => {
  async function left(fault: Parameters<Workspace['fault']>[1]) {
    const workspace = await workspaceOf();
    const bot = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow');
    bot.script.push(reply('checking'));
    const message = await posted(workspace, 'ops', 'checking');
    workspace.fault('chat.update', fault, 20);
    bot.script.push(reply('all good'), 'end');
    await told(workspace, 'anna', 'all good');
    await bot.stop();
    return { workspace, message };
  }

  it.each([
    ['a 429', { kind: 'ratelimited', retryAfterSeconds: 120 }],
    ['a broken Slack', { kind: 'http', status: 503 }],
  ] as const)('by %s is finished with its real content by whoever looks next', async (_, fault) => {
    const { workspace, message } = await left(fault);
    expect(await running()).toMatchObject([{ ts: message.ts, final: section('all good') }]);
    workspace.clearFaults();
    const next = await botOf(workspace, 'http', { store: { ...(await sharedStore()), kind: 'server' } });
    expect((await posted(workspace, 'ops', 'all good')).ts).toBe(message.ts);
    await next.stop();
    expect(await running()).toEqual([]);
  });

  it('is kept whatever it says', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops slow a\0b');
    script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    workspace.fault('chat.update', { kind: 'ratelimited', retryAfterSeconds: 120 }, 20);
    script.push(reply('nothing\0 is \ud83d left'), 'end');
    await told(workspace, 'anna', 'left');
    await stop();
    expect(await running()).toMatchObject([{ words: 'ab', final: { text: 'nothing is \ufffd left' } }]);
    await (await sharedStore()).db<SlackTables>().deleteFrom('slack_answer').execute();
  });

  it('is kept while Slack still refuses for a time, and forgotten when the message is gone', async () => {
    const { workspace } = await left({ kind: 'http', status: 503 });
    const second = await botOf(workspace, 'http');
    await second.stop();
    const [row] = await running();
    expect(Date.now() - row!.alive_at.getTime()).toBeLessThan(60_000);
    workspace.clearFaults();
    workspace.fault('chat.update', { kind: 'error', error: 'message_not_found' });
    const third = await botOf(workspace, 'http');
    await third.stop();
    expect(await running()).toEqual([]);
  });
});
