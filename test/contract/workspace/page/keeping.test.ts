import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMail } from '../../../../src/mail/mail.ts';
import { createTelephone } from '../../../../src/telephone/telephone.ts';
import { KEPT_MESSAGES } from '../../../../src/workspace/keeping/kept.ts';
import { startWorkspace, type Workspace } from '../../../../src/workspace/workspace.ts';
import { client } from '../support.ts';
import { ANNA, BEN, raw, startWithPage } from './support.ts';

let folder: string;
let file: string;
const warnings: string[] = [];
const running = new Set<Workspace>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  file = join(folder, 'data', 'workspace.json');
  warnings.length = 0;
});

afterEach(async () => {
  for (const workspace of running) await stop(workspace);
  await rm(folder, { recursive: true });
});

async function start(): Promise<Workspace> {
  const workspace = await startWithPage({}, { file, warn: (message) => void warnings.push(message) });
  running.add(workspace);
  return workspace;
}

async function stop(workspace: Workspace): Promise<void> {
  running.delete(workspace);
  await workspace.close();
}

/** Everything a restart must bring back. */
function shown(workspace: Workspace) {
  const { identity, users, channels, groups, messages, bookmarks } = workspace.state;
  return structuredClone({ identity, users, channels, groups, messages, bookmarks });
}

describe('a restart', () => {
  it('shows the same team, channels and messages, with the same ids', async () => {
    const first = await start();
    const slack = client(first);
    const ops = first.channel('ops').id;
    const button = {
      type: 'button' as const,
      text: { type: 'plain_text' as const, text: 'Again' },
      action_id: 'again',
    };
    const { ts = '' } = await slack.chat.postMessage({
      channel: ops,
      text: 'red',
      blocks: [{ type: 'actions', elements: [button] }],
      metadata: { event_type: 'alert', event_payload: { key: 'api' } },
    });
    await slack.chat.postMessage({ channel: ops, text: 'in the thread', thread_ts: ts });
    await slack.chat.update({ channel: ops, ts, text: 'green' });
    await slack.pins.add({ channel: ops, timestamp: ts });
    await slack.reactions.add({ channel: ops, timestamp: ts, name: 'eyes' });
    await slack.bookmarks.add({ channel_id: ops, title: 'Board', type: 'link', link: 'https://x.example' });
    await slack.conversations.create({ name: 'inc-1', is_private: true });
    await slack.conversations.setTopic({ channel: ops, topic: 'Rounds at nine' });
    first.addUser('dora', { is_restricted: true });
    first.addGroup('dba', ['dora']);
    await slack.chat.postMessage({ channel: BEN, text: 'directly' });
    await slack.chat.postEphemeral({ channel: ops, user: ANNA, text: 'not for long' });
    const before = shown(first);
    await stop(first);
    const second = await start();
    expect(shown(second)).toEqual(before);
    expect(second.ephemerals('anna')).toEqual([]);
    expect(second.botToken).not.toBe(first.botToken);
    expect(warnings).toEqual([]);
    // And it goes on from there.
    const next = await client(second).chat.postMessage({ channel: ops, text: 'next', thread_ts: ts });
    expect(Number(next.ts)).toBeGreaterThan(Number(before.messages.at(-1)?.ts));
  });

  it('brings back uploads and what the phone showed', async () => {
    const first = await start();
    const upload = {
      channel_id: first.channel('ops').id,
      file: Buffer.from('89504e470d0a1a0a00', 'hex'),
      filename: 'a.png',
      alt_text: 'A red bar',
    };
    await client(first).filesUploadV2(upload);
    const event = { summary: 'API down', source: 'rounds', severity: 'critical' };
    const body = { routing_key: first.phone.routingKey, event_action: 'trigger', dedup_key: 'k', payload: event };
    await fetch(`${first.phone.eventsUrl}/v2/enqueue`, { method: 'POST', body: JSON.stringify(body) });
    const { signal } = new AbortController();
    const letter = { to: 'ben@example.com', subject: 'down', text: 'It is', id: 'x' };
    await createMail(first.mailbox).send(letter, signal);
    await createTelephone(first.phone.telephone).text('+12025550101', 'down', signal);
    const before = first.phone.received();
    await stop(first);
    const second = await start();
    expect(second.phone.received()).toEqual(before);
    expect(before).toMatchObject([{ way: 'email' }, { way: 'text', name: 'Ben' }]);
    await createTelephone(second.phone.telephone).text('+12025550101', 'again', signal);
    expect(second.phone.received().map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(second.phone.pages()).toMatchObject([{ dedupKey: 'k', status: 'triggered', count: 1 }]);
    const [shared] = second.messages('ops').at(-1)?.files ?? [];
    expect(shared).toMatchObject({ name: 'a.png', alt_txt: 'A red bar' });
    expect(second.state.files.get(String(shared?.id))?.altText).toBe('A red bar');
    const { headers } = await raw(second, `/files/${String(shared?.id)}`);
    expect([headers['content-type'], headers['content-length']]).toEqual(['image/png', '9']);
  });

  it('takes a file from before there were e-mails and texts', async () => {
    const first = await start();
    await stop(first);
    const { received: _, ...older } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(older));
    const second = await start();
    expect([second.identity, second.phone.received(), warnings]).toEqual([first.identity, [], []]);
  });

  it('keeps the ids of a team in which nothing happened yet', async () => {
    const first = await start();
    await stop(first);
    expect((await start()).identity).toEqual(first.identity);
  });

  it('keeps new messages behind the old ones, though the clock went back', async () => {
    const ahead = { now: () => new Date(Date.now() + 3_600_000) };
    const first = await startWorkspace({ file, clock: ahead });
    const { message } = await first.user('anna').say('ops', 'later');
    await stop(first);
    const second = await start();
    const { message: next } = await second.user('anna').say('ops', 'now');
    expect(second.messages('ops').map(({ ts }) => ts)).toEqual([message.ts, next.ts]);
  });

  it(`holds the newest ${KEPT_MESSAGES} messages of a channel`, async () => {
    const first = await start();
    for (let i = 0; i <= KEPT_MESSAGES; i++) await first.user('anna').say('ops', `${i}`);
    await first.user('anna').say('random', 'few');
    await stop(first);
    const second = await start();
    expect([second.messages('ops').length, second.messages('ops')[0]?.text]).toEqual([KEPT_MESSAGES, '1']);
    expect(second.messages('random').length).toBe(1);
  });
});

