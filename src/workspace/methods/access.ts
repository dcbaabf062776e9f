import { SlackError } from '../errors.ts';
import type { Call } from '../method.ts';
import type { Channel } from '../world.ts';

/** The channel as the bot sees it: a private channel it is not in does not exist for it. */
export function visibleChannel({ state, args }: Call, name = 'channel'): Channel {
  const ref = args.required(name);
  const channel = state.channels.get(ref) ?? (ref.startsWith('#') ? state.findChannel(ref) : undefined);
  if (!channel || (channel.is_private && !state.isBotIn(channel))) throw new SlackError('channel_not_found');
  return channel;
}

/** A channel the bot is a member of. */
export function joinedChannel(call: Call, name = 'channel'): Channel {
  const channel = visibleChannel(call, name);
  if (!call.state.isBotIn(channel)) throw new SlackError('not_in_channel');
  return channel;
}

/** A channel the bot may post to: its own, or with chat:write.public any public one. A user id opens the direct message. */
export function postableChannel(call: Call, name = 'channel'): Channel {
  const { state, args, token } = call;
  const ref = args.required(name);
  if (state.users.has(ref)) return directMessage(call, ref);
  const channel = visibleChannel(call, name);
  if (channel.is_archived) throw new SlackError('is_archived');
  if (state.isBotIn(channel)) return channel;
  if (!channel.is_private && token.scopes.includes('chat:write.public')) return channel;
  throw new SlackError('not_in_channel');
}

/** The direct message between the bot and a user, made when first needed. */
export function directMessage({ state }: Call, userId: string): Channel {
  const user = state.user(userId, 'channel_not_found');
  if (user.deleted) throw new SlackError('user_disabled');
  const { botUser } = state.identity;
  const known = [...state.channels.values()].find((c) => c.is_im && c.members.has(userId) && c.members.has(botUser));
  if (known) return known;
  const channel: Channel = {
    id: `D${userId.slice(1)}`,
    name: '',
    is_private: true,
    is_im: true,
    is_archived: false,
    creator: botUser,
    created: Math.floor(state.nowMs() / 1000),
    topic: '',
    purpose: '',
    members: new Set([botUser, userId]),
  };
  state.channels.set(channel.id, channel);
  state.events.emit({ type: 'channel_changed', channel: channel.id });
  return channel;
}
