import { SlackError } from '../errors.ts';
import { MESSAGE } from '../limits.ts';
import { changeMessage, deleteMessage, messageJson, postEphemeral, postMessage } from '../messages.ts';
import type { Call, MethodFamily } from '../method.ts';
import type { Message } from '../world.ts';
import { postableChannel, visibleChannel } from './access.ts';
import { messageContent } from './content.ts';

function ownMessage(call: Call, refusal: string): Message {
  const { state, args } = call;
  const channel = visibleChannel(call);
  const message = state.message(channel.id, args.required('ts'));
  if (!message) throw new SlackError('message_not_found');
  if (message.user !== state.identity.botUser) throw new SlackError(refusal);
  if (channel.is_archived) throw new SlackError('is_inactive');
  return message;
}

export const chatMethods: MethodFamily = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      const channel = postableChannel(call);
      const content = messageContent(args, MESSAGE.textChars);
      const parent = args.text('thread_ts');
      if (parent) {
        const found = state.message(channel.id, parent);
        if (!found) throw new SlackError('thread_not_found');
        content.thread_ts = found.thread_ts ?? found.ts;
        if (args.flag('reply_broadcast')) content.reply_broadcast = true;
      }
      const message = postMessage(state, channel.id, state.identity.botUser, content);
      return { channel: channel.id, ts: message.ts, message: messageJson(state, message, { metadata: true }) };
    },
  },
  'chat.update': {
    scopes: ['chat:write'],
    tier: 3,
    run: (call) => {
      const { state, args } = call;
      const message = ownMessage(call, 'cant_update_message');
      const content = messageContent(args, MESSAGE.updateTextChars);
      if (content.blocks === undefined && content.attachments === undefined) content.blocks = [];
      changeMessage(state, message, content);
      const { channel, ts, text } = message;
      return { channel, ts, text, message: messageJson(state, message, { metadata: true }) };
    },
  },
  'chat.delete': {
    scopes: ['chat:write'],
    tier: 3,
    run: (call) => {
      const message = ownMessage(call, 'cant_delete_message');
      deleteMessage(call.state, message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.postEphemeral': {
    scopes: ['chat:write'],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      const channel = postableChannel(call);
      const user = args.required('user');
      if (!channel.members.has(user)) throw new SlackError('user_not_in_channel');
      const content = messageContent(args, MESSAGE.textChars);
      const thread = args.text('thread_ts');
      if (thread) content.thread_ts = thread;
      return { message_ts: postEphemeral(state, channel.id, user, content).ts };
    },
  },
  'chat.getPermalink': {
    scopes: [],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      const channel = visibleChannel(call);
      const ts = args.required('message_ts');
      const message = state.message(channel.id, ts);
      if (!message) throw new SlackError('message_not_found');
      const thread = message.thread_ts ? `?thread_ts=${message.thread_ts}&cid=${channel.id}` : '';
      return { channel: channel.id, permalink: `${state.url}/archives/${channel.id}/p${ts.replace('.', '')}${thread}` };
    },
  },
};
