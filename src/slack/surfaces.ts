import type { Picture, Post, Reply, TextFile } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { type Asked, tell } from './asked.ts';
import { mayWorkLater } from './failures.ts';
import type { Outgoing } from './outgoing.ts';
import { askerSurface, brokenSurface, replacingSurface, urlSurface } from './private-surfaces.ts';
import type { Running } from './running.ts';

/** Where an answer is shown, and what shows it. */
export interface Surface {
  /**
   * Shows a post in place of the one before. `skipped`: nothing was shown, the final post must still come.
   * `gone`: the message is no longer there to be edited, nobody waits for the rest.
   */
  show(post: Post, final: boolean): Promise<'shown' | 'skipped' | 'gone'>;
  /** Posts below the final answer. */
  thread(posts: Post[]): Promise<void>;
  /** Shows pictures below the final answer; undefined where there can be none. */
  readonly pictures: PicturePlace | undefined;
  /** It shows what an answer has changed, not the answer: a failure can't stand in its place, it is told. */
  readonly showsNoAnswer?: true;
}

export interface PicturePlace {
  show(pictures: (Picture | TextFile)[]): Promise<void>;
  /** Why Slack would take none, when that is known before one is drawn. */
  readonly refusal: PortError | undefined;
}

export interface SurfacePorts {
  outgoing: Outgoing;
  running: Running;
  log: Log;
  botName: string;
  /** Names this answer in the message's metadata and in the database. */
  key: string;
  /** What was asked, to offer it again after a crash. */
  command: { name: string; words: string };
}

export function surfaceFor(place: Reply['place'], asked: Asked, ports: SurfacePorts): Surface {
  const { channel, source } = asked;
  if (asked.view) return asked.view.surface(place);
  if (place === 'asker' || channel === undefined) return askerSurface(asked, ports);
  if (!source || place === 'channel')
    return messageSurface({ channel, threadTs: asked.threadTs, ts: undefined }, asked, ports);
  if (source.ephemeral) return place === 'source' ? replacingSurface(asked, ports) : askerSurface(asked, ports);
  if (place === 'source') return messageSurface({ channel, threadTs: asked.threadTs, ts: source.ts }, asked, ports);
  return messageSurface({ channel, threadTs: asked.threadTs ?? source.ts, ts: undefined }, asked, ports);
}

/** Slack's words for "the bot may not post there": the answer goes through the response_url instead. */
const cannotPost = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'cannot_reply_to_message',
  'thread_not_found',
  'missing_scope',
]);
/** The bot is not in the (private) channel: there it can edit through the response_url of a pressed button alone. */
const notMember = new Set(['channel_not_found', 'not_in_channel']);
/** Slack's words for "that message is not there any more". */
const goneWords = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_archived',
  'is_inactive',
  'thread_not_found',
]);

interface Place {
  channel: string;
  threadTs: string | undefined;
  /** Of a message that is there already. */
  ts: string | undefined;
}

function messageSurface(place: Place, asked: Asked, ports: SurfacePorts): Surface {
  const { outgoing, running, log, key } = ports;
  const thread = place.threadTs === undefined ? {} : { threadTs: place.threadTs };
  let ts = place.ts;
  let instead: Surface | undefined;

  const first = async (post: Post, final: boolean) => {
    const posting = outgoing.post({ channel: place.channel, post, key, ...thread });
    if (final) {
      ts = (await posting).ts;
      return;
    }
    const [posted] = await Promise.allSettled([posting, running.begin({ ...place, ...ports.command, key })]);
    if (posted.status === 'rejected') throw posted.reason;
    ts = posted.value.ts;
    await running.placed(key, ts);
  };
  const fallBack = async (error: unknown, post: Post, final: boolean) => {
    await running.end(key);
    if (!(error instanceof PortError) || !asked.responseUrl?.usesLeft) throw error;
    const refused = cannotPost.has(error.reason);
    if (!refused && !['unconfirmed', 'unreachable', 'rate_limited'].includes(error.reason)) throw error;
    log.warn({ err: error, channel: place.channel }, 'an answer goes through the response_url');
    const hint = error.reason === 'not_in_channel' || error.reason === 'channel_not_found';
    instead = refused
      ? urlSurface(asked, asked.responseUrl, ports, hint)
      : brokenSurface(asked.responseUrl, error, ports);
    return instead.show(post, final);
  };
  const update = async (post: Post, final: boolean): Promise<'shown' | 'skipped' | 'gone'> => {
    if (!final) await running.begin({ ...place, ts, ...ports.command, key });
    try {
      await outgoing.update({ channel: place.channel, ts: ts!, post, ...(final ? {} : { patienceMs: 0 }) });
      return 'shown';
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      if (notMember.has(error.reason) && asked.source?.ts === ts && asked.responseUrl?.usesLeft) {
        await running.end(key);
        instead = replacingSurface(asked, ports);
        return instead.show(post, final);
      }
      if (goneWords.has(error.reason)) return 'gone';
      log.warn({ err: error, channel: place.channel, ts }, 'an answer was not refreshed');
      if (!final) return 'skipped';
      const later = mayWorkLater(error);
      if (later) await running.leave(key, post);
      await tell(outgoing, asked, post).catch((untold: unknown) => {
        if (!later) throw untold;
        log.warn({ err: untold }, 'the asker could not be told; the answer is shown later');
      });
      return 'shown';
    }
  };

  return {
    show: async (post, final) => {
      if (instead) return instead.show(post, final);
      let shown: 'shown' | 'skipped' | 'gone' = 'shown';
      if (ts !== undefined) shown = await update(post, final);
      else {
        try {
          await first(post, final);
        } catch (error) {
          return fallBack(error, post, final);
        }
      }
      if (final || shown === 'gone') await running.end(key);
      return shown;
    },
    thread: async (posts) => {
      if (instead || ts === undefined) return instead?.thread(posts);
      for (const [index, post] of posts.entries()) {
        await outgoing.post({ channel: place.channel, post, key: `${key}/${index}`, threadTs: place.threadTs ?? ts });
      }
    },
    get pictures() {
      const threadTs = place.threadTs ?? ts;
      if (instead || threadTs === undefined) return instead?.pictures;
      return {
        show: (pictures: (Picture | TextFile)[]) => outgoing.upload({ channel: place.channel, threadTs, pictures }),
        refusal: outgoing.uploadRefusal(place.channel),
      };
    },
  };
}
