import type { App } from '@slack/bolt';
import { type Access, type Permissions, permissionsOf } from '../kernel/access.ts';
import type { Actor, Post } from '../kernel/command.ts';
import { actorOf } from './asked.ts';
import type { Once } from './once.ts';
import type { Outgoing } from './outgoing.ts';

/** What happens in channels that is no question to the bot, and who wants to hear of it. */
export interface Hearing {
  /** Whether a reaction of this name (`pushpin`) is of interest: most are not, and cost nothing. */
  wants(reaction: string): boolean;
  /** Resolves to what whoever reacted is told, if anything. */
  reacted(reaction: Reacted, permissions: Permissions): Promise<Post | undefined>;
  /** Somebody else than the bot is in a channel now; `by`: who let them in. */
  joined(join: { who: Actor; by: Actor | 'bot'; channel: string }): Promise<void>;
  /** Somebody who may run a command has typed it. Nothing waits for it, and it never throws. */
  ran(typed: Typed): void;
}

export interface Reacted {
  actor: Actor;
  name: string;
  channel: string;
  ts: string;
}

export interface Typed {
  actor: Actor;
  name: string;
  words: string;
  channel: string | undefined;
  threadTs: string | undefined;
}

/** Events of channels that the bot is in. */
export function routeHearing(
  app: App,
  {
    hearing,
    access,
    outgoing,
    botUserId,
  }: { hearing?: Hearing; access: Access; outgoing: Outgoing; botUserId: string },
  once: Once,
): void {
  app.event('reaction_added', async ({ event, body }) => {
    const { item, user, reaction: name } = event;
    if (!hearing?.wants(name) || item.type !== 'message' || user === botUserId) return;
    const actor = actorOf(user);
    once(`event ${body.event_id}`, 'a reaction', undefined, async () => {
      const reacted = { actor, name, channel: item.channel, ts: item.ts };
      const post = await hearing.reacted(reacted, permissionsOf(access, actor));
      if (post) await outgoing.ephemeral({ channel: item.channel, user, post });
    });
  });

  app.event('member_joined_channel', async ({ event, body }) => {
    const { user, channel, inviter } = event;
    if (!hearing || user === botUserId) return;
    const by = inviter === botUserId ? 'bot' : actorOf(inviter ?? user);
    once(`event ${body.event_id}`, 'a new member', undefined, () =>
      hearing.joined({ who: actorOf(user), by, channel }),
    );
  });
}
