import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, refusal } from './support.ts';

let workspace: Workspace;
let slack: ReturnType<typeof client>;
let ops: string;

beforeEach(async () => {
  workspace = await startWorkspace();
  slack = client(workspace);
  ops = workspace.channel('#ops').id;
});

afterEach(() => workspace.close());

const archived = () => {
  const channel = workspace.addChannel('old', ['anna', 'rounds']);
  channel.is_archived = true;
  return channel.id;
};
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

describe('chat.postMessage', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['channel_not_found', () => slack.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' })],
    ['channel_not_found', () => slack.chat.postMessage({ channel: workspace.channel('#board').id, text: 'x' })],
    ['is_archived', () => slack.chat.postMessage({ channel: archived(), text: 'x' })],
    ['no_text', () => slack.chat.postMessage({ channel: ops, text: '' })],
    ['no_text', () => slack.chat.postMessage({ channel: ops, text: '', blocks: [] })],
    ['msg_too_long', () => slack.chat.postMessage({ channel: ops, text: 'x'.repeat(40_001) })],
    ['thread_not_found', () => slack.chat.postMessage({ channel: ops, text: 'x', thread_ts: '1.000001' })],
    ['invalid_blocks', () => slack.chat.postMessage({ channel: ops, text: 'x', blocks: [section('')] })],
    ['invalid_blocks_format', () => slack.apiCall('chat.postMessage', { channel: ops, text: 'x', blocks: 'no json' })],
    ['invalid_blocks_format', () => slack.apiCall('chat.postMessage', { channel: ops, text: 'x', blocks: '{}' })],
    ['invalid_metadata_format', () => slack.apiCall('chat.postMessage', { channel: ops, text: 'x', metadata: '{}' })],
    [
      'metadata_too_large',
      () =>
        slack.chat.postMessage({
          channel: ops,
          text: 'x',
          metadata: { event_type: 'e', event_payload: { long: 'x'.repeat(9000) } },
        }),
    ],
    [
      'too_many_attachments',
      () => slack.chat.postMessage({ channel: ops, text: 'x', attachments: Array(101).fill({ text: 'a' }) }),
    ],
    ['invalid_arguments', () => slack.apiCall('chat.postMessage', { text: 'x' })],
    [
      'msg_blocks_too_long',
      () => slack.chat.postMessage({ channel: ops, text: 'x', blocks: Array(5).fill(section('x'.repeat(2700))) }),
    ],
  ])('is refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
    expect(workspace.state.messages).toHaveLength(0);
  });

  it('names a missing argument', async () => {
    const answer = await refusal(slack.apiCall('chat.postMessage', { text: 'x' }));
    expect(answer.response_metadata).toMatchObject({ messages: ['[ERROR] missing required field: channel'] });
  });

  it('needs membership, or chat:write.public for public channels', async () => {
    const general = workspace.channel('#general').id;
    await slack.chat.postMessage({ channel: general, text: 'public' });
    const narrow = client(workspace, workspace.issueToken('bot', ['chat:write']));
    expect((await refusal(narrow.chat.postMessage({ channel: general, text: 'x' }))).error).toBe('not_in_channel');
    await narrow.chat.postMessage({ channel: ops, text: 'member' });
  });

  it('takes as much as the block budget allows', async () => {
    const blocks = Array(4).fill(section('x'.repeat(2900)));
    await slack.chat.postMessage({ channel: ops, text: 'x', blocks });
    const tooMany = [...blocks, section('x'.repeat(1500))];
    expect((await refusal(slack.chat.postMessage({ channel: ops, text: 'x', blocks: tooMany }))).error).toBe(
      'msg_blocks_too_long',
    );
  });

  it('gives ever later timestamps, block ids, and threads on the parent', async () => {
    const first = await slack.chat.postMessage({ channel: ops, text: 'one', blocks: [section('one')] });
    const reply = await slack.chat.postMessage({ channel: ops, text: 'two', thread_ts: first.ts ?? '' });
    const deeper = await slack.chat.postMessage({ channel: ops, text: 'three', thread_ts: reply.ts ?? '' });
    expect(Number(reply.ts)).toBeGreaterThan(Number(first.ts));
    expect(first.message?.blocks?.[0]).toHaveProperty('block_id');
    expect(deeper.message).toMatchObject({ thread_ts: first.ts });
    expect(workspace.thread('#ops', first.ts ?? '').map((m) => m.text)).toEqual(['one', 'two', 'three']);
  });

  it('to a user id goes to the direct message', async () => {
    const anna = workspace.user('anna').id;
    const posted = await slack.chat.postMessage({ channel: anna, text: 'psst' });
    expect(posted.channel).toMatch(/^D/);
    expect((await refusal(slack.chat.postMessage({ channel: 'U0NOBODY', text: 'x' }))).error).toBe('channel_not_found');
  });

  it('keeps metadata and returns it when asked for', async () => {
    const metadata = { event_type: 'report_posted', event_payload: { key: 'daily:2026-03-02' } };
    await slack.chat.postMessage({ channel: ops, text: 'x', metadata });
    const plain = await slack.conversations.history({ channel: ops });
    const full = await slack.conversations.history({ channel: ops, include_all_metadata: true });
    expect(plain.messages?.[0]).not.toHaveProperty('metadata');
    expect(full.messages?.[0]?.metadata).toEqual(metadata);
  });
});

