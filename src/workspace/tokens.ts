import type { IncomingHttpHeaders } from 'node:http';
import { SlackError } from './errors.ts';
import type { WorkspaceState } from './state.ts';
import type { Json, Token } from './world.ts';

/** The token of a call: the Authorization header wins over the body, as at Slack. */
export function presentedToken(headers: IncomingHttpHeaders, args: Json): string | undefined {
  const header = headers.authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
  return header ?? (typeof args.token === 'string' && args.token !== '' ? args.token : undefined);
}

/** The live token, or not_authed, invalid_auth, token_revoked, account_inactive. */
export function authenticate(state: WorkspaceState, value: string | undefined): Token {
  if (value === undefined) throw new SlackError('not_authed');
  const token = state.tokens.get(value);
  if (!token) throw new SlackError('invalid_auth');
  if (token.status === 'revoked') throw new SlackError('token_revoked');
  if (token.status === 'inactive') throw new SlackError('account_inactive');
  return token;
}

/** `missing_scope` unless the token carries one of `needed` (empty = any token will do). */
export function requireScope(token: Token, needed: string[]): void {
  if (needed.length === 0 || needed.some((scope) => token.scopes.includes(scope))) return;
  throw new SlackError('missing_scope', { needed: needed.join(','), provided: token.scopes.join(',') });
}
