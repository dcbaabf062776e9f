import { setTimeout as wait } from 'node:timers/promises';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Answer, Call } from './caller.ts';
import { fitPost } from './limits.ts';
import { redactedView } from './redacted.ts';
import { respondTo } from './respond.ts';
import { createRefusals, type Upload, uploadPictures } from './upload.ts';

/** All that the bot sends to Slack. Every post is redacted and cut to Slack's limits here. Every method throws PortError. */
export interface Outgoing {
  /** Posts a message, once: after an unclear answer it is looked up by `key` before it is posted again. */
  post(message: Message): Promise<Posted>;
  /**
   * The timestamp of the message posted with `key`, when it is there: among the newest 200 of the channel, and with `since`
   * among all that came after that moment (2,000 at most).
   */
  find(message: Sought): Promise<string | undefined>;
  /** Replaces a message's content. `patienceMs`: how long a 429 may hold it up (0 = not at all). */
  update(message: { channel: string; ts: string; post: Post; patienceMs?: number }): Promise<void>;
  /** Only `user` sees it. */
  ephemeral(message: { channel: string; user: string; post: Post; threadTs?: string }): Promise<void>;
  /** Answers through a `response_url`: 5 uses in 30 minutes, no channel membership needed. */
  respond(url: string, message: { post: Post; visibleTo: 'asker' | 'channel'; replace?: boolean }): Promise<void>;
  /** Shows pictures and texts in a channel or a thread, once. */
  upload(pictures: Upload): Promise<void>;
  /** What Slack would say of a picture in this channel, by what it said lately. */
  uploadRefusal(channel: string): PortError | undefined;
  /** Opens a dialog, or with `push` one on top of the open one; `triggerId` lives 3 s, works once. Returns the view's id. */
  openView(triggerId: string, view: Answer, how?: { push: true }): Promise<string>;
  /** A view is named by its id, or by the `external_id` it was opened with. */
  updateView(view: string | { externalId: string }, content: Answer, how?: { patienceMs?: number }): Promise<void>;
  /** Replaces somebody's App Home. */
  publishHome(user: string, view: Answer, how?: { patienceMs?: number }): Promise<void>;
}

export interface Message {
  /** An id, or `#name` of a public channel. */
  channel: string;
  post: Post;
  /** Names the message for good: it is looked up by it. */
  key: string;
  threadTs?: string;
  /** Shows a message of a thread in the channel too, so that it is noticed. */
  broadcast?: boolean;
  /** How long a 429 may hold up each call (default 30 s). */
  patienceMs?: number;
  /** Called before it is sent a second time, after an unclear answer; what it throws stops that. */
  onAgain?: () => Promise<void>;
}

interface Sought {
  channel: string;
  key: string;
  threadTs?: string;
  since?: Date;
  patienceMs?: number;
}

/** Where a message stands; `channel` is always an id. */
export interface Posted {
  channel: string;
  ts: string;
}

/** The metadata that a posted answer carries, so that it can be found again. */
const replyEvent = 'rounds_reply';

/** The bytes of a file take their time. */
const fileMs = 60_000;
/** A message whose answer got lost may still be on its way into the channel. */
const secondLookMs = 500;

