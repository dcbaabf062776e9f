import { WebClient } from '@slack/web-api';
import type { Standing } from '../kernel/directory.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { boltLog } from './bolt-log.ts';
import { type Call, clientOptions, createCall } from './caller.ts';
import { type ChannelFacts, createChannels } from './channels.ts';
import { createDirectory } from './directory.ts';
import { failureOf } from './failures.ts';
import { createMentions } from './mentions.ts';
import { requiredScopes } from './scopes.ts';
import { type Identity, identify } from './token.ts';

/** What of Slack can be looked at with tokens alone, whether or not a bot runs. Everything is asked anew. */
export interface SlackLook {
  /** Throws OpsError that says what to do. */
  identity(): Promise<Identity & { requiredScopes: string[] }>;
  /** Whether Slack takes the app token; no connection is opened. Absent without one. Throws OpsError. */
  socket?: () => Promise<void>;
  /** Undefined: there is none that the bot can see. Throws PortError. */
  channel(ref: string): Promise<ChannelFacts | undefined>;
  /** What `@handle`, or the id of a user group or a person, means. Throws PortError. */
  people(ref: string): Promise<'fine' | 'none' | 'empty' | 'disabled' | Exclude<Standing, 'member'>>;
  /** Whether one active person has this name. Throws PortError. */
  isPerson(name: string): Promise<boolean>;
}

export interface LookOptions {
  slack: { botToken: string; appToken?: string | undefined; apiUrl?: string | undefined };
  log: Log;
  signal: AbortSignal;
  /** Deadline of one call; default 5 s. */
  timeoutMs?: number;
}

/** Looks at Slack through clients of its own: what the bot's own calls wait for holds nothing up here. */
export function lookAtSlack({ slack, log, signal, timeoutMs = 5_000 }: LookOptions): SlackLook {
  const { botToken, appToken, apiUrl } = slack;
  const client = (token: string) =>
    new WebClient(token, { ...clientOptions(apiUrl, timeoutMs, signal), logger: boltLog(log) });
  const bot = client(botToken);
  const token = { refused: () => {}, accepted: () => {} };
  const call: Call = createCall({ client: bot, slowClient: bot, token, signal });
  const channels = createChannels({ call });
  const identity = once(() => identify(bot));
  const directory = once(async () => createDirectory({ call, teamId: (await identity()).teamId }));
  const groups = once(async () => (await directory()).groups());

  return {
    identity: async () => ({ ...(await identity()), requiredScopes: requiredScopes() }),
    ...(appToken !== undefined && { socket: () => takesAppToken(client(appToken)) }),
    channel: (ref) => channels.resolve(ref),
    people: async (ref) => {
      if (/^[UW][A-Z0-9]{2,}$/.test(ref)) {
        const standing = await (await directory()).person(ref);
        return standing === 'member' ? 'fine' : standing;
      }
      const named = (await groups()).filter(({ id, handle }) => id === ref || `@${handle}` === ref.toLowerCase());
      const group = named.find(({ disabled }) => !disabled) ?? named[0];
      if (group === undefined) return 'none';
      if (group.disabled) return 'disabled';
      return (await (await directory()).members(group.id)).length > 0 ? 'fine' : 'empty';
    },
    isPerson: async (name) => {
      let failed: { error: unknown } | undefined;
      // A mention that can't be made is no reason to fail for those who post one; here the reason is what counts.
      const warn = ({ err }: { err: unknown }) => {
        failed = { error: err };
      };
      const heard = { ...log, warn } as Log;
      const { teamId } = await identity();
      const mention = await createMentions({ call, teamId, directory: { groups }, log: heard }).mentionOf(name);
      if (failed) throw failed.error;
      return mention !== undefined;
    },
  };
}

/** Opens nothing: Slack only hands out an address to connect to, which ends unused. */
async function takesAppToken(client: WebClient): Promise<void> {
  try {
    await client.apps.connections.open({});
  } catch (cause) {
    const failure = failureOf(cause);
    if (failure.kind === 'refused') {
      throw new OpsError('invalid', `Slack refuses SLACK_APP_TOKEN (${failure.error})`, {
        hint: 'copy the app-level token with connections:write from Basic Information, and switch Socket Mode on',
        cause,
      });
    }
    const why = failure.kind === 'rate_limited' ? 'rate_limited' : failure.why;
    throw new OpsError('unavailable', `Slack doesn't say whether it takes SLACK_APP_TOKEN (${why})`, { cause });
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
