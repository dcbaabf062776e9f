import { describe, expect, it } from 'vitest';
import { botOf, posted, section, shows, told, workspaceOf } from './setup.ts';

describe.each(['http', 'socket'] as const)('over %s', (kind) => {
  it('answers a command in the channel, with metadata to find it again', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, kind);
    expect(await workspace.user('anna').command('ops', '/ops echo "a b" c')).toMatchObject({ ok: true });
    const message = await posted(workspace, 'ops', 'echo a b|c');
    expect(message.metadata?.event_type).toBe('rounds_reply');
    expect(message.unfurl_links).toBe(false);
  });

  it.each([['/ops'], ['/ops help']])('shows help for %s in the acknowledgement itself', async (line) => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, kind);
    const callsBefore = workspace.traffic.length;
    const { message } = await workspace.user('anna').command('ops', line);
    expect(message?.ephemeral_to).toBe(workspace.user('anna').id);
    expect(shows(message!, '*/ops echo [WORD]* — does echo')).toBe(true);
    expect(shows(message!, 'local')).toBe(false);
    expect(workspace.traffic).toHaveLength(callsBefore);
    expect(script.ran).toEqual([]);
  });

  it('shows help of one command', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, kind);
    const { message } = await workspace.user('anna').command('ops', '/ops help echo');
    expect(shows(message!, '*/ops echo [WORD]* — does echo')).toBe(true);
    expect(shows(message!, '/ops table')).toBe(false);
  });

  it('suggests the nearest command, to the asker alone, and what people typed is inert', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, kind);
    const anna = workspace.user('anna');
    expect(shows((await anna.command('ops', '/ops ecoh')).message!, 'Did you mean `/ops echo`?')).toBe(true);
    const hostile = (await anna.command('ops', '/ops <!channel>`x')).message!;
    expect(shows(hostile, '<!channel>')).toBe(false);
    expect(shows(hostile, "&lt;!channel&gt;'x")).toBe(true);
    expect(shows((await anna.command('ops', '/ops local')).message!, 'npx rounds local')).toBe(true);
  });

  it('answers a mention in the channel, and in the thread it was asked in', async () => {
    const workspace = await workspaceOf();
    const { botUserId } = await botOf(workspace, kind);
    const { message } = await workspace.user('anna').say('ops', `<@${botUserId}> echo one`);
    const answer = await posted(workspace, 'ops', 'echo one');
    expect(answer.thread_ts).toBeUndefined();
    await workspace.user('ben').say('ops', `<@${botUserId}> echo two`, { threadTs: message.ts });
    expect((await posted(workspace, 'ops', 'echo two')).thread_ts).toBe(message.ts);
    await workspace.user('anna').say('ops', `<@${botUserId}> ecoh`);
    await told(workspace, 'anna', 'Did you mean');
  });

  it('tells an expected failure with its hint to the asker alone, and anything else as a reference', async () => {
    const workspace = await workspaceOf();
    const { log } = await botOf(workspace, kind);
    const anna = workspace.user('anna');
    await anna.command('ops', '/ops oops');
    const oops = await told(workspace, 'anna', 'no check named &lt;!channel&gt;');
    expect(shows(oops, 'ask `/ops help`')).toBe(true);
    await anna.command('ops', '/ops boom');
    const boom = await told(workspace, 'anna', 'Something went wrong (ref ');
    const [, ref] = /ref ([0-9A-F]{6})/.exec(boom.text) ?? [];
    expect(shows(boom, 'secret detail')).toBe(false);
    expect(log.lines.some((line) => line.level === 'error' && line.message?.includes(ref!))).toBe(true);
    expect(workspace.messages('ops')).toEqual([]);
  });

  it('says so when the database does not answer a command', async () => {
    const workspace = await workspaceOf();
    const { log } = await botOf(workspace, kind);
    await workspace.user('anna').command('ops', '/ops away');
    expect(shows(await told(workspace, 'anna', 'My database does not answer'), 'Try again in a minute')).toBe(true);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('denies what takes another role, and says which and who has it', async () => {
    const workspace = await workspaceOf();
    const denied = { kind: 'denied', why: 'role', message: 'not you' } as const;
    const access = { decide: async () => denied, holders: async () => ['<@U0BEN00001>'] };
    await botOf(workspace, kind, { access: () => access });
    await workspace.user('anna').command('ops', '/ops page');
    expect(shows(await told(workspace, 'anna', 'not you'), 'Ask <@U0BEN00001>')).toBe(true);
    expect(workspace.messages('ops')).toEqual([]);
  });

  it('puts the details into the thread of the final answer', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, kind);
    await workspace.user('anna').command('ops', '/ops table');
    const parent = await posted(workspace, 'ops', 'short');
    await posted(workspace, 'ops', 'row 2');
    expect(workspace.thread('ops', parent.ts).map(({ text }) => text)).toEqual(['short', 'row 1', 'row 2']);
  });
});

