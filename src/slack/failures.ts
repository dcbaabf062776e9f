import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { PortError } from '../kernel/errors.ts';

/** What a failed call to Slack means for what happens next. */
export type Failure =
  /** Slack refused: nothing happened. `error` is Slack's own word (`not_in_channel`). */
  | { kind: 'refused'; error: string; needed: string | undefined }
  | { kind: 'rate_limited' /** At least 1 s. */; afterMs: number }
  /** The request never left. */
  | { kind: 'not_sent'; why: string }
  /** It may or may not have happened: a timeout, a broken connection, a 5xx. */
  | { kind: 'ambiguous'; why: string };

/** Slack's own words for "something broke on our side, the effect may be there". */
const brokenWords = ['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout'];
const notSentCodes = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) {
    // A server that asks for no pause at all gets one nevertheless.
    return { kind: 'rate_limited', afterMs: Math.max(1_000, error.retryAfter * 1_000) };
  }
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data);
  if (error instanceof WebAPIHTTPError) {
    if (error.statusCode >= 500) return { kind: 'ambiguous', why: `http_${error.statusCode}` };
    return { kind: 'refused', error: `http_${error.statusCode}`, needed: undefined };
  }
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const code = codeOf(cause);
  if (code && notSentCodes.includes(code)) return { kind: 'not_sent', why: code };
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  return { kind: 'ambiguous', why: timedOut ? 'timeout' : (code ?? 'connection_lost') };
}

/** A body that is no JSON arrives with its text as `error`: a proxy answered, and nobody knows what Slack did. */
function platformFailure(data: { error?: unknown; needed?: unknown }): Failure {
  const error = typeof data.error === 'string' ? data.error : 'invalid_answer';
  if (!/^[a-z0-9_:-]{1,80}$/i.test(error)) return { kind: 'ambiguous', why: 'invalid_answer' };
  if (brokenWords.includes(error)) return { kind: 'ambiguous', why: error };
  return { kind: 'refused', error, needed: typeof data.needed === 'string' ? data.needed : undefined };
}

/** The system's code of a network error, however deep `fetch` wrapped it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}

/** The port's error for a failure: `reason` is Slack's word or what broke; retryable when another time may work. */
export function portError(method: string, failure: Failure, cause: unknown): PortError {
  switch (failure.kind) {
    case 'refused':
      return new PortError(failure.error, refusedMessage(method, failure), { retryable: false, cause });
    case 'rate_limited':
      return new PortError('rate_limited', `Slack asks ${method} to wait ${failure.afterMs} ms`, {
        retryable: true,
        retryAfterMs: failure.afterMs,
        cause,
      });
    case 'not_sent':
      return new PortError('unreachable', `Slack can't be reached for ${method}: ${failure.why}`, {
        retryable: true,
        cause,
      });
    case 'ambiguous':
      return new PortError('unconfirmed', `Slack didn't confirm ${method}: ${failure.why}`, {
        retryable: false,
        cause,
      });
  }
}

function refusedMessage(method: string, failure: { error: string; needed: string | undefined }): string {
  return `Slack refuses ${method}: ${failure.error}${failure.needed ? ` (needs ${failure.needed})` : ''}`;
}

/** Words that mean the token itself is no longer good. */
const deadTokenWords = [
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'user_removed_from_team',
  'team_disabled',
  'app_uninstalled',
];

export function isDeadToken(word: string): boolean {
  return deadTokenWords.includes(word);
}

/** Whether the same call may do what it should another time. */
export function mayWorkLater(error: PortError): boolean {
  return error.retryable || ['unconfirmed', 'stopped'].includes(error.reason) || isDeadToken(error.reason);
}

/** Slack refuses the token itself: whoever watches the token has said so. */
export function isDeadTokenError(error: unknown): error is PortError {
  return error instanceof PortError && isDeadToken(error.reason);
}
