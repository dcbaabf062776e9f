import { Args, isObject } from './args.ts';
import { SlackError } from './errors.ts';
import { MESSAGE } from './limits.ts';
import { changeMessage, deleteMessage, postEphemeral, postMessage } from './messages.ts';
import { messageContent } from './methods/content.ts';
import type { ResponseUrl, WorkspaceState } from './state.ts';
import type { Json, Message } from './world.ts';

interface Answer {
  status: number;
  body: Json;
}

const refused = (status: number, error: string): Answer => ({ status, body: { ok: false, error } });

/** A POST to a response_url: five uses in thirty minutes, and no membership needed. */
export function answerResponseUrl(state: WorkspaceState, id: string, body: string): Answer {
  const target = state.responseUrls.get(id);
  if (!target) return refused(404, 'invalid_url');
  if (state.realNowMs() >= target.expiresMs) return refused(404, 'expired_url');
  if (target.usesLeft === 0) return refused(404, 'used_url');
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isObject(parsed)) return refused(400, 'invalid_payload');
    showResponse(state, target, parsed);
    target.usesLeft -= 1;
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (error instanceof SlackError) return { status: 400, body: { ok: false, error: error.code, ...error.extra } };
    return refused(400, 'invalid_payload');
  }
}

/** Does what an answer to a command or an interaction says: replace, delete, or say something to one or to all. */
export function showResponse(state: WorkspaceState, target: ResponseUrl, response: Json): Message | undefined {
  const original = findOriginal(state, target);
  if (response.delete_original === true || response.delete_original === 'true') {
    if (original) deleteMessage(state, original);
    return undefined;
  }
  const content = messageContent(new Args(response), MESSAGE.textChars, { anyBlockSize: true });
  const replace = response.replace_original === true || response.replace_original === 'true';
  if (replace && original) return changeMessage(state, original, { ...content, blocks: content.blocks ?? [] });
  if (typeof response.thread_ts === 'string') content.thread_ts = response.thread_ts;
  if (response.response_type === 'in_channel')
    return postMessage(state, target.channel, state.identity.botUser, content);
  return postEphemeral(state, target.channel, target.user, content);
}

function findOriginal(state: WorkspaceState, { channel, message }: ResponseUrl): Message | undefined {
  if (!message) return undefined;
  const list = message.ephemeral ? state.ephemerals : state.messages;
  return list.find((candidate) => candidate.channel === channel && candidate.ts === message.ts);
}
