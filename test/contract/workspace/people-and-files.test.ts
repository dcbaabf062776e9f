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

const posted = async () => (await slack.chat.postMessage({ channel: ops, text: 'x' })).ts ?? '';

describe('users and groups', () => {
  it('tell names, zones, guests, and addresses only with their scope', async () => {
    const cara = workspace.user('cara').id;
    const info = await slack.users.info({ user: cara });
    expect(info.user).toMatchObject({
      name: 'cara',
      is_restricted: true,
      tz: 'Europe/Berlin',
      profile: { email: 'cara@example.com' },
    });
    const narrow = client(workspace, workspace.issueToken('bot', ['users:read']));
    expect((await narrow.users.info({ user: cara })).user?.profile).not.toHaveProperty('email');
    const list = await slack.users.list({ limit: 2 });
    expect(list.members).toHaveLength(2);
    expect(list.response_metadata?.next_cursor).not.toBe('');
    const found = await slack.users.lookupByEmail({ email: 'BEN@example.com' });
    expect(found.user?.id).toBe(workspace.user('ben').id);
    const groups = await slack.usergroups.list({ include_users: true });
    expect(groups.usergroups).toMatchObject([{ handle: 'oncall', user_count: 2 }, { handle: 'platform' }]);
    const members = await slack.usergroups.users.list({ usergroup: groups.usergroups?.[0]?.id ?? '' });
    expect(members.users).toHaveLength(2);
  });

  it('show strangers, grids and disabled groups as Slack does', async () => {
    const { id } = workspace.addUser('eve', { team_id: 'T0OTHER', is_stranger: true, is_ultra_restricted: true });
    const { user } = await slack.users.info({ user: id });
    expect(user).toMatchObject({ team_id: 'T0OTHER', is_stranger: true, is_ultra_restricted: true, deleted: false });
    await workspace.changeGroup('oncall', { disabled: true });
    expect((await slack.usergroups.list()).usergroups?.map(({ handle }) => handle)).toEqual(['platform']);
    const { usergroups } = await slack.usergroups.list({ include_disabled: true });
    expect(usergroups).toMatchObject([
      { handle: 'oncall', date_delete: 1 },
      { handle: 'platform', date_delete: 0 },
    ]);
    const usergroup = usergroups?.[0]?.id ?? '';
    expect((await refusal(slack.usergroups.users.list({ usergroup }))).error).toBe('no_such_subteam');
  });

  it('tell the app of changes it subscribed to', async () => {
    workspace.connectHttp({ url: 'http://127.0.0.1:1/', signingSecret: 'x' });
    await workspace.changeUser('ben', { is_restricted: true });
    await workspace.changeGroup('oncall', { members: ['anna', 'cara'] });
    const events = workspace.deliveries.map(({ payload }) => payload.event);
    expect(events).toMatchObject([
      { type: 'user_change', user: { id: workspace.user('ben').id, is_restricted: true } },
      {
        type: 'subteam_members_changed',
        added_users: [workspace.user('cara').id],
        removed_users: [workspace.user('ben').id],
      },
      { type: 'subteam_updated', subteam: { handle: 'oncall', date_delete: 0 } },
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['user_not_found', () => slack.users.info({ user: 'U0NOBODY' })],
    ['users_not_found', () => slack.users.lookupByEmail({ email: 'no@example.com' })],
    ['no_such_subteam', () => slack.usergroups.users.list({ usergroup: 'S0' })],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
  });
});

describe('pins, bookmarks, reactions', () => {
  it('are kept and listed', async () => {
    const ts = await posted();
    await slack.pins.add({ channel: ops, timestamp: ts });
    expect((await slack.pins.list({ channel: ops })).items).toHaveLength(1);
    await slack.bookmarks.add({ channel_id: ops, title: 'Runbook', type: 'link', link: 'https://example.com/r' });
    expect((await slack.bookmarks.list({ channel_id: ops })).bookmarks).toMatchObject([{ title: 'Runbook' }]);
    await slack.reactions.add({ channel: ops, timestamp: ts, name: 'eyes' });
    await workspace.user('anna').react(workspace.messages('#ops')[0]!, 'eyes');
    const got = await slack.reactions.get({ channel: ops, timestamp: ts });
    expect(got.message?.reactions).toMatchObject([{ name: 'eyes', count: 2 }]);
  });

  it.each<[string, (ts: string) => Promise<unknown>]>([
    [
      'already_pinned',
      (ts) =>
        slack.pins.add({ channel: ops, timestamp: ts }).then(() => slack.pins.add({ channel: ops, timestamp: ts })),
    ],
    ['message_not_found', () => slack.pins.add({ channel: ops, timestamp: '1.000001' })],
    ['no_item_specified', () => slack.pins.add({ channel: ops, timestamp: '' })],
    ['not_in_channel', (ts) => slack.pins.add({ channel: workspace.channel('#random').id, timestamp: ts })],
    [
      'invalid_link',
      () => slack.bookmarks.add({ channel_id: ops, title: 'x', type: 'link', link: 'javascript:alert(1)' }),
    ],
    [
      'invalid_bookmark_type',
      () => slack.apiCall('bookmarks.add', { channel_id: ops, title: 'x', type: 'page', link: 'https://e.com' }),
    ],
    [
      'already_reacted',
      (ts) =>
        slack.reactions
          .add({ channel: ops, timestamp: ts, name: 'eyes' })
          .then(() => slack.reactions.add({ channel: ops, timestamp: ts, name: 'eyes' })),
    ],
    ['invalid_name', (ts) => slack.reactions.add({ channel: ops, timestamp: ts, name: 'no emoji!' })],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call(await posted()))).error).toBe(error);
  });

  it('stop at 100 bookmarks', async () => {
    const add = () => slack.bookmarks.add({ channel_id: ops, title: 'x', type: 'link', link: 'https://example.com' });
    for (let i = 0; i < 100; i += 1) await add();
    expect((await refusal(add())).error).toBe('too_many_bookmarks');
  });
});

