import { describe, expect, it } from 'vitest';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';
import { requiredScopes } from '../../../src/slack/scopes.ts';
import { eventually } from '../../support/eventually.ts';
import { botOf, closedUrl, closeLater, posted, reply, section, shows, told, workspaceOf } from './setup.ts';

function countOf(workspace: { traffic: readonly { method: string }[] }, method: string): number {
  return workspace.traffic.filter((call) => call.method === method).length;
}

describe('posting', () => {
  it.each([
    ['the answer got lost', { kind: 'drop-response' } as const, 1],
    ['the request got lost', { kind: 'drop-request' } as const, 2],
    ['a proxy answered 502', { kind: 'http', status: 502 } as const, 2],
    ['Slack says internal_error', { kind: 'error', error: 'internal_error' } as const, 2],
  ])('makes one message although %s', async (_, fault, calls) => {
    const workspace = await workspaceOf();
    const { stop } = await botOf(workspace, 'http');
    workspace.fault('chat.postMessage', fault);
    await workspace.user('anna').command('ops', '/ops echo once');
    await posted(workspace, 'ops', 'echo once');
    await stop();
    expect(workspace.messages('ops')).toHaveLength(1);
    expect(countOf(workspace, 'chat.postMessage')).toBe(calls);
    expect(countOf(workspace, 'conversations.history')).toBeGreaterThan(0);
  });

  it('finds its reply in a thread again', async () => {
    const workspace = await workspaceOf();
    const { outgoing } = await botOf(workspace, 'http');
    const channel = workspace.channel('ops').id;
    const { ts } = await outgoing.post({ channel, post: section('parent'), key: 'parent' });
    workspace.fault('chat.postMessage', { kind: 'drop-response' });
    const child = await outgoing.post({ channel, post: section('child'), key: 'child', threadTs: ts });
    expect(workspace.thread('ops', ts).map((message) => message.ts)).toEqual([ts, child.ts]);
    expect(countOf(workspace, 'conversations.replies')).toBe(1);
  });

  it('makes no second message where it can not look, and the asker still gets the answer', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'http');
    workspace.fault('chat.postMessage', { kind: 'drop-response' });
    await workspace.user('anna').command('random', '/ops echo outside');
    await told(workspace, 'anna', 'echo outside');
    expect(workspace.messages('random')).toHaveLength(1);
    expect(countOf(workspace, 'chat.postMessage')).toBe(1);
  });

  it('ends at its deadline when Slack hangs, and finds what came of it', async () => {
    const workspace = await workspaceOf();
    const { stop } = await botOf(workspace, 'http', { timeoutMs: 150 });
    workspace.fault('chat.postMessage', { kind: 'delay', ms: 300 });
    await workspace.user('anna').command('ops', '/ops echo slowly');
    await posted(workspace, 'ops', 'echo slowly');
    await stop();
    expect(workspace.messages('ops')).toHaveLength(1);
  });

  it('waits as a 429 asks, and no longer than it may', async () => {
    const workspace = await workspaceOf();
    const { outgoing } = await botOf(workspace, 'http');
    const channel = workspace.channel('ops').id;
    workspace.fault('chat.postMessage', { kind: 'ratelimited', retryAfterSeconds: 1 });
    const startedMs = performance.now();
    const { ts } = await outgoing.post({ channel, post: section('patient'), key: 'k' });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990);
    workspace.fault('chat.update', { kind: 'ratelimited', retryAfterSeconds: 3_600 });
    const update = outgoing.update({ channel, ts, post: section('no') });
    await expect(update).rejects.toMatchObject({ reason: 'rate_limited', retryable: true });
    await expect(outgoing.update({ channel, ts, post: section('no') })).rejects.toBeInstanceOf(PortError);
    expect(countOf(workspace, 'chat.update')).toBe(1);
  });

  it('posts answer and thread within the rate of a channel', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'http');
    workspace.enforceRateLimits();
    await workspace.user('anna').command('ops', '/ops table');
    await workspace.waitFor(() => workspace.messages('ops').length === 3, { timeoutMs: 10_000, what: 'three posts' });
    expect(workspace.messages('ops').map(({ text }) => text)).toEqual(['short', 'row 1', 'row 2']);
  });

  it('repeats an update whose answer got lost', async () => {
    const workspace = await workspaceOf();
    const { outgoing } = await botOf(workspace, 'http');
    const channel = workspace.channel('ops').id;
    const { ts } = await outgoing.post({ channel, post: section('first'), key: 'k' });
    workspace.fault('chat.update', { kind: 'drop-response' }, 2);
    await outgoing.update({ channel, ts, post: section('second') });
    expect(workspace.messages('ops').map(({ text }) => text)).toEqual(['second']);
  });
});

