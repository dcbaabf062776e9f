import { append } from './bounded.ts';
import { withIds } from './element-state.ts';
import { KEPT } from './limits.ts';
import type { WorkspaceState } from './state.ts';
import type { Json, Message } from './world.ts';

export type MessageContent = Partial<
  Pick<
    Message,
    | 'text'
    | 'blocks'
    | 'attachments'
    | 'metadata'
    | 'files'
    | 'thread_ts'
    | 'reply_broadcast'
    | 'unfurl_links'
    | 'unfurl_media'
  >
>;

function build(state: WorkspaceState, channel: string, user: string, content: MessageContent): Message {
  const { botUser, botId } = state.identity;
  return {
    attachments: [],
    files: [],
    reactions: [],
    pinned: false,
    ...content,
    text: content.text ?? '',
    blocks: withIds(content.blocks ?? []),
    ts: state.timestamps.next(),
    channel,
    user,
    ...(user === botUser && { bot_id: botId }),
  };
}

/** Puts a message into a channel or a thread. */
export function postMessage(state: WorkspaceState, channel: string, user: string, content: MessageContent): Message {
  const message = build(state, channel, user, content);
  state.messages.push(message);
  state.events.emit({ type: 'message_posted', message });
  return message;
}

/** Shows a message to one user only. It is in no history and no Web API method can change it. */
export function postEphemeral(
  state: WorkspaceState,
  channel: string,
  to: string,
  content: MessageContent,
  from = state.identity.botUser,
): Message {
  const message = { ...build(state, channel, from, content), ephemeral_to: to };
  append(state.ephemerals, message, KEPT.ephemerals);
  state.events.emit({ type: 'ephemeral_posted', message });
  return message;
}

/** Replaces what is given; what is not given stays, except that new text without blocks removes the blocks. */
export function changeMessage(state: WorkspaceState, message: Message, content: MessageContent): Message {
  if (content.text !== undefined) message.text = content.text;
  if (content.blocks !== undefined) message.blocks = withIds(content.blocks);
  if (content.attachments !== undefined) message.attachments = content.attachments;
  if (content.metadata !== undefined) message.metadata = content.metadata;
  message.edited = { user: message.user, ts: state.timestamps.next() };
  state.events.emit({ type: message.ephemeral_to ? 'ephemeral_changed' : 'message_changed', message });
  return message;
}

export function deleteMessage(state: WorkspaceState, message: Message): void {
  const list = message.ephemeral_to ? state.ephemerals : state.messages;
  const index = list.indexOf(message);
  if (index >= 0) list.splice(index, 1);
  state.events.emit({ type: message.ephemeral_to ? 'ephemeral_deleted' : 'message_deleted', message });
}

/** How history, replies and interaction payloads show a message. */
export function messageJson(state: WorkspaceState, message: Message, { metadata = false } = {}): Json {
  const {
    channel: _channel,
    metadata: kept,
    pinned: _pinned,
    reactions,
    files,
    attachments,
    ephemeral_to,
    ...rest
  } = message;
  const replies = state.messages.filter(
    (m) => m.channel === message.channel && m.thread_ts === message.ts && m.ts !== message.ts,
  );
  const isParent = replies.length > 0;
  return {
    type: 'message',
    ...rest,
    team: state.identity.teamId,
    ...(message.bot_id && { app_id: state.identity.appId }),
    ...(reactions.length > 0 && { reactions: reactions.map((r) => ({ ...r, count: r.users.length })) }),
    ...(files.length > 0 && { files }),
    ...(attachments.length > 0 && { attachments }),
    ...(ephemeral_to && { is_ephemeral: true }),
    ...(isParent && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users: [...new Set(replies.map((r) => r.user))],
      latest_reply: replies.at(-1)?.ts,
    }),
    ...(metadata && kept && { metadata: kept }),
  };
}
