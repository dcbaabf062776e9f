import { expect, it } from 'vitest';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { botOf, workspaceOf } from './setup.ts';

function countOf(workspace: Workspace, method: string): number {
  return workspace.traffic.filter((call) => call.method === method).length;
}

it('resolves a channel by name and by id, as it is now', async () => {
  const workspace = await workspaceOf();
  const { channels } = await botOf(workspace, 'http');
  const { id } = workspace.channel('#random');
  const facts = { id, name: 'random', isMember: false, isPrivate: false, isArchived: false };
  expect(await channels.resolve('#random')).toEqual(facts);
  expect(await channels.resolve(id)).toEqual(facts);
  workspace.channel('#random').members.add(workspace.identity.botUser);
  workspace.channel('#random').is_archived = true;
  expect(await channels.resolve('#random')).toEqual({ ...facts, isMember: true, isArchived: true });
  expect(countOf(workspace, 'conversations.list')).toBe(1);
});

it('finds a private channel only when the bot is in it', async () => {
  const workspace = await workspaceOf();
  const { channels } = await botOf(workspace, 'http');
  expect(await channels.resolve('#board')).toBeUndefined();
  expect(await channels.resolve(workspace.channel('#board').id)).toBeUndefined();
  const joined = workspace.addChannel('vault', ['anna', 'rounds'], { is_private: true });
  expect(await channels.resolve(joined.id)).toMatchObject({ name: 'vault', isPrivate: true, isMember: true });
});

it('reads all pages of a large workspace, once', async () => {
  const workspace = await workspaceOf();
  for (let n = 0; n < 1_200; n += 1) workspace.addChannel(`team-${n}`, ['anna']);
  const { channels } = await botOf(workspace, 'http');
  expect(await channels.resolve('#team-1199')).toMatchObject({ name: 'team-1199' });
  expect(await channels.resolve('#team-7')).toMatchObject({ name: 'team-7' });
  expect(countOf(workspace, 'conversations.list')).toBe(2);
});

it('says what Slack refuses instead of "there is none"', async () => {
  const workspace = await workspaceOf();
  const { channels } = await botOf(workspace, 'http');
  workspace.fault('conversations.list', { kind: 'error', error: 'missing_scope' });
  await expect(channels.resolve('#ops')).rejects.toMatchObject({ reason: 'missing_scope' });
});

it('mentions groups and people by what ops.yml calls them, and nobody it is not sure of', async () => {
  const workspace = await workspaceOf();
  const { mentionOf, log } = await botOf(workspace, 'http');
  const ben = `<@${workspace.user('ben').id}>`;
  workspace.addUser('sam1', { real_name: 'Sam' });
  workspace.addUser('sam2', { real_name: 'Sam' });
  workspace.addUser('left', { deleted: true });
  const asked = ['@platform', 'S0PLATFORM', '@ben', 'Ben', 'U012ABC', '@sam', 'Sam', '@left', '@nobody', 'Night shift'];
  expect(await Promise.all(asked.map(mentionOf))).toEqual([
    '<!subteam^S0PLATFORM>',
    '<!subteam^S0PLATFORM>',
    ben,
    ben,
    '<@U012ABC>',
    ...Array(5).fill(undefined),
  ]);
  expect([countOf(workspace, 'usergroups.list'), countOf(workspace, 'users.list')]).toEqual([1, 1]);
  expect(log.lines).toEqual([]);
});

it('nobody takes the mention of another by a name they give themselves', async () => {
  const workspace = await workspaceOf();
  workspace.addUser('member1', { real_name: 'anna' });
  workspace.addUser('guest1', { real_name: 'Zoe', is_restricted: true });
  workspace.addUser('robot1', { real_name: 'Zoe', is_bot: true });
  workspace.addUser('abroad1', { real_name: 'Zoe', team_id: 'T0OTHER' });
  workspace.addUser('abroad2', { real_name: 'Zoe', is_stranger: true });
  workspace.addUser('guest2', { is_restricted: true });
  const zoe = workspace.addUser('member2', { real_name: 'Zoe' });
  const { mentionOf } = await botOf(workspace, 'http');
  expect(await Promise.all(['@anna', 'Zoe', '@guest2'].map(mentionOf))).toEqual([
    `<@${workspace.user('anna').id}>`,
    `<@${zoe.id}>`,
    undefined,
  ]);
});

it('shows an owner as plain text when Slack does not tell, and says so in the log', async () => {
  const workspace = await workspaceOf();
  const { mentionOf, log } = await botOf(workspace, 'http');
  workspace.fault('usergroups.list', { kind: 'error', error: 'missing_scope' });
  expect(await mentionOf('@platform')).toBeUndefined();
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { owner: '@platform' } }]);
});

it('tells what the token was granted and lacks', async () => {
  const workspace = await workspaceOf();
  const botToken = workspace.issueToken('bot', ['commands', 'chat:write']);
  const { scopes } = await botOf(workspace, 'http', { slack: { botToken } });
  expect(scopes.granted).toEqual(['commands', 'chat:write']);
  expect(scopes.missing).toContain('users:read');
});
