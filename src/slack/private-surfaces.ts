import type { Post } from '../kernel/command.ts';
import type { PortError } from '../kernel/errors.ts';
import { type Asked, type ResponseUrl, respond, tell } from './asked.ts';
import { withInviteHint, withWhyNotPosted } from './posts.ts';
import type { Surface, SurfacePorts } from './surfaces.ts';

/**
 * Slack is broken: the asker alone gets the final post and why it is not in the channel. Nothing before it and nothing
 * below it: such messages can't be counted on to replace each other, and what is for a thread would stand there alone.
 */
export function brokenSurface(url: ResponseUrl, error: PortError, ports: SurfacePorts): Surface {
  return {
    show: async (post, final) => {
      if (!final) return 'skipped';
      await respond(ports.outgoing, url, { post: withWhyNotPosted(post, error), visibleTo: 'asker' });
      return 'shown';
    },
    thread: async () => {},
    pictures: undefined,
  };
}

/**
 * Through the response_url, 5 uses in all: what comes first the asker sees alone and at once, the final post goes to all.
 * Nothing is replaced: on a button's response_url that would be the message with the button.
 */
export function urlSurface(asked: Asked, url: ResponseUrl, ports: SurfacePorts, hint: boolean): Surface {
  let shown = false;
  return {
    show: async (post, final) => {
      if (!final && shown) return 'skipped';
      const dressed = hint && final ? withInviteHint(post, ports.botName) : post;
      await respond(ports.outgoing, url, { post: dressed, visibleTo: final ? 'channel' : 'asker' });
      shown = true;
      return final ? 'shown' : 'skipped';
    },
    thread: (posts) => tellAll(asked, posts.slice(0, url.usesLeft), ports),
    pictures: undefined,
  };
}

/** To the asker alone: such a message can't be edited, so only the final post is shown. */
export function askerSurface(asked: Asked, ports: SurfacePorts): Surface {
  return {
    show: async (post, final) => {
      if (!final) return 'skipped';
      await tell(ports.outgoing, asked, post);
      return 'shown';
    },
    thread: (posts) => tellAll(asked, posts, ports),
    pictures: undefined,
  };
}

async function tellAll(asked: Asked, posts: Post[], ports: SurfacePorts): Promise<void> {
  for (const post of posts) await tell(ports.outgoing, asked, post);
}

/** Replaces the message whose button was pressed, through the button's response_url. */
export function replacingSurface(asked: Asked, ports: SurfacePorts): Surface {
  const url = asked.responseUrl;
  return {
    show: async (post, final) => {
      if (!url || (!final && url.usesLeft < 3)) return 'skipped';
      await respond(ports.outgoing, url, {
        post,
        visibleTo: asked.source?.ephemeral ? 'asker' : 'channel',
        replace: true,
      });
      return 'shown';
    },
    thread: (posts) => tellAll(asked, posts.slice(0, url?.usesLeft ?? 0), ports),
    pictures: undefined,
  };
}
