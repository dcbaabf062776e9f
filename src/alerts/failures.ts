import { PortError } from '../kernel/errors.ts';

/** What a failed call to Slack means for an alert. */

/** Slack's own word, or what broke; undefined = an error of ours. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof PortError ? error.reason : undefined;
}

/** Anything but a clear answer: also an error of ours, which may have come behind the post. */
export function mayBeThere(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === undefined || reason === 'unconfirmed' || reason === 'stopped';
}

const deletedWords = ['message_not_found', 'thread_not_found', 'cannot_reply_to_message'];

/** Somebody deleted the message. */
export function isDeleted(error: unknown): boolean {
  return deletedWords.includes(reasonOf(error) ?? '');
}

/** Slack doesn't let this message be edited. */
export function isUneditable(error: unknown): boolean {
  return ['edit_window_closed', 'cant_update_message', 'is_inactive'].includes(reasonOf(error) ?? '');
}

/** Slack finds fault with the message itself: another time it will again. */
const hopeless = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long', 'no_text'];

/** All else can be mended by time or by a person (the channel, the token, the invitation), so it is tried for a day. */
export function triedAgain(error: unknown): unknown {
  if (!(error instanceof PortError) || error.retryable || hopeless.includes(error.reason)) return error;
  const { reason, message, retryAfterMs } = error;
  return new PortError(reason, message, { retryable: true, retryAfterMs, cause: error });
}