it('a broken Slack leaves the asker with one message: the answer, and why it is not in the channel', async () => {
  const workspace = await workspaceOf();
  const { script, stop } = await botOf(workspace, 'http');
  workspace.fault('chat.postMessage', { kind: 'http', status: 503 }, 20);
  await workspace.user('anna').command('ops', '/ops slow');
  script.push(reply('checking'));
  await eventually(() => expect(countOf(workspace, 'chat.postMessage')).toBeGreaterThan(0));
  script.push(reply('all good', 'channel', { thread: () => [section('details')] }), 'end');
  const answer = await told(workspace, 'anna', 'all good');
  expect(shows(answer, "I couldn't post in the channel: Slack answered 503. Only you see this.")).toBe(true);
  await stop();
  expect(workspace.ephemerals('anna')).toHaveLength(1);
  expect(workspace.messages('ops')).toEqual([]);
});

describe('where the bot may not post', () => {
  it('answers through the response_url: at once to the asker, finally to all, with how to get the full one', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'http');
    await workspace.user('anna').command('board', '/ops slow');
    script.push(reply('checking'));
    await told(workspace, 'anna', 'checking');
    for (let n = 0; n < 10; n += 1) script.push(reply(`checking ${n}`));
    script.push(reply('all good', 'channel', { thread: () => [section('details')] }), 'end');
    const answer = await posted(workspace, 'board', 'all good');
    expect(shows(answer, '/invite @rounds')).toBe(true);
    await told(workspace, 'anna', 'details');
    expect(workspace.messages('board')).toHaveLength(1);
  });

  it('uses the response_url five times and no more', async () => {
    const workspace = await workspaceOf();
    const { script, log } = await botOf(workspace, 'http');
    await workspace.user('anna').command('board', '/ops slow');
    const rows = Array.from({ length: 9 }, (_, n) => section(`row ${n}`));
    script.push(reply('all good', 'channel', { thread: () => rows }), 'end');
    await told(workspace, 'anna', 'row 3');
    expect(workspace.ephemerals('anna')).toHaveLength(4);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('the bot token', () => {
  it('that is wrong is an error that says what to do', async () => {
    const workspace = await workspaceOf();
    const wrong = botOf(workspace, 'http', { slack: { botToken: 'xoxb-wrong' } });
    await expect(wrong).rejects.toBeInstanceOf(OpsError);
    await expect(wrong).rejects.toMatchObject({
      message: 'Slack refuses SLACK_BOT_TOKEN (invalid_auth)',
      hint: expect.stringContaining('OAuth & Permissions'),
    });
  });

  it('can not be asked about when Slack is away: an error that names the reason', async () => {
    const workspace = await workspaceOf();
    const away = botOf(workspace, 'http', { slack: { apiUrl: `${await closedUrl()}/api/` } });
    await expect(away).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('that lacks scopes is a warning with the remedy, in the log and in the health', async () => {
    const workspace = await workspaceOf();
    const lacking = ['channels:history', 'groups:history'];
    const botToken = workspace.issueToken(
      'bot',
      requiredScopes().filter((scope) => !lacking.includes(scope)),
    );
    const { log, health } = await botOf(workspace, 'http', { slack: { botToken } });
    const warning = expect.stringContaining('lacks channels:history, groups:history: reinstall the app');
    expect(health()).toEqual({ ok: true, warning });
    expect(log.lines).toContainEqual({ level: 'warn', fields: {}, message: warning });
  });

  it('that is complete is not warned about', async () => {
    const workspace = await workspaceOf();
    const { log, health } = await botOf(workspace, 'http');
    expect(health()).toEqual({ ok: true });
    expect(log.lines).toEqual([]);
  });

  it('that is revoked in flight is logged once, shows in the health, and ends nothing', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    closeLater(async () => process.off('unhandledRejection', note));
    const workspace = await workspaceOf();
    const { log, health, stop, botUserId } = await botOf(workspace, 'socket');
    workspace.revokeToken(workspace.botToken);
    await workspace.user('anna').command('ops', '/ops echo one');
    await told(workspace, 'anna', 'Slack refuses my token (token_revoked)');
    await workspace.user('anna').command('ops', '/ops echo two');
    await workspace.waitFor(() => workspace.ephemerals('anna').length === 2);
    expect((await workspace.user('anna').command('ops', '/ops help')).message).toBeDefined();
    await workspace.user('anna').say('ops', `<@${botUserId}> echo three`);
    await workspace.user('anna').say('ops', `<@${botUserId}> ecoh`);
    await stop();
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('refuses SLACK_BOT_TOKEN (token_revoked)') }),
    ]);
    expect(health()).toMatchObject({ ok: false, problem: expect.stringContaining('token_revoked') });
    expect(unhandled).toEqual([]);
  });
});
