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

const id = (ref: string) => workspace.channel(ref).id;
const user = (ref: string) => workspace.user(ref).id;
const archive = () => {
  workspace.channel('#ops').is_archived = true;
};

describe('conversations', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['invalid_name_required', () => slack.apiCall('conversations.create', { name: '' })],
    ['invalid_name_specials', () => slack.conversations.create({ name: 'Inc-1' })],
    ['invalid_name_specials', () => slack.conversations.create({ name: 'inc 1' })],
    ['invalid_name_punctuation', () => slack.conversations.create({ name: '--' })],
    ['invalid_name_maxlength', () => slack.conversations.create({ name: 'x'.repeat(81) })],
    ['name_taken', () => slack.conversations.create({ name: 'ops' })],
    ['name_taken', () => slack.conversations.create({ name: 'board' })],
    ['channel_not_found', () => slack.conversations.info({ channel: id('#board') })],
    ['channel_not_found', () => slack.conversations.invite({ channel: 'C0', users: user('ben') })],
    ['not_in_channel', () => slack.conversations.invite({ channel: id('#general'), users: user('ben') })],
    ['no_user', () => slack.apiCall('conversations.invite', { channel: ops, users: '' })],
    ['user_not_found', () => slack.conversations.invite({ channel: ops, users: 'U0NOBODY' })],
    ['cant_invite_self', () => slack.conversations.invite({ channel: ops, users: workspace.identity.botUser })],
    ['already_in_channel', () => slack.conversations.invite({ channel: ops, users: user('ben') })],
    ['too_many_users', () => slack.conversations.invite({ channel: ops, users: Array(101).fill('U1').join(',') })],
    ['not_in_channel', () => slack.conversations.archive({ channel: id('#random') })],
    ['not_archived', () => slack.conversations.unarchive({ channel: ops })],
    ['too_long', () => slack.conversations.setTopic({ channel: ops, topic: 'x'.repeat(251) })],
    ['not_in_channel', () => slack.conversations.setTopic({ channel: id('#random'), topic: 'x' })],
    ['channel_not_found', () => slack.conversations.join({ channel: id('#board') })],
    ['not_in_channel', () => slack.conversations.history({ channel: id('#general') })],
    ['channel_not_found', () => slack.conversations.history({ channel: id('#board') })],
    ['invalid_cursor', () => slack.conversations.history({ channel: ops, cursor: 'nonsense' })],
    ['thread_not_found', () => slack.conversations.replies({ channel: ops, ts: '1.000001' })],
    ['invalid_types', () => slack.conversations.list({ types: 'secret' })],
    ['users_list_not_supplied', () => slack.apiCall('conversations.open', {})],
    ['user_not_found', () => slack.conversations.open({ users: 'U0NOBODY' })],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['already_archived', () => slack.conversations.archive({ channel: ops })],
    ['is_archived', () => slack.conversations.invite({ channel: ops, users: user('ben') })],
    ['is_archived', () => slack.conversations.setTopic({ channel: ops, topic: 'x' })],
    ['is_archived', () => slack.conversations.join({ channel: ops })],
    ['name_taken', () => slack.conversations.create({ name: 'ops' })],
  ])('that are archived are refused with %s', async (error, call) => {
    archive();
    expect((await refusal(call())).error).toBe(error);
  });

  it('create a channel, invite, set the topic, archive', async () => {
    const { channel } = await slack.conversations.create({ name: 'inc-20260302-db', is_private: true });
    const created = channel?.id ?? '';
    await slack.conversations.invite({ channel: created, users: [user('anna'), user('ben')].join(',') });
    await slack.conversations.setTopic({ channel: created, topic: 'SEV1' });
    const info = await slack.conversations.info({ channel: created });
    expect(info.channel).toMatchObject({ is_private: true, is_member: true, topic: { value: 'SEV1' } });
    const members = await slack.conversations.members({ channel: created });
    expect(members.members).toEqual([workspace.identity.botUser, user('anna'), user('ben')]);
    await slack.conversations.archive({ channel: created });
    expect(workspace.channel('inc-20260302-db').is_archived).toBe(true);
    // Known of Slack: a bot is put out of what is archived, and so can't open it again.
    expect(workspace.channel('inc-20260302-db').members.has(workspace.identity.botUser)).toBe(false);
    const again = () => refusal(slack.conversations.unarchive({ channel: created }));
    expect((await again()).error).toBe('channel_not_found');
  });

  it('invite those who can be with force, and say who could not', async () => {
    const { channel } = await slack.conversations.create({ name: 'war-room' });
    const users = [user('anna'), 'U0NOBODY'].join(',');
    const answer = await refusal(slack.conversations.invite({ channel: channel?.id ?? '', users }));
    expect(answer.errors).toEqual([{ ok: false, user: 'U0NOBODY', error: 'user_not_found' }]);
    expect(workspace.channel('war-room').members.has(user('anna'))).toBe(false);
    await slack.conversations.invite({ channel: channel?.id ?? '', users, force: true });
    expect(workspace.channel('war-room').members.has(user('anna'))).toBe(true);
  });

  it('need the scope of their kind', async () => {
    const narrow = client(workspace, workspace.issueToken('bot', ['channels:manage']));
    await narrow.conversations.create({ name: 'open' });
    const answer = await refusal(narrow.conversations.create({ name: 'closed', is_private: true }));
    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'groups:write' });
  });

  it('list by kind, in pages, without private ones the bot is not in', async () => {
    const names: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const page = await slack.conversations.list({ types: 'public_channel,private_channel', limit: 2, cursor });
      names.push(...(page.channels ?? []).map((channel) => channel.name));
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    expect(names).toEqual(['general', 'ops', 'ops-daily', 'alerts', 'incidents', 'random']);
    archive();
    const rest = await slack.conversations.list({ exclude_archived: true });
    expect(rest.channels?.map((c) => c.name)).not.toContain('ops');
  });

  it('give their history newest first, in pages and between moments, and replies oldest first', async () => {
    const posted: string[] = [];
    for (const text of ['a', 'b', 'c']) posted.push((await slack.chat.postMessage({ channel: ops, text })).ts ?? '');
    await slack.chat.postMessage({ channel: ops, text: 'reply', thread_ts: posted[0] ?? '' });
    const texts = (messages?: { text?: string }[]) => messages?.map((m) => m.text);
    const first = await slack.conversations.history({ channel: ops, limit: 2 });
    expect(texts(first.messages)).toEqual(['c', 'b']);
    expect(first.has_more).toBe(true);
    const second = await slack.conversations.history({
      channel: ops,
      limit: 2,
      cursor: first.response_metadata?.next_cursor ?? '',
    });
    expect(second.messages).toMatchObject([{ text: 'a', reply_count: 1 }]);
    const since = await slack.conversations.history({ channel: ops, oldest: posted[1] ?? '' });
    expect(texts(since.messages)).toEqual(['c']);
    const inclusive = await slack.conversations.history({ channel: ops, oldest: posted[1] ?? '', inclusive: true });
    expect(texts(inclusive.messages)).toEqual(['c', 'b']);
    const thread = await slack.conversations.replies({ channel: ops, ts: posted[0] ?? '' });
    expect(texts(thread.messages)).toEqual(['a', 'reply']);
  });

  it('open a direct message once', async () => {
    const first = await slack.conversations.open({ users: user('anna') });
    const second = await slack.conversations.open({ users: user('anna') });
    expect(second).toMatchObject({ channel: { id: first.channel?.id }, already_open: true });
  });

  it('can be joined when public', async () => {
    await slack.conversations.join({ channel: id('#general') });
    await slack.conversations.history({ channel: id('#general') });
  });
});
