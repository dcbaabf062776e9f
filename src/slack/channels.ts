import { PortError } from '../kernel/errors.ts';
import { createMemory } from '../kernel/memory.ts';
import type { Call } from './caller.ts';
import { isObject, itemsOf, unclear } from './pages.ts';

/** A channel as it is now. `isMember`: the bot is in it. */
export interface ChannelFacts {
  id: string;
  name: string;
  isMember: boolean;
  isPrivate: boolean;
  isArchived: boolean;
}

export interface Channels {
  /**
   * The channel that `#name` or an id means, for a person's id the direct message with them; undefined when there is none that the bot can see (a private channel that
   * it is not in looks the same). Which name has which id is remembered for minutes; all else is asked anew.
   * @throws PortError when Slack doesn't tell.
   */
  resolve(ref: string): Promise<ChannelFacts | undefined>;
}

const namesRememberedForMs = 10 * 60_000;
const failureRememberedForMs = 5_000;
/** How soon the names may be read again because one is missing: Slack allows 20 calls a minute. */
const rereadAfterMs = 15_000;

export function createChannels({
  call,
  elapsedMs = () => performance.now(),
}: {
  call: Call;
  elapsedMs?: () => number;
}): Channels {
  const lists = createMemory<{ ids: Map<string, string>; readAtMs: number }>({
    forMs: namesRememberedForMs,
    failedForMs: failureRememberedForMs,
    elapsedMs,
  });
  const read = () => lists.recall('all', async () => ({ readAtMs: elapsedMs(), ids: await idsByName(call) }));

  async function byName(name: string, mayReread = true): Promise<ChannelFacts | undefined> {
    const { ids, readAtMs } = await read();
    const id = ids.get(name);
    const channel = id === undefined ? undefined : await byId(call, id);
    if (channel?.name === name) return channel;
    // New, or renamed, since the names were read.
    if (!mayReread || elapsedMs() - readAtMs < rereadAfterMs) return undefined;
    lists.forget();
    return byName(name, false);
  }

  return {
    resolve: async (ref) => {
      if (ref.startsWith('#')) return byName(ref.slice(1));
      return /^[UW][A-Z0-9]{2,}$/.test(ref) ? directMessage(call, ref) : byId(call, ref);
    },
  };
}

/** Asked each time: whether somebody is still there is what one wants to know. */
async function directMessage(call: Call, user: string): Promise<ChannelFacts> {
  const { channel } = await call('conversations.open', { users: user }, { slow: true, idempotent: true });
  if (!isObject(channel) || typeof channel.id !== 'string') throw unclear('conversations.open');
  return { id: channel.id, name: '', isMember: true, isPrivate: true, isArchived: false };
}

async function byId(call: Call, id: string): Promise<ChannelFacts | undefined> {
  try {
    const { channel } = await call('conversations.info', { channel: id }, { slow: true, idempotent: true });
    if (!isObject(channel) || typeof channel.id !== 'string') throw unclear('conversations.info');
    const { id: given, name, is_member, is_private, is_archived } = channel;
    const flags = { isMember: is_member === true, isPrivate: is_private === true, isArchived: is_archived === true };
    return { id: given, name: typeof name === 'string' ? name : '', ...flags };
  } catch (error) {
    if (error instanceof PortError && error.reason === 'channel_not_found') return undefined;
    throw error;
  }
}

async function idsByName(call: Call): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const args = { types: 'public_channel,private_channel' };
  for await (const { id, name } of itemsOf(call, 'conversations.list', 'channels', args)) {
    if (typeof id === 'string' && typeof name === 'string') ids.set(name, id);
  }
  return ids;
}
