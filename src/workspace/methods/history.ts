import { SlackError } from '../errors.ts';
import { compareTs } from '../ids.ts';
import { messageJson } from '../messages.ts';
import type { Call, MethodFamily } from '../method.ts';
import { page } from '../paging.ts';
import type { Channel, Message } from '../world.ts';
import { joinedChannel, visibleChannel } from './access.ts';

/** Reading a conversation takes membership and the history scope of its kind. */
function readable(call: Call): Channel {
  const channel = joinedChannel(call);
  const needed = channel.is_im ? 'im:history' : channel.is_private ? 'groups:history' : 'channels:history';
  if (!call.token.scopes.includes(needed)) {
    throw new SlackError('missing_scope', { needed, provided: call.token.scopes.join(',') });
  }
  return channel;
}

function between({ args }: Call, messages: Message[]): Message[] {
  const oldest = args.text('oldest') || '0';
  const latest = args.text('latest') || '9999999999.999999';
  const inclusive = args.flag('inclusive');
  return messages.filter(({ ts }) => {
    if (inclusive && (compareTs(ts, oldest) === 0 || compareTs(ts, latest) === 0)) return true;
    return compareTs(ts, oldest) > 0 && compareTs(ts, latest) < 0;
  });
}

const HISTORY = ['channels:history', 'groups:history', 'im:history'];

export const historyMethods: MethodFamily = {
  'conversations.history': {
    scopes: HISTORY,
    tier: 3,
    run: (call) => {
      const { state, args } = call;
      const channel = readable(call);
      const top = state.messagesIn(channel.id).filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.reply_broadcast);
      const { items, response_metadata } = page(args, between(call, top).reverse(), 100, 999);
      const metadata = args.flag('include_all_metadata');
      return {
        messages: items.map((m) => messageJson(state, m, { metadata })),
        has_more: response_metadata.next_cursor !== '',
        pin_count: state.messagesIn(channel.id).filter((m) => m.pinned).length,
        response_metadata,
      };
    },
  },
  'conversations.replies': {
    scopes: HISTORY,
    tier: 3,
    run: (call) => {
      const { state, args } = call;
      const channel = readable(call);
      const ts = args.required('ts');
      const asked = state.message(channel.id, ts);
      if (!asked) throw new SlackError('thread_not_found');
      const root = asked.thread_ts ?? asked.ts;
      const thread = state.messagesIn(channel.id).filter((m) => m.ts === root || m.thread_ts === root);
      const parent = thread.filter((m) => m.ts === root);
      const replies = between(
        call,
        thread.filter((m) => m.ts !== root),
      );
      const { items, response_metadata } = page(args, [...parent, ...replies], 1000, 1000);
      const metadata = args.flag('include_all_metadata');
      return {
        messages: items.map((m) => messageJson(state, m, { metadata })),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      };
    },
  },
  'conversations.members': {
    scopes: ['channels:read', 'groups:read', 'im:read'],
    tier: 4,
    run: (call) => {
      const { items, response_metadata } = page(call.args, [...visibleChannel(call).members], 100, 1000);
      return { members: items, response_metadata };
    },
  },
};
