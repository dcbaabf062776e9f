import { randomUUID } from 'node:crypto';
import type { Post, Reply } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Given } from '../kernel/form.ts';
import type { Log } from '../kernel/log.ts';
import type { ViewFace } from './asked.ts';
import { answerView, type ModalView } from './dialog-surface.ts';
import { isDeadTokenError } from './failures.ts';
import type { Outgoing } from './outgoing.ts';
import { seenAlonePost } from './posts.ts';
import type { Screen } from './screens.ts';
import type { Surface } from './surfaces.ts';

/** A form on its way to its answer. */
export interface SentForm {
  frame: { title: string; externalId: string };
  user: string;
  given: Given;
  /** The form as it was filled in, below what went wrong. */
  again(failure: Post): ModalView;
}

interface SentPorts {
  outgoing: Pick<Outgoing, 'post' | 'ephemeral'>;
  log: Log;
}

/**
 * Shows the answer to a form in its dialog, and in the channel where it was opened when the reply is for all. Closing the
 * dialog ends nothing: what was sent off is done.
 */
export function sentFace(sent: SentForm, screen: Screen, { outgoing, log }: SentPorts): ViewFace {
  const { frame, given, user } = sent;
  const shown = (post: Post) => answerView({ ...frame, blocks: post.blocks });

  const postFor = async (place: Reply['place'], post: Post, posts: { threadTs?: string } = {}) => {
    const { from } = given;
    if (!from || (place !== 'channel' && place !== 'thread')) return;
    const threadTs = from.threadTs ?? (place === 'thread' ? from.ts : undefined);
    const thread = { ...(threadTs !== undefined && { threadTs }), ...posts };
    return outgoing.post({ channel: from.channel, post, key: randomUUID(), ...thread });
  };

  const surface = (place: Reply['place']): Surface => {
    let posted: { ts: string } | undefined;
    return {
      show: async (post, final) => {
        if (!final) return screen.progress(shown(post));
        await screen.show(shown(post));
        try {
          posted = await postFor(place, post);
        } catch (error) {
          if (!(error instanceof PortError)) throw error;
          if (!isDeadTokenError(error)) log.warn({ err: error }, 'the answer to a form is seen in its dialog alone');
          await screen.show(shown(seenAlonePost(post)));
        }
        return 'shown';
      },
      thread: async (posts) => {
        if (!posted) return;
        for (const post of posts) await postFor('thread', post, { threadTs: given.from?.threadTs ?? posted.ts });
      },
      pictures: undefined,
    };
  };

  return {
    surface,
    closed: new AbortController().signal,
    keepsForm: true,
    tell: async (failure) => {
      if ((await screen.show(sent.again(failure))) === 'shown') return;
      // Who has closed the dialog believes that it was done.
      if (given.from) await outgoing.ephemeral({ channel: given.from.channel, user, post: failure });
      else log.warn({ user, failure: failure.text }, 'a form failed after its dialog was closed');
    },
  };
}
