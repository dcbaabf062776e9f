import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import { triedAgain } from '../posting/failures.ts';
import type { IncidentPort } from './ports.ts';

/**
 * Posts a message of what the database knows nothing of; `again`: whoever tried before may have posted it, so that it is looked
 * up. Throws PortError; most say to try again.
 */
export async function postUnlessThere(
  message: { channel: string; key: string; post: Post },
  { again, since }: { again: boolean; since: Date },
  slack: IncidentPort,
): Promise<{ channel: string; ts: string }> {
  try {
    const channel = await slack.channelId(message.channel);
    const ts = again ? await lookedUp({ channel, key: message.key, since }, slack) : undefined;
    return ts === undefined ? await slack.post({ ...message, channel }) : { channel, ts };
  } catch (error) {
    throw triedAgain(error);
  }
}

/** Where the bot may post but not look, it posts again: twice is better than never. */
async function lookedUp(sought: Parameters<IncidentPort['find']>[0], slack: IncidentPort) {
  try {
    return await slack.find(sought);
  } catch (error) {
    if (error instanceof PortError && ['not_in_channel', 'missing_scope'].includes(error.reason)) return undefined;
    throw error;
  }
}
