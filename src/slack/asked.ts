import type { Actor, Post, Reply } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Outgoing } from './outgoing.ts';
import type { Surface } from './surfaces.ts';

/** Where a question came from: what is needed to answer it. */
export interface Asked {
  by: 'command' | 'mention' | 'button' | 'shortcut' | 'form';
  user: string;
  /** The same for every delivery of it. */
  key?: string;
  channel: string | undefined;
  /** The thread it was asked in. */
  threadTs: string | undefined;
  responseUrl: ResponseUrl | undefined;
  /** The message whose button was pressed. */
  source: { ts: string; ephemeral: boolean } | undefined;
  /** It was asked in a dialog, on App Home or from Slack's menu, where there is no channel: all is shown by this. */
  view?: ViewFace;
}

/** Shows answers where there are no messages. */
export interface ViewFace {
  surface(place: Reply['place']): Surface;
  /** Shows a failure. */
  tell(post: Post): Promise<void>;
  /** Aborted when the person has closed what would show the answer. */
  closed: AbortSignal;
  /** A failure is told above what the person filled in, and takes the place of an unfinished answer. */
  keepsForm?: true;
}

export function actorOf(userId: string, name?: string): Actor {
  return { id: `slack:${userId}`, name: name ?? userId, mention: `<@${userId}>` };
}

/** A `response_url` with what is left of Slack's 5 uses. */
export interface ResponseUrl {
  url: string;
  usesLeft: number;
}

export function responseUrl(url: string | undefined): ResponseUrl | undefined {
  return url === undefined ? undefined : { url, usesLeft: 5 };
}

/** Uses the `response_url` once. @throws PortError('used_url') when its 5 uses are spent. */
export async function respond(
  outgoing: Outgoing,
  to: ResponseUrl,
  message: { post: Post; visibleTo: 'asker' | 'channel'; replace?: boolean },
): Promise<void> {
  if (to.usesLeft === 0) throw new PortError('used_url', 'the response_url was used 5 times', { retryable: false });
  to.usesLeft -= 1;
  await outgoing.respond(to.url, message);
}

/** Tells the asker alone. @throws PortError when Slack takes it neither way. */
export async function tell(outgoing: Outgoing, asked: Asked, post: Post): Promise<void> {
  if (asked.view) return asked.view.tell(post);
  if (asked.responseUrl?.usesLeft) return respond(outgoing, asked.responseUrl, { post, visibleTo: 'asker' });
  if (!asked.channel) throw new PortError('no_way', 'there is no way to reach the asker', { retryable: false });
  const thread = asked.threadTs === undefined ? {} : { threadTs: asked.threadTs };
  await outgoing.ephemeral({ channel: asked.channel, user: asked.user, post, ...thread });
}
