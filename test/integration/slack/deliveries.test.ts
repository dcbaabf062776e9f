import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { openDatabase } from '../../../src/slack/database.ts';
import { openSeen } from '../../../src/slack/seen.ts';
import type { Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { botOf, closedUrl, posted, sharedStore, signingSecret, told, workspaceOf } from './setup.ts';

/** A store whose database is away. */
function brokenStore(): Pick<Store, 'db' | 'kind'> {
  return {
    kind: 'server',
    db: () => {
      throw new Error('connection refused');
    },
  };
}

describe('one effect for each delivery', () => {
  it('of a command that is replayed byte for byte: refused, and nothing runs', async () => {
    const workspace = await workspaceOf();
    const { script, log } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops echo once');
    await posted(workspace, 'ops', 'echo once');
    expect(await workspace.deliverAgain()).toMatchObject({ outcome: 'failed', status: 401 });
    expect(log.lines.some(({ message }) => message?.includes('it was taken before'))).toBe(true);
    expect(script.ran).toEqual(['echo once']);
  });

  it('of a command that is signed anew: acknowledged, and nothing runs', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops echo once');
    await posted(workspace, 'ops', 'echo once');
    expect(await workspace.deliverWithTimestamp(1)).toMatchObject({ outcome: 'acked', status: 200 });
    await stop();
    expect(script.ran).toEqual(['echo once']);
    expect(workspace.messages('ops')).toHaveLength(1);
  });

  it.each([600, -600])('is told by real time, on a machine whose clock is %i s off', async (seconds) => {
    const workspace = await workspaceOf();
    // Seen from a machine whose clock is right, the other way round: there Slack signs with a shifted time.
    const realTime = { now: () => new Date(systemClock.now().getTime() + seconds * 1_000) };
    const { script } = await botOf(workspace, 'http', { realTime });
    expect(await workspace.user('anna').command('ops', '/ops echo once')).toMatchObject({ ok: false });
    expect(await workspace.deliverWithTimestamp(seconds)).toMatchObject({ outcome: 'acked', status: 200 });
    await posted(workspace, 'ops', 'echo once');
    expect(script.ran).toEqual(['echo once']);
  });

  it('whose timestamp lies in the future or the past: refused', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'http');
    await workspace.user('anna').command('ops', '/ops echo once');
    await posted(workspace, 'ops', 'echo once');
    expect(await workspace.deliverWithTimestamp(310)).toMatchObject({ outcome: 'failed', status: 401 });
    expect(await workspace.deliverWithTimestamp(-310)).toMatchObject({ outcome: 'failed', status: 401 });
    expect(script.ran).toEqual(['echo once']);
  });

  it('of an event that Slack sends again because its first attempt got lost', async () => {
    const workspace = await workspaceOf({ retryDelaysMs: [0] });
    const { botUserId, url, script } = await botOf(workspace, 'http');
    workspace.connectHttp({ url: await closedUrl(), signingSecret });
    await workspace.user('anna').say('ops', `<@${botUserId}> echo again`);
    workspace.connectHttp({ url: url!, signingSecret });
    await posted(workspace, 'ops', 'echo again');
    expect(await workspace.waitFor(() => workspace.deliveries.find(({ attempt }) => attempt === 1))).toMatchObject({
      outcome: 'acked',
    });
    expect(script.ran).toEqual(['echo again']);
  });

  it('of an envelope that comes twice over Socket Mode', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'socket');
    workspace.sockets.duplicateNext(2);
    await workspace.user('anna').command('ops', '/ops echo once');
    const message = await posted(workspace, 'ops', 'echo once');
    await workspace.user('anna').click(message, 'slow.note');
    await posted(workspace, 'ops', 'note by button');
    await stop();
    expect(script.ran).toEqual(['echo once', 'note v<1>']);
    expect(workspace.messages('ops')).toHaveLength(2);
  });

  it('on two replicas that share a database, whatever it is', async () => {
    const workspace = await workspaceOf();
    const one = await botOf(workspace, 'socket');
    const two = await botOf(workspace, 'socket');
    expect(workspace.sockets.count()).toBe(2);
    const anna = workspace.user('anna');
    workspace.sockets.duplicateNext(3);
    await anna.command('ops', '/ops echo once');
    const message = await posted(workspace, 'ops', 'echo once');
    await anna.click(message, 'slow.note');
    await anna.say('ops', `<@${one.botUserId}> echo mention`);
    await posted(workspace, 'ops', 'note by button');
    await posted(workspace, 'ops', 'echo mention');
    await Promise.all([one.stop(), two.stop()]);
    expect([...one.script.ran, ...two.script.ran].sort()).toEqual(['echo mention', 'echo once', 'note v<1>']);
  });
});

describe('many deliveries at the same time', () => {
  it('share a statement of the database, and each of them is the first once', async () => {
    const store = await sharedStore();
    let statements = 0;
    const counted: Pick<Store, 'db'> = {
      db: <T>() => {
        statements += 1;
        return store.db<T>();
      },
    };
    const log = memoryLog();
    const database = openDatabase({ store: counted, log });
    const one = openSeen({ database, log });
    const two = openSeen({ database, log });
    const keys = Array.from({ length: 100 }, (_, n) => `many ${n}`);
    const answers = await Promise.all(keys.map((key) => one.first(key)));
    expect(answers).toEqual(keys.map(() => true));
    expect(statements).toBe(1);
    const later = await Promise.all([...keys, 'another'].map((key) => two.first(key)));
    expect(later).toEqual([...keys.map(() => false), true]);
    // What is decided is let go of.
    expect([one.pending, two.pending, database.pending]).toEqual([0, 0, 0]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('with the database away', () => {
  it('a command is still answered, once in this process, and the log says what decides', async () => {
    const workspace = await workspaceOf();
    const { script, log, stop } = await botOf(workspace, 'socket', { store: brokenStore() });
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').command('ops', '/ops echo anyway');
    await posted(workspace, 'ops', 'echo anyway');
    await workspace.user('anna').command('ops', '/ops whisper');
    await told(workspace, 'anna', 'only for you');
    await stop();
    expect(script.ran).toEqual(['echo anyway']);
    expect(log.lines.filter(({ message }) => message?.includes('recognised by memory only'))).toHaveLength(1);
  });
});

describe('the request URL', () => {
  it('answers the challenge of Slack, and refuses what is not signed by it', async () => {
    const workspace = await workspaceOf();
    const { url, script } = await botOf(workspace, 'http');
    expect(await workspace.verifyUrl()).toBe(true);
    workspace.connectHttp({ url: url!, signingSecret: 'a-wrong-one' });
    expect(await workspace.user('anna').command('ops', '/ops echo x')).toMatchObject({ ok: false });
    expect((await fetch(url!, { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413);
    expect((await fetch(url!.replace('/slack/events', '/other'), { method: 'POST' })).status).toBe(404);
    expect(script.ran).toEqual([]);
  });

  it('takes nothing once the bot is stopped', async () => {
    const workspace = await workspaceOf();
    const { url, stop } = await botOf(workspace, 'http');
    await stop();
    expect((await fetch(url!, { method: 'POST' })).status).toBe(503);
  });
});
