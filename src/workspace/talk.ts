import { eventCallback, type Outcome, outcomeOf } from './interactions.ts';
import { postMessage } from './messages.ts';
import type { Surroundings } from './surroundings.ts';
import { viewJson } from './views.ts';
import type { Channel, Json, Message, User, UserGroup } from './world.ts';

/** What the app hears of the things people do: events it subscribed to. */
async function tell(
  { state, deliveries, eventTypes }: Surroundings,
  subscription: string,
  event: Json,
): Promise<Outcome> {
  if (!eventTypes.includes(subscription)) return { ok: true };
  return outcomeOf(await deliveries.sendEvent(eventCallback(state, event)));
}

function kindOf(channel: Channel): 'channel' | 'group' | 'im' {
  if (channel.is_im) return 'im';
  return channel.is_private ? 'group' : 'channel';
}

/** Writes a message, or a reply in a thread. An app in the channel that is mentioned gets app_mention. */
export async function say(
  around: Surroundings,
  user: User,
  channel: Channel,
  text: string,
  threadTs?: string,
): Promise<Outcome & { message: Message }> {
  const { state } = around;
  const { botUser, teamId } = state.identity;
  const message = postMessage(state, channel.id, user.id, { text, ...(threadTs && { thread_ts: threadTs }) });
  const event = {
    user: user.id,
    text,
    ts: message.ts,
    ...(threadTs && { thread_ts: threadTs }),
    team: teamId,
    channel: channel.id,
    event_ts: message.ts,
    blocks: message.blocks,
  };
  let outcome: Outcome = { ok: true };
  if (state.isBotIn(channel)) {
    const kind = kindOf(channel);
    outcome = await tell(around, `message.${kind === 'im' ? 'im' : `${kind}s`}`, {
      type: 'message',
      channel_type: kind,
      ...event,
    });
  }
  // Slack tells an app that is mentioned in a public channel only once it is a member.
  if (text.includes(`<@${botUser}>`) && state.isBotIn(channel) && !channel.is_im) {
    outcome = await tell(around, 'app_mention', { type: 'app_mention', ...event });
  }
  return { ...outcome, message };
}

/** Adds a reaction to a message, or takes away the one this person gave: what pressing it does. */
export function react(around: Surroundings, user: User, message: Message, name: string): Promise<Outcome> {
  const { state } = around;
  const reaction = message.reactions.find((r) => r.name === name);
  const given = reaction?.users.includes(user.id) === true;
  if (!reaction) message.reactions.push({ name, users: [user.id] });
  else if (given) reaction.users.splice(reaction.users.indexOf(user.id), 1);
  else reaction.users.push(user.id);
  if (reaction?.users.length === 0) message.reactions.splice(message.reactions.indexOf(reaction), 1);
  state.events.emit({ type: 'message_changed', message });
  // Slack tells an app of reactions where it is a member.
  const channel = state.channels.get(message.channel);
  if (!channel || !state.isBotIn(channel)) return Promise.resolve({ ok: true });
  const type = given ? 'reaction_removed' : 'reaction_added';
  return tell(around, type, {
    type,
    user: user.id,
    reaction: name,
    item: { type: 'message', channel: message.channel, ts: message.ts },
    item_user: message.user,
    event_ts: state.timestamps.next(),
  });
}

/** Somebody's account changes: their name, whether they are a guest, whether they are active. */
export function changeUser(around: Surroundings, user: User, changes: Partial<User>): Promise<Outcome> {
  const { state } = around;
  Object.assign(user, changes);
  state.events.emit({ type: 'people_changed' });
  return tell(around, 'user_change', { type: 'user_change', user: { ...user }, event_ts: state.timestamps.next() });
}

/** A user group gets other members, or is disabled or enabled. */
export async function changeGroup(
  around: Surroundings,
  group: UserGroup,
  { users, ...changes }: Partial<UserGroup>,
): Promise<Outcome> {
  const { state } = around;
  const removed = users ? group.users.filter((id) => !users.includes(id)) : [];
  const added = users ? users.filter((id) => !group.users.includes(id)) : [];
  Object.assign(group, changes, users && { users });
  state.events.emit({ type: 'people_changed' });
  const event_ts = state.timestamps.next();
  if (added.length + removed.length > 0) {
    await tell(around, 'subteam_members_changed', {
      type: 'subteam_members_changed',
      subteam_id: group.id,
      team_id: state.identity.teamId,
      added_users: added,
      added_users_count: added.length,
      removed_users: removed,
      removed_users_count: removed.length,
      event_ts,
    });
  }
  const subteam = { ...group, team_id: state.identity.teamId, date_delete: group.disabled ? 1 : 0 };
  return tell(around, 'subteam_updated', { type: 'subteam_updated', subteam, event_ts });
}

/** Looks at the app's home tab. */
export function openHome(around: Surroundings, user: User): Promise<Outcome> {
  const { state } = around;
  const published = state.homes.get(user.id);
  return tell(around, 'app_home_opened', {
    type: 'app_home_opened',
    user: user.id,
    channel: `D${user.id.slice(1)}`,
    tab: 'home',
    // Only what was published before: an app can tell a first visit by it.
    ...(published && { view: viewJson(state, published) }),
    event_ts: state.timestamps.next(),
  });
}

/** Joins a channel; the app hears of it where it is a member itself. */
export async function join(around: Surroundings, user: User, channel: Channel): Promise<Outcome> {
  const { state } = around;
  channel.members.add(user.id);
  state.events.emit({ type: 'channel_changed', channel: channel.id });
  if (!state.isBotIn(channel)) return { ok: true };
  return tell(around, 'member_joined_channel', {
    type: 'member_joined_channel',
    user: user.id,
    channel: channel.id,
    channel_type: channel.is_private ? 'G' : 'C',
    team: state.identity.teamId,
    event_ts: state.timestamps.next(),
  });
}
