import { PortError } from '../kernel/errors.ts';

/** What a failed call to Slack means for a message that must get there. */

/** Slack finds fault with the message itself: another time it will again. */
const hopeless = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long', 'no_text'];
/** The channel itself can't be posted to; another one may. */
const homelessWords = ['channel_not_found', 'is_archived', 'is_inactive', 'not_in_channel', 'restricted_action'];
const deletedWords = ['message_not_found', 'cant_update_message', 'edit_window_closed'];
const deadToken = [
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'],
  ...['user_removed_from_team', 'team_disabled', 'app_uninstalled'],
];

export function isHomeless(error: unknown): error is PortError {
  return error instanceof PortError && homelessWords.includes(error.reason);
}

export function isDeleted(error: unknown): boolean {
  return error instanceof PortError && deletedWords.includes(error.reason);
}

/** Anything but a clear answer: also an error of ours, which may have come behind the effect. */
export function mayBeThere(error: unknown): boolean {
  return !(error instanceof PortError) || ['unconfirmed', 'stopped'].includes(error.reason);
}

/** Whether Slack refuses it for good, as far as this token and this workspace go. */
export function isRefused(error: unknown): error is PortError {
  if (!(error instanceof PortError) || error.retryable) return false;
  return (
    !['unconfirmed', 'stopped', 'invalid_answer', ...deadToken].includes(error.reason) && !/^http_/.test(error.reason)
  );
}

/** All else can be mended by time or by a person: the channel, the token, the invitation. */
export function triedAgain(error: unknown): unknown {
  if (!(error instanceof PortError) || error.retryable || hopeless.includes(error.reason)) return error;
  const { reason, message, retryAfterMs } = error;
  return new PortError(reason, message, { retryable: true, retryAfterMs, cause: error });
}

/** Something that was begun is not there yet, and may still be on its way: Slack has 10 s, clocks and networks some more. */
const onItsWayMs = 15_000;

/** Throws as long as what was begun so long ago may still arrive. */
export function mayArriveNoMore(begunAgoMs: number): void {
  if (begunAgoMs >= onItsWayMs) return;
  const retryAfterMs = Math.ceil(onItsWayMs - Math.max(0, begunAgoMs));
  const message = 'what was begun is not there yet, and may still be on its way';
  throw new PortError('unconfirmed', message, { retryable: true, retryAfterMs });
}
