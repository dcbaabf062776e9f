import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { botOf, posted, reply, workspaceOf } from './setup.ts';

describe('Socket Mode', () => {
  it.each(['disconnect', 'drop'] as const)('comes back after a %s', async (how) => {
    const workspace = await workspaceOf();
    const { health, fatal } = await botOf(workspace, 'socket');
    expect(health()).toEqual({ ok: true });
    const closed = workspace.waitFor((event) => event?.type === 'socket_closed');
    const opened = workspace.waitFor((event) => event?.type === 'socket_opened');
    workspace.sockets[how]();
    await closed;
    await opened;
    await workspace.user('anna').command('ops', '/ops echo back');
    await posted(workspace, 'ops', 'echo back');
    expect(fatal).toEqual([]);
  });

  it('keeps trying while Slack is away, and says so', async () => {
    const workspace = await workspaceOf();
    const { health, log, fatal } = await botOf(workspace, 'socket');
    workspace.fault('apps.connections.open', { kind: 'http', status: 503 }, 2);
    const opened = workspace.waitFor((event) => event?.type === 'socket_opened');
    workspace.sockets.drop();
    await workspace.waitFor((event) => event?.type === 'socket_closed');
    await opened;
    await workspace.user('anna').command('ops', '/ops echo back');
    await posted(workspace, 'ops', 'echo back');
    expect(health()).toEqual({ ok: true });
    expect(fatal).toEqual([]);
    expect(log.lines.filter(({ message }) => message === 'no connection to Slack, trying again')).toHaveLength(2);
  });

  it('whose app token is refused on reconnect ends with a report, not with a crash', async () => {
    const workspace = await workspaceOf();
    const { health, firstFatal } = await botOf(workspace, 'socket');
    workspace.revokeToken(workspace.appToken);
    workspace.sockets.drop();
    expect(await firstFatal).toMatchObject({ message: 'Slack refuses SLACK_APP_TOKEN (token_revoked)' });
    expect(health()).toMatchObject({ ok: false, problem: expect.stringContaining('SLACK_APP_TOKEN') });
  });

  it('whose app token is wrong does not start', async () => {
    const workspace = await workspaceOf();
    const wrong = botOf(workspace, 'socket', { slack: { appToken: 'xapp-1-wrong' } });
    await expect(wrong).rejects.toMatchObject({
      message: 'Slack refuses SLACK_APP_TOKEN (invalid_auth)',
      hint: expect.stringContaining('connections:write'),
    });
  });

  it('stops only when its answers are given, and leaves no connection behind', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'socket', { graceMs: 5_000 });
    await workspace.user('anna').command('ops', '/ops slow');
    script.push(reply('checking'));
    await posted(workspace, 'ops', 'checking');
    const stopped = stop();
    await workspace.waitFor((event) => event?.type === 'socket_closed' || workspace.sockets.count() === 0);
    script.push(reply('done in time'), 'end');
    await stopped;
    expect(workspace.messages('ops').map(({ text }) => text)).toEqual(['done in time']);
    expect(workspace.sockets.count()).toBe(0);
  });

  it('stops at once while it reconnects, and the attempt on its way opens no socket', async () => {
    const workspace = await workspaceOf();
    const { stop, log, health } = await botOf(workspace, 'socket');
    const asked = () => workspace.traffic.filter(({ method }) => method === 'apps.connections.open').length;
    const askedBefore = asked();
    const opened: unknown[] = [];
    workspace.fault('apps.connections.open', { kind: 'delay', ms: 1_500 });
    workspace.sockets.drop();
    await eventually(() => expect(log.lines.some(({ message }) => message?.includes('connecting again'))).toBe(true));
    workspace.events.on((event) => {
      if (event.type === 'socket_opened') opened.push(event);
    });
    const startedMs = performance.now();
    await stop();
    expect(performance.now() - startedMs).toBeLessThan(1_200);
    await workspace.waitFor(() => asked() > askedBefore, { what: 'the late answer' });
    expect(workspace.sockets.count()).toBe(0);
    expect(opened).toEqual([]);
    expect(health()).toMatchObject({ ok: false, problem: 'stopped' });
  });
});
