import { SlackError } from '../errors.ts';
import { newId } from '../ids.ts';
import { CHANNEL } from '../limits.ts';
import { messageJson } from '../messages.ts';
import type { Call, MethodFamily } from '../method.ts';
import type { Bookmark, Message } from '../world.ts';
import { joinedChannel, visibleChannel } from './access.ts';

/** What people and the bot attach to messages and channels: pins, bookmarks, reactions. */

function markedMessage(call: Call): Message {
  const channel = joinedChannel(call);
  const ts = call.args.text('timestamp');
  if (!ts) throw new SlackError('no_item_specified');
  const message = call.state.message(channel.id, ts);
  if (!message) throw new SlackError('message_not_found');
  return message;
}

function isWebLink(link: string): boolean {
  return URL.canParse(link) && /^(https?|mailto):/.test(link);
}

export const marksMethods: MethodFamily = {
  'pins.add': {
    scopes: ['pins:write'],
    tier: 2,
    run: (call) => {
      const message = markedMessage(call);
      if (message.pinned) throw new SlackError('already_pinned');
      message.pinned = true;
      call.state.events.emit({ type: 'message_changed', message });
      return {};
    },
  },
  'pins.list': {
    scopes: ['pins:read'],
    tier: 2,
    run: (call) => {
      const channel = visibleChannel(call);
      const pinned = call.state.messagesIn(channel.id).filter((m) => m.pinned);
      return {
        items: pinned.map((m) => ({ type: 'message', channel: channel.id, message: messageJson(call.state, m) })),
      };
    },
  },
  'bookmarks.add': {
    scopes: ['bookmarks:write'],
    tier: 2,
    run: (call) => {
      const { state, args } = call;
      const channel = joinedChannel(call, 'channel_id');
      if (args.required('type') !== 'link') throw new SlackError('invalid_bookmark_type');
      const link = args.text('link') ?? '';
      if (!isWebLink(link)) throw new SlackError('invalid_link');
      if (state.bookmarks.filter((b) => b.channel_id === channel.id).length >= CHANNEL.bookmarks) {
        throw new SlackError('too_many_bookmarks');
      }
      const bookmark: Bookmark = {
        id: newId('Bk'),
        channel_id: channel.id,
        title: args.required('title'),
        type: 'link',
        link,
        emoji: args.text('emoji') ?? '',
      };
      state.bookmarks.push(bookmark);
      state.events.emit({ type: 'channel_changed', channel: channel.id });
      return { bookmark };
    },
  },
  'bookmarks.list': {
    scopes: ['bookmarks:read'],
    tier: 3,
    run: (call) => {
      const channel = joinedChannel(call, 'channel_id');
      return { bookmarks: call.state.bookmarks.filter((b) => b.channel_id === channel.id) };
    },
  },
  'reactions.add': {
    scopes: ['reactions:write'],
    tier: 3,
    run: (call) => {
      const message = markedMessage(call);
      const name = call.args.required('name');
      if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new SlackError('invalid_name');
      const { botUser } = call.state.identity;
      const reaction = message.reactions.find((r) => r.name === name);
      if (reaction?.users.includes(botUser)) throw new SlackError('already_reacted');
      if (reaction) reaction.users.push(botUser);
      else message.reactions.push({ name, users: [botUser] });
      call.state.events.emit({ type: 'message_changed', message });
      return {};
    },
  },
  'reactions.get': {
    scopes: ['reactions:read'],
    tier: 3,
    run: (call) => {
      const message = markedMessage(call);
      return { type: 'message', channel: message.channel, message: messageJson(call.state, message) };
    },
  },
};
