import { OpsError } from '../../kernel/errors.ts';
import { type Found, ok, type Part, problem, unknown } from '../model.ts';

interface SeenIdentity {
  teamId: string;
  botName: string;
  requiredScopes: string[];
  /** Undefined when the server doesn't say. */
  grantedScopes: string[] | undefined;
  missingScopes: string[];
}

/** What Slack says about the bot's token. Throws OpsError that says what to do. */
export interface SlackIdentity {
  identity(): Promise<SeenIdentity>;
  /** Socket Mode: whether Slack takes the app token. Throws OpsError that says what to do. */
  socket?(): Promise<void>;
}

/** How the bot that runs is connected now. */
export type Connected = () => { ok: true } | { ok: false; problem: string };

/** The bot token with its scopes, and the way by which events come in. */
export function slackPart(slack: SlackIdentity, { connected }: { connected?: Connected | undefined } = {}): Part {
  return {
    name: 'slack',
    look: () =>
      Promise.all([
        refusedIsProblem(tokenOf(slack)),
        ...(slack.socket ? [refusedIsProblem(socketOf(slack.socket))] : []),
        ...(connected ? [connectionOf(connected())] : []),
      ]),
  };
}

/** A part that there is no access to: the reason why stands for what would have been found. */
export function withoutTokens(): Part {
  return {
    name: 'slack',
    look: async () => [ok('no tokens are set: `npm start` brings a local workspace to try Rounds in')],
  };
}

async function tokenOf(slack: SlackIdentity): Promise<Found> {
  const { teamId, botName, requiredScopes, grantedScopes, missingScopes } = await slack.identity();
  if (grantedScopes === undefined)
    return unknown(`@${botName} in ${teamId}: the server doesn't say which scopes it has`);
  if (missingScopes.length > 0) {
    const lacks = `SLACK_BOT_TOKEN of @${botName} in ${teamId} lacks ${missingScopes.join(', ')}`;
    return problem(lacks, 'reinstall the app under Install App, then copy the Bot User OAuth Token again and restart');
  }
  return ok(`@${botName} in ${teamId}, with all ${requiredScopes.length} scopes it needs`);
}

async function socketOf(socket: () => Promise<void>): Promise<Found> {
  await socket();
  return ok('Slack takes the app token, for Socket Mode');
}

async function connectionOf(state: ReturnType<Connected>): Promise<Found> {
  return state.ok ? ok('the bot is connected') : problem(`the bot is not connected: ${state.problem}`);
}

/** Without Slack there is no bot: that it refuses, or can't be reached, is known and no riddle. */
async function refusedIsProblem(found: Promise<Found>): Promise<Found> {
  try {
    return await found;
  } catch (error) {
    // Slack is there and asks to wait: that says nothing about the tokens.
    if (error instanceof OpsError && error.message.includes('rate_limited')) return unknown(error.message);
    if (error instanceof OpsError) return problem(error.message, error.hint);
    throw error;
  }
}