describe('files', () => {
  it('arrive through filesUploadV2 with every byte', async () => {
    const content = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]);
    await slack.filesUploadV2({
      channel_id: ops,
      file: content,
      filename: 'chart.png',
      title: 'Chart',
      initial_comment: 'today',
    });
    const [file] = [...workspace.state.files.values()];
    expect(file?.content).toEqual(content);
    expect(workspace.messages('#ops')).toMatchObject([
      { text: 'today', files: [{ name: 'chart.png', title: 'Chart' }] },
    ]);
  });

  const url = () => slack.files.getUploadURLExternal({ filename: 'a.txt', length: 3 });
  const complete = (id: string, channel = ops) =>
    slack.files.completeUploadExternal({ files: [{ id }], channel_id: channel });
  const send = (to: string, body: string) => fetch(to, { method: 'POST', body });

  it.each<[string, () => Promise<unknown>]>([
    ['invalid_arguments', () => slack.apiCall('files.getUploadURLExternal', { length: 3 })],
    ['invalid_arguments', () => slack.apiCall('files.getUploadURLExternal', { filename: 'a', length: 0 })],
    ['file_not_found', () => complete('F0NOTHING')],
    ['file_not_found', async () => complete((await url()).file_id ?? '')],
    [
      'file_upload_size_restricted',
      async () => {
        const { upload_url, file_id } = await url();
        await send(upload_url ?? '', 'longer than announced');
        return complete(file_id ?? '');
      },
    ],
    [
      'file_not_found',
      async () => {
        const { upload_url, file_id } = await url();
        await send(upload_url ?? '', 'abc');
        await complete(file_id ?? '');
        return complete(file_id ?? '');
      },
    ],
    [
      'channel_not_found',
      async () => {
        const { upload_url, file_id } = await url();
        await send(upload_url ?? '', 'abc');
        return complete(file_id ?? '', 'C0NOWHERE');
      },
    ],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
  });
});
