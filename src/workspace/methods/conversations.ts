import { SlackError } from '../errors.ts';
import { CHANNEL } from '../limits.ts';
import { postMessage } from '../messages.ts';
import type { Call, MethodFamily } from '../method.ts';
import { page } from '../paging.ts';
import { addChannel } from '../seed.ts';
import type { Channel } from '../world.ts';
import { directMessage, joinedChannel, visibleChannel } from './access.ts';

const READ = ['channels:read', 'groups:read', 'im:read'];
const MANAGE = ['channels:manage', 'groups:write'];

function checkedName(name: string): string {
  if (name === '') throw new SlackError('invalid_name_required');
  if ([...name].length > CHANNEL.nameChars) throw new SlackError('invalid_name_maxlength');
  if (/^[-_]+$/.test(name)) throw new SlackError('invalid_name_punctuation');
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) throw new SlackError('invalid_name_specials');
  return name;
}

/** The scope differs by the kind of channel, so it is asked for once the channel is known. */
function requireKind({ token }: Call, isPrivate: boolean, publicScope: string, privateScope: string): void {
  const needed = isPrivate ? privateScope : publicScope;
  if (!token.scopes.includes(needed)) {
    throw new SlackError('missing_scope', { needed, provided: token.scopes.join(',') });
  }
}

function wantedTypes(list: string[]): (channel: Channel) => boolean {
  const types = list.length > 0 ? list : ['public_channel'];
  for (const type of types) {
    if (!['public_channel', 'private_channel', 'im', 'mpim'].includes(type)) throw new SlackError('invalid_types');
  }
  return (channel) => types.includes(channel.is_im ? 'im' : channel.is_private ? 'private_channel' : 'public_channel');
}

export const conversationsMethods: MethodFamily = {
  'conversations.list': {
    scopes: READ,
    tier: 2,
    run: ({ state, args }) => {
      const wanted = wantedTypes(args.list('types'));
      const hideArchived = args.flag('exclude_archived');
      const channels = [...state.channels.values()].filter(
        (c) => wanted(c) && !(hideArchived && c.is_archived) && (!c.is_private || state.isBotIn(c)),
      );
      const { items, response_metadata } = page(args, channels, 100, 1000);
      return { channels: items.map((c) => state.channelJson(c)), response_metadata };
    },
  },
  'conversations.info': {
    scopes: READ,
    tier: 3,
    run: (call) => ({ channel: call.state.channelJson(visibleChannel(call)) }),
  },
  'conversations.create': {
    scopes: MANAGE,
    tier: 2,
    run: (call) => {
      const { state, args } = call;
      const isPrivate = args.flag('is_private');
      requireKind(call, isPrivate, 'channels:manage', 'groups:write');
      const name = checkedName(args.text('name') ?? '');
      if ([...state.channels.values()].some((c) => c.name === name)) throw new SlackError('name_taken');
      const channel = addChannel(state, name, [state.identity.botUser], { is_private: isPrivate });
      return { channel: state.channelJson(channel) };
    },
  },
  'conversations.join': {
    scopes: ['channels:join'],
    tier: 3,
    run: (call) => {
      const { state } = call;
      const channel = visibleChannel(call);
      if (channel.is_im) throw new SlackError('method_not_supported_for_channel_type');
      if (channel.is_archived) throw new SlackError('is_archived');
      const already = state.isBotIn(channel);
      channel.members.add(state.identity.botUser);
      state.events.emit({ type: 'channel_changed', channel: channel.id });
      return { channel: state.channelJson(channel), ...(already && { warning: 'already_in_channel' }) };
    },
  },
  'conversations.archive': {
    scopes: MANAGE,
    tier: 2,
    run: (call) => {
      const channel = joinedChannel(call);
      if (channel.is_im) throw new SlackError('method_not_supported_for_channel_type');
      if (channel.name === 'general') throw new SlackError('cant_archive_general');
      if (channel.is_archived) throw new SlackError('already_archived');
      channel.is_archived = true;
      // As Slack does: a bot is put out of what is archived.
      channel.members.delete(call.state.identity.botUser);
      call.state.events.emit({ type: 'channel_changed', channel: channel.id });
      return {};
    },
  },
  // For a bot it comes to nothing: Slack says that it is not in the channel, and it was put out when that was archived.
  'conversations.unarchive': {
    scopes: MANAGE,
    tier: 2,
    run: (call) => {
      const channel = joinedChannel(call);
      if (channel.is_im) throw new SlackError('method_not_supported_for_channel_type');
      if (!channel.is_archived) throw new SlackError('not_archived');
      channel.is_archived = false;
      call.state.events.emit({ type: 'channel_changed', channel: channel.id });
      return {};
    },
  },
  'conversations.setTopic': {
    scopes: [...MANAGE, 'channels:write.topic', 'groups:write.topic'],
    tier: 2,
    run: (call) => {
      const { state, args } = call;
      const channel = joinedChannel(call);
      if (channel.is_archived) throw new SlackError('is_archived');
      const topic = args.text('topic') ?? '';
      if ([...topic].length > CHANNEL.topicChars) throw new SlackError('too_long');
      channel.topic = topic;
      state.events.emit({ type: 'channel_changed', channel: channel.id });
      return { channel: state.channelJson(channel) };
    },
  },
  'conversations.open': {
    scopes: ['im:write', 'mpim:write'],
    tier: 3,
    run: (call) => {
      const { state, args } = call;
      const users = args.list('users');
      if (args.has('channel')) return { channel: { id: visibleChannel(call).id } };
      const [user] = users;
      if (user === undefined) throw new SlackError('users_list_not_supplied');
      if (users.length > 1) throw new SlackError('method_not_supported_for_channel_type');
      if (!state.users.has(user)) throw new SlackError('user_not_found');
      const known = [...state.channels.values()].some((c) => c.is_im && c.members.has(user));
      const channel = directMessage(call, user);
      return { channel: { id: channel.id }, ...(known && { no_op: true, already_open: true }) };
    },
  },
  'conversations.invite': {
    scopes: [...MANAGE, 'channels:write.invites', 'groups:write.invites'],
    tier: 3,
    run: (call) => {
      const { state, args } = call;
      const channel = joinedChannel(call);
      if (channel.is_archived) throw new SlackError('is_archived');
      const users = args.list('users');
      if (users.length === 0) throw new SlackError('no_user');
      if (users.length > CHANNEL.inviteUsers) throw new SlackError('too_many_users');
      const errors = users.flatMap((id) => {
        const error = inviteRefusal(call, channel, id);
        return error ? [{ ok: false, user: id, error }] : [];
      });
      const [first] = errors;
      if (first && !args.flag('force')) throw new SlackError(first.error, { errors });
      const refused = new Set(errors.map((e) => e.user));
      for (const id of users) {
        if (refused.has(id)) continue;
        channel.members.add(id);
        postMessage(state, channel.id, id, { text: `<@${id}> has joined the channel` });
      }
      state.events.emit({ type: 'channel_changed', channel: channel.id });
      return { channel: state.channelJson(channel), ...(errors.length > 0 && { errors }) };
    },
  },
};

function inviteRefusal({ state }: Call, channel: Channel, id: string): string | undefined {
  const user = state.users.get(id);
  if (!user) return 'user_not_found';
  if (id === state.identity.botUser) return 'cant_invite_self';
  if (user.deleted) return 'cant_invite';
  if (channel.members.has(id)) return 'already_in_channel';
  return undefined;
}