describe('buttons', () => {
  it('run where they say: in place of the message, in its thread, to the asker', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'http');
    const anna = workspace.user('anna');
    await anna.command('ops', '/ops echo x');
    const message = await posted(workspace, 'ops', 'echo x');
    await anna.click(message, 'slow.note');
    expect((await posted(workspace, 'ops', 'note by button')).thread_ts).toBe(message.ts);
    await anna.click(message, 'slow.whisper');
    await told(workspace, 'anna', 'whisper by button');
    expect(shows(workspace.messages('ops')[0]!, 'echo x')).toBe(true);
    await anna.click(message, 'slow.again');
    expect((await posted(workspace, 'ops', 'again by button')).ts).toBe(message.ts);
    expect(script.ran).toEqual(['echo x', 'note v<1>', 'whisper v<1>', 'again v<1>']);
  });

  it('replace the message in a private channel that the bot is not in, whatever follows', async () => {
    const workspace = await workspaceOf();
    const { script, stop } = await botOf(workspace, 'http');
    const anna = workspace.user('anna');
    await anna.command('board', '/ops echo x');
    const message = await posted(workspace, 'board', 'echo x');
    await anna.click(message, 'slow.again');
    expect((await posted(workspace, 'board', 'again by button')).ts).toBe(message.ts);
    await stop();
    expect(script.ran).toEqual(['echo x', 'again v<1>']);
    expect(workspace.messages('board').filter(({ bot_id }) => bot_id)).toHaveLength(1);
    expect(workspace.ephemerals('anna')).toEqual([]);
  });

  it('of another version, and without the role, are told to the asker; a link is acknowledged and nothing more', async () => {
    const workspace = await workspaceOf();
    const { script } = await botOf(workspace, 'http');
    const anna = workspace.user('anna');
    await anna.command('ops', '/ops echo x');
    const message = await posted(workspace, 'ops', 'echo x');
    await anna.click(message, 'slow.gone');
    await told(workspace, 'anna', 'older version');
    await anna.click(message, 'slow.page');
    await told(workspace, 'anna', 'takes the role operator');
    expect(await anna.click(message, 'slow.link')).toMatchObject({ ok: true });
    expect(script.ran).toEqual(['echo x']);
    expect(workspace.ephemerals('anna')).toHaveLength(2);
  });
});

describe('what only one person sees', () => {
  it('is replaced in its place by its own button, and can have no thread', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'http');
    const anna = workspace.user('anna');
    await anna.command('ops', '/ops quiet');
    const message = await told(workspace, 'anna', 'quiet words');
    await anna.click(message, 'slow.again');
    await told(workspace, 'anna', 'again by button');
    expect(workspace.ephemerals('anna')).toHaveLength(1);
    await anna.say('ops', `<@${workspace.identity.botUser}> quiet`);
    const other = await told(workspace, 'anna', 'quiet words');
    await anna.click(other, 'slow.note');
    await told(workspace, 'anna', 'note by button');
    expect(workspace.messages('ops').filter(({ bot_id }) => bot_id)).toEqual([]);
  });
});

describe('dialogs', () => {
  it('are opened by a trigger and changed afterwards', async () => {
    const workspace = await workspaceOf();
    const { outgoing } = await botOf(workspace, 'http');
    const anna = workspace.user('anna');
    const { payload } = await anna.command('ops', '/ops echo x');
    const title = { type: 'plain_text', text: 'Declare' };
    const view = (text: string) => ({ type: 'modal', title, blocks: section(text).blocks });
    const id = await outgoing.openView(String(payload?.trigger_id), view('one moment'));
    await outgoing.updateView(id, view('ready'));
    expect(workspace.views('anna')).toMatchObject([{ id, blocks: [{ text: { text: 'ready' } }] }]);
    const again = outgoing.openView(String(payload?.trigger_id), view('twice'));
    await expect(again).rejects.toMatchObject({ reason: 'exchanged_trigger_id', retryable: false });
  });
});
