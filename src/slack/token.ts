import type { WebClient } from '@slack/web-api';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { TokenWatch } from './caller.ts';
import { failureOf } from './failures.ts';
import { missingScopes } from './scopes.ts';

/** Who the bot is in its workspace, and what its token lacks. */
export interface Identity {
  teamId: string;
  botId: string;
  botUserId: string;
  botName: string;
  /** Undefined when the server doesn't say. */
  grantedScopes: string[] | undefined;
  missingScopes: string[];
}

/** Asks Slack who the token belongs to. @throws OpsError saying what to do when Slack refuses or can't be reached. */
export async function identify(client: WebClient): Promise<Identity> {
  try {
    const answer = await client.auth.test();
    const { team_id: teamId, bot_id: botId, user_id: botUserId, user: botName } = answer;
    if (!teamId || !botId || !botUserId) {
      throw new OpsError('invalid', 'SLACK_BOT_TOKEN is not the token of a bot', { hint: copyAgain });
    }
    // A server that names no scopes says nothing about them.
    const grantedScopes = answer.response_metadata?.scopes;
    const missing = grantedScopes ? missingScopes(grantedScopes) : [];
    return { teamId, botId, botUserId, botName: botName ?? 'rounds', grantedScopes, missingScopes: missing };
  } catch (error) {
    if (error instanceof OpsError) throw error;
    const failure = failureOf(error);
    if (failure.kind !== 'refused') {
      const why = failure.kind === 'rate_limited' ? 'rate_limited' : failure.why;
      throw new OpsError('unavailable', `Slack can't be reached (${why})`, {
        hint: 'check the network, and SLACK_API_URL if it is set',
        cause: error,
      });
    }
    throw new OpsError('invalid', `Slack refuses SLACK_BOT_TOKEN (${failure.error})`, {
      hint: copyAgain,
      cause: error,
    });
  }
}

const copyAgain = 'copy the Bot User OAuth Token again from OAuth & Permissions';

/** Says once that the token died in flight, and once that it works again. */
export function watchToken(log: Log): TokenWatch & { problem(): string | undefined } {
  let refusedWith: string | undefined;
  return {
    refused: (word) => {
      if (refusedWith === undefined) log.error(`Slack refuses SLACK_BOT_TOKEN (${word}): ${copyAgain}, and restart`);
      refusedWith = word;
    },
    accepted: () => {
      if (refusedWith !== undefined) log.info('Slack takes SLACK_BOT_TOKEN again');
      refusedWith = undefined;
    },
    problem: () =>
      refusedWith === undefined ? undefined : `Slack refuses SLACK_BOT_TOKEN (${refusedWith}): ${copyAgain}`,
  };
}
