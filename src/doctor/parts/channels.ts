import type { Ops } from '../../config/model.ts';
import { failure } from '../examine.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

export interface Channels {
  /** Whether Slack answers this bot at all; throws what says why not. */
  identity(): Promise<unknown>;
  /** `#name` or an id; undefined when there is none that the bot can see. Throws what says why it can't be known. */
  channel(ref: string): Promise<{ name: string; isMember: boolean; isArchived: boolean } | undefined>;
}

/** Whether the channels that the config names are there, and the bot is in them. */
export function channelsPart(ops: Pick<Ops, 'slack' | 'groups'>, channels: Channels): Part {
  return {
    name: 'channels',
    look: async () => {
      await channels.identity();
      const found = await Promise.all([...usesOf(ops)].map(([ref, uses]) => look(ref, uses, channels)));
      if (ops.slack.alerts !== undefined) return found;
      const fix = 'add alerts: "#CHANNEL" under slack in ops.yml';
      return [warn('no channel for alerts: what goes wrong is told only to those who ask', fix), ...found];
    },
  };
}

/** Each channel once, with what it is for. */
function usesOf({ slack, groups }: Pick<Ops, 'slack' | 'groups'>): Map<string, string[]> {
  const named = [
    ...Object.entries(slack).map(([key, ref]) => ({ ref, use: `slack.${key}` })),
    ...[...groups.values()].map(({ id, channel }) => ({ ref: channel, use: `groups.${id}.channel` })),
  ];
  const uses = new Map<string, string[]>();
  for (const { ref, use } of named) if (ref !== undefined) uses.set(ref, [...(uses.get(ref) ?? []), use]);
  return uses;
}

async function look(ref: string, uses: string[], channels: Channels): Promise<Found> {
  const where = uses.join(', ');
  try {
    const channel = await channels.channel(ref);
    if (channel === undefined) {
      const fix = `create it, or type /invite @rounds in it if it is private; or correct ${where} in ops.yml`;
      return problem(`${ref} (${where}) is not there, or is private without the bot in it`, fix);
    }
    const name = `#${channel.name}`;
    if (channel.isArchived) {
      return problem(`${name} (${where}) is archived`, `unarchive it, or correct ${where} in ops.yml`);
    }
    if (!channel.isMember) {
      const why = 'it can post there, but not look a message up before it posts it again';
      return problem(`the bot is not in ${name} (${where}): ${why}`, `type /invite @rounds in ${name}`);
    }
    return ok(`the bot is in ${name} (${where})`);
  } catch (error) {
    const { message, ...rest } = failure(error);
    return { ...rest, message: `${ref} (${where}): ${message}` };
  }
}