export function createOutgoing(options: {
  call: Call;
  signal: AbortSignal;
  timeoutMs: number;
  /** What the token lacks. */
  missingScopes?: readonly string[];
}): Outgoing {
  const { call, signal } = options;
  const refusals = createRefusals({ missingScopes: options.missingScopes ?? [] });

  const find: Outgoing['find'] = async ({ channel, key, threadTs, since, ...patience }) => {
    const method = threadTs === undefined ? 'conversations.history' : 'conversations.replies';
    const how = { slow: true, idempotent: true, lane: `${method} ${channel}`, ...patienceOf(patience) } as const;
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const where = { channel, limit: 200, include_all_metadata: true, ...(cursor && { cursor }) };
      const args = threadTs === undefined ? where : { ...where, ts: threadTs };
      const answer = await call(method, args, how);
      const ts = tsOf(answer.messages, key);
      cursor = cursorOf(answer);
      // History starts with the newest: what was posted seconds ago is on the first page. A thread ends with it.
      if (ts !== undefined || cursor === '' || (threadTs === undefined && !isSince(since, answer.messages))) return ts;
    }
    return undefined;
  };

  const post: Outgoing['post'] = async (message) => {
    const { channel, key, threadTs } = message;
    const args = {
      channel,
      ...fitPost(message.post, 'post'),
      ...(threadTs !== undefined && { thread_ts: threadTs, ...(message.broadcast && { reply_broadcast: true }) }),
      metadata: { event_type: replyEvent, event_payload: { key } },
      unfurl_links: false,
      unfurl_media: false,
    };
    const send = async (): Promise<Posted> => {
      const how = { lane: `chat.postMessage ${channel}`, ...patienceOf(message) };
      const answer = await call('chat.postMessage', args, how);
      return { channel: stringOf(answer, 'channel'), ts: stringOf(answer, 'ts') };
    };
    for (let first: PortError | undefined; ; ) {
      try {
        if (first) await message.onAgain?.();
        return await send();
      } catch (error) {
        const unclear = isUnconfirmed(error) ? error : first && stillUnclear(first, error, 'sending it again');
        if (!unclear) throw error;
        const ts = await lookUpTwice(message, unclear);
        if (ts !== undefined) return { channel, ts };
        if (first) throw unclear;
        first = unclear;
      }
    }
  };

  async function lookUpTwice({ channel, key, threadTs, patienceMs }: Message, failure: PortError) {
    const message = { channel, key, ...(threadTs !== undefined && { threadTs }), ...patienceOf({ patienceMs }) };
    const ts = await lookUp(message, failure);
    if (ts !== undefined) return ts;
    await wait(secondLookMs, undefined, { signal });
    return lookUp(message, failure);
  }

  /** When it can't be looked up either, the first failure stands: rather no second message than two. */
  async function lookUp(message: Sought, failure: PortError) {
    try {
      return await find(message);
    } catch (error) {
      throw stillUnclear(failure, error, 'looking it up');
    }
  }

  return {
    find,
    post,
    update: async ({ channel, ts, post: content, patienceMs }) => {
      const how = { idempotent: true, lane: `chat.update ${channel}`, ...patienceOf({ patienceMs }) } as const;
      await call('chat.update', { channel, ts, ...fitPost(content, 'update') }, how);
    },
    ephemeral: async ({ channel, user, post: content, threadTs }) => {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      await call('chat.postEphemeral', { channel, user, ...fitPost(content, 'post'), ...thread });
    },
    respond: async (url, { post: content, visibleTo, replace }) => {
      const body = {
        ...fitPost(content, 'post'),
        response_type: visibleTo === 'asker' ? 'ephemeral' : 'in_channel',
        replace_original: replace ?? false,
        unfurl_links: false,
        unfurl_media: false,
      };
      await respondTo(url, body, AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]));
    },
    upload: async (pictures) => {
      try {
        await uploadPictures(pictures, { call, signal, timeoutMs: fileMs });
        refusals.ended(pictures.channel);
      } catch (error) {
        refusals.ended(pictures.channel, error);
        throw error;
      }
    },
    uploadRefusal: refusals.expected,
    openView: async (triggerId, view, how) => {
      // A trigger lives 3 s: waiting for a rate limit longer than that is waiting for nothing.
      const answer = await call(
        how?.push ? 'views.push' : 'views.open',
        { trigger_id: triggerId, view: redactedView(view) },
        { patienceMs: 1_000 },
      );
      return stringOf(isObject(answer.view) ? answer.view : {}, 'id');
    },
    updateView: async (view, content, how = {}) => {
      const named = typeof view === 'string' ? { view_id: view } : { external_id: view.externalId };
      await call('views.update', { ...named, view: redactedView(content) }, { idempotent: true, ...patienceOf(how) });
    },
    publishHome: async (user, view, how = {}) => {
      // Without `hash`: each publish shows all that is known then, so whichever comes last is right.
      const args = { user_id: user, view: redactedView(view) };
      await call('views.publish', args, { idempotent: true, ...patienceOf(how) });
    },
  };
}

function isUnconfirmed(error: unknown): error is PortError {
  return error instanceof PortError && error.reason === 'unconfirmed';
}

/** Nobody knows more about the first send by what came after it. */
function stillUnclear(first: PortError, then: unknown, what: string): PortError {
  const retryAfterMs = then instanceof PortError ? then.retryAfterMs : undefined;
  const message = `${first.message}; ${what} failed too: ${messageOf(then)}`;
  return new PortError(first.reason, message, { retryable: false, retryAfterMs, cause: then });
}

function patienceOf({ patienceMs }: { patienceMs?: number | undefined }): { patienceMs?: number } {
  return patienceMs === undefined ? {} : { patienceMs };
}

function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}

function stringOf(answer: Answer, name: string): string {
  const value = answer[name];
  if (typeof value !== 'string')
    throw new PortError('invalid_answer', `Slack's answer has no ${name}`, { retryable: false });
  return value;
}

function tsOf(messages: unknown, key: string): string | undefined {
  const found = (Array.isArray(messages) ? messages : []).filter(isObject).find(({ metadata }) => {
    if (!isObject(metadata) || metadata.event_type !== replyEvent || !isObject(metadata.event_payload)) return false;
    return metadata.event_payload.key === key;
  });
  return typeof found?.ts === 'string' ? found.ts : undefined;
}

/** Whether all of a page came after a moment, so that older ones may have too. */
function isSince(since: Date | undefined, messages: unknown): boolean {
  const oldest = Array.isArray(messages) ? messages.filter(isObject).at(-1)?.ts : undefined;
  return since !== undefined && typeof oldest === 'string' && Number(oldest) * 1_000 > since.getTime();
}

function cursorOf(answer: Answer): string {
  const { response_metadata: metadata } = answer;
  return isObject(metadata) && typeof metadata.next_cursor === 'string' ? metadata.next_cursor : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