describe('chat.update, chat.delete, chat.postEphemeral, chat.getPermalink', () => {
  let ts: string;
  beforeEach(async () => {
    ts = (await slack.chat.postMessage({ channel: ops, text: 'mine', blocks: [section('mine')] })).ts ?? '';
  });

  const annas = async () => (await workspace.user('anna').say('#ops', 'hers')).message.ts;
  const ephemeral = async () =>
    (await slack.chat.postEphemeral({ channel: ops, user: workspace.user('anna').id, text: 'e' })).message_ts ?? '';

  it.each<[string, () => Promise<unknown>]>([
    ['message_not_found', () => slack.chat.update({ channel: ops, ts: '1.000001', text: 'x' })],
    ['message_not_found', async () => slack.chat.update({ channel: ops, ts: await ephemeral(), text: 'x' })],
    ['cant_update_message', async () => slack.chat.update({ channel: ops, ts: await annas(), text: 'x' })],
    ['msg_too_long', () => slack.chat.update({ channel: ops, ts, text: 'x'.repeat(4001) })],
    ['no_text', () => slack.chat.update({ channel: ops, ts, text: '' })],
    ['channel_not_found', () => slack.chat.update({ channel: 'C0NOWHERE', ts, text: 'x' })],
    [
      'is_inactive',
      () => {
        workspace.channel('#ops').is_archived = true;
        return slack.chat.update({ channel: ops, ts, text: 'x' });
      },
    ],
    ['cant_delete_message', async () => slack.chat.delete({ channel: ops, ts: await annas() })],
    ['message_not_found', () => slack.chat.delete({ channel: ops, ts: '1.000001' })],
    [
      'user_not_in_channel',
      () =>
        slack.chat.postEphemeral({
          channel: workspace.channel('#alerts').id,
          user: workspace.user('cara').id,
          text: 'x',
        }),
    ],
    ['no_text', () => slack.chat.postEphemeral({ channel: ops, user: workspace.user('anna').id, text: '' })],
    ['message_not_found', () => slack.chat.getPermalink({ channel: ops, message_ts: '1.000001' })],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
    expect(workspace.messages('#ops')[0]?.text).toBe('mine');
  });

  it('replace the blocks or drop them with the text', async () => {
    await slack.chat.update({ channel: ops, ts, text: 'next', blocks: [section('next')] });
    expect(workspace.messages('#ops')[0]).toMatchObject({
      text: 'next',
      edited: {},
      blocks: [{ text: { text: 'next' } }],
    });
    await slack.chat.update({ channel: ops, ts, text: 'plain' });
    expect(workspace.messages('#ops')[0]?.blocks).toEqual([]);
    await slack.chat.delete({ channel: ops, ts });
    expect(workspace.messages('#ops')).toHaveLength(0);
  });

  it('shows an ephemeral message to one person and to no history', async () => {
    await ephemeral();
    expect(workspace.ephemerals('anna').map((m) => m.text)).toEqual(['e']);
    expect(workspace.ephemerals('ben')).toEqual([]);
    expect((await slack.conversations.history({ channel: ops })).messages).toHaveLength(1);
  });

  it('links to a message', async () => {
    const link = await slack.chat.getPermalink({ channel: ops, message_ts: ts });
    expect(link.permalink).toContain(`/archives/${ops}/p${ts.replace('.', '')}`);
  });
});