describe('the file', () => {
  it('is written a second after a change, for its owner alone, without a token and whole', async () => {
    const workspace = await start();
    await workspace.user('anna').say('ops', 'before the crash');
    const text = await vi.waitFor(
      async () => {
        const found = await readFile(file, 'utf8');
        expect(found).toContain('before the crash');
        return found;
      },
      { timeout: 5_000 },
    );
    expect(text).not.toContain(workspace.botToken);
    expect(text).not.toContain(workspace.appToken);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['workspace.json']);
  });

  it.each([
    ['cut off', '{"kind":"rounds-workspace","ver', 'no JSON'],
    ['somebody else’s', '{"name":"package"}', 'Invalid input'],
    ['of another version', '{"kind":"rounds-workspace","version":99}', 'Invalid input'],
    ['empty', '', 'no JSON'],
  ])('that is %s is moved aside, and the workspace starts afresh', async (_what, content, why) => {
    await mkdir(join(folder, 'data'));
    await writeFile(file, content);
    const workspace = await start();
    expect(workspace.channel('ops').members.size).toBe(4);
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(warnings[0]).toContain(`moved to ${file}.broken`);
    expect(await readFile(`${file}.broken`, 'utf8')).toBe(content);
    await stop(workspace);
    expect((await start()).identity).toEqual(workspace.identity);
  });

  it("that can't be read is left alone, and nothing is kept", async () => {
    await mkdir(file, { recursive: true });
    const workspace = await start();
    await workspace.user('anna').say('ops', 'for now');
    await stop(workspace);
    expect(warnings).toEqual([expect.stringMatching(/can't be read \(EISDIR\).*keeps nothing/)]);
    expect((await stat(file)).isDirectory()).toBe(true);
  });

  it("that can't be written is a warning, not a crash", async () => {
    await writeFile(join(folder, 'data'), 'in the way');
    const workspace = await startWorkspace({ file: join(folder, 'new', 'x.json'), warn: (m) => void warnings.push(m) });
    await writeFile(join(folder, 'new'), 'in the way');
    await workspace.user('anna').say('ops', 'x');
    await workspace.close();
    expect(warnings).toEqual([expect.stringMatching(/can't be kept in .*x\.json/)]);
  });
});
