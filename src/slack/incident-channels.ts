import { PortError } from '../kernel/errors.ts';
import type { Call } from './caller.ts';
import { type Channels, createChannels } from './channels.ts';
import { isObject, itemsOf, unclear } from './pages.ts';

/** Channels that the bot makes and keeps. Every method throws PortError. */
export interface IncidentChannels {
  create(channel: { name: string; isPrivate: boolean }): Promise<{ id: string; name: string }>;
  /** The one of this name that the bot itself made since then. */
  made(channel: { name: string; since: Date }): Promise<{ id: string; name: string } | undefined>;
  look: Channels['resolve'];
  setTopic(channel: string, topic: string): Promise<void>;
  /** All of them or none. Who is in it already is no error. */
  invite(channel: string, people: readonly string[]): Promise<void>;
  /** Who has this address; undefined: nobody here. */
  personOf(email: string): Promise<string | undefined>;
  pin(channel: string, ts: string): Promise<void>;
  /** Not repeatable: after an unclear answer it may be there. */
  bookmark(channel: string, link: { title: string; url: string }): Promise<void>;
  archive(channel: string): Promise<void>;
  unarchive(channel: string): Promise<void>;
}

/** How long a 429 may hold a call up: then the work waits in the queue, and leaves its slot to others. */
const patienceMs = 1_000;
const repeatable = { patienceMs, idempotent: true } as const;

export function createIncidentChannels({ call, botUserId }: { call: Call; botUserId: string }): IncidentChannels {
  const { resolve } = createChannels({ call });
  return {
    async create({ name, isPrivate }) {
      const { channel } = await call('conversations.create', { name, is_private: isPrivate }, { patienceMs });
      if (!isObject(channel) || typeof channel.id !== 'string') throw unclear('conversations.create');
      return { id: channel.id, name: typeof channel.name === 'string' ? channel.name : name };
    },
    async made({ name, since }) {
      const args = { types: 'public_channel,private_channel' };
      for await (const found of itemsOf(call, 'conversations.list', 'channels', args)) {
        if (found.name !== name || found.creator !== botUserId || typeof found.id !== 'string') continue;
        if (typeof found.created === 'number' && found.created * 1_000 >= since.getTime())
          return { id: found.id, name };
      }
      return undefined;
    },
    look: resolve,
    setTopic: async (channel, topic) => void (await call('conversations.setTopic', { channel, topic }, repeatable)),
    invite: async (channel, people) => {
      const args = { channel, users: people.join(',') };
      await call('conversations.invite', args, repeatable).catch(unless('already_in_channel', people.length === 1));
    },
    async personOf(email) {
      const answer = await call('users.lookupByEmail', { email }, repeatable).catch(unless('users_not_found'));
      const user = answer?.user;
      return isObject(user) && typeof user.id === 'string' ? user.id : undefined;
    },
    pin: async (channel, timestamp) => {
      await call('pins.add', { channel, timestamp }, repeatable).catch(unless('already_pinned'));
    },
    bookmark: async (channel, { title, url }) => {
      await call('bookmarks.add', { channel_id: channel, type: 'link', title, link: url }, { patienceMs });
    },
    archive: async (channel) => {
      await call('conversations.archive', { channel }, repeatable).catch(unless('already_archived'));
    },
    unarchive: async (channel) => {
      await call('conversations.unarchive', { channel }, repeatable).catch(unless('not_archived'));
    },
  };
}

/** It is as it should be already. */
function unless(word: string, applies = true): (error: unknown) => undefined {
  return (error) => {
    if (applies && error instanceof PortError && error.reason === word) return undefined;
    throw error;
  };
}
