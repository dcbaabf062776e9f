import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { IncidentPort } from './ports.ts';

/** Slack finds fault with the message itself: another time it will again. */
const hopeless = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long', 'no_text'];

/** Posts a message that has this key, unless it is there already. Throws PortError; most say to try again. */
export async function postOnce(
  message: { channel: string; key: string; post: Post; threadTs?: string; broadcast?: boolean },
  { again, since }: { again: boolean; since: Date },
  slack: IncidentPort,
): Promise<{ channel: string; ts: string }> {
  try {
    // A direct message: Slack finds its channel, and the bot can't look into it.
    if (/^[UW][A-Z0-9]+$/.test(message.channel)) return await slack.post(message);
    const channel = await slack.channelId(message.channel);
    const ts = again ? await lookedUp({ channel, key: message.key, since, ...threadOf(message) }, slack) : undefined;
    return ts === undefined ? await slack.post({ ...message, channel }) : { channel, ts };
  } catch (error) {
    throw triedAgain(error);
  }
}

function threadOf({ threadTs }: { threadTs?: string }) {
  return threadTs === undefined ? {} : { threadTs };
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

/** All else can be mended by time or by a person: the channel, the token, the invitation. */
export function triedAgain(error: unknown): unknown {
  if (!(error instanceof PortError) || error.retryable || hopeless.includes(error.reason)) return error;
  const { reason, message, retryAfterMs } = error;
  return new PortError(reason, message, { retryable: true, retryAfterMs, cause: error });
}
