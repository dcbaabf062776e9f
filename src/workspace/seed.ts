import { newId, newSecret } from './ids.ts';
import type { WorkspaceState } from './state.ts';
import { BOT_SCOPES, type Channel, type User } from './world.ts';

/**
 * A team for trying things: two members (both on call; anna looks after the platform too), a guest, the bot, six public
 * channels and a private one without the bot.
 */
export function seed(state: WorkspaceState): void {
  const { botUser } = state.identity;
  const user = (id: string, name: string, rest: Partial<User> = {}) => addUser(state, name, { id, ...rest }).id;
  const anna = user('U0ANNA0001', 'anna', { is_admin: true });
  const ben = user('U0BEN00001', 'ben', { tz: 'America/New_York' });
  const cara = user('U0CARA0001', 'cara', { is_restricted: true });
  user(botUser, 'rounds', { is_bot: true, email: '' });

  addChannel(state, 'general', [anna, ben, cara]);
  addChannel(state, 'ops', [anna, ben, cara, botUser]);
  addChannel(state, 'ops-daily', [anna, ben, botUser]);
  addChannel(state, 'alerts', [anna, ben, botUser]);
  addChannel(state, 'incidents', [anna, ben, botUser]);
  addChannel(state, 'random', [anna, ben]);
  addChannel(state, 'board', [anna], { is_private: true });
  state.groups.set('S0ONCALL01', { id: 'S0ONCALL01', handle: 'oncall', name: 'On call', users: [anna, ben] });
  state.groups.set('S0PLATFORM', { id: 'S0PLATFORM', handle: 'platform', name: 'Platform team', users: [anna] });
}

/** Adds a full member of the team, or what `rest` makes of them: a guest, a bot, somebody of another team. */
export function addUser(state: WorkspaceState, name: string, rest: Partial<User> = {}): User {
  const user: User = {
    id: newId('U'),
    team_id: state.identity.teamId,
    name,
    real_name: name.charAt(0).toUpperCase() + name.slice(1),
    email: `${name}@example.com`,
    tz: 'Europe/Berlin',
    is_bot: false,
    is_admin: false,
    is_restricted: false,
    deleted: false,
    ...rest,
  };
  state.users.set(user.id, user);
  state.events.emit({ type: 'people_changed' });
  return user;
}

/** Adds a channel with these members. */
export function addChannel(
  state: WorkspaceState,
  name: string,
  members: string[],
  rest: Partial<Channel> = {},
): Channel {
  const channel: Channel = {
    id: newId('C'),
    name,
    is_private: false,
    is_im: false,
    is_archived: false,
    creator: members[0] ?? state.identity.botUser,
    created: Math.floor(state.nowMs() / 1000),
    topic: '',
    purpose: '',
    ...rest,
    members: new Set(members),
  };
  state.channels.set(channel.id, channel);
  state.events.emit({ type: 'channel_changed', channel: channel.id });
  return channel;
}

/** Issues a token of the app. Bot tokens carry everything in BOT_SCOPES unless told otherwise. */
export function issueToken(state: WorkspaceState, kind: 'bot' | 'app', scopes?: string[]): string {
  const value = kind === 'bot' ? `xoxb-${newSecret()}` : `xapp-1-${state.identity.appId}-${newSecret()}`;
  const granted = scopes ?? (kind === 'bot' ? [...BOT_SCOPES] : ['connections:write']);
  state.tokens.set(value, { value, kind, scopes: granted, status: 'live' });
  return value;
}
