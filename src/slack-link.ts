import { setTimeout as pause } from 'node:timers/promises';
import type { AlertPort } from './alerts/model.ts';
import { unlessAborted } from './ending.ts';
import type { IncidentPort } from './incidents/ports.ts';
import { OpsError, PortError } from './kernel/errors.ts';
import type { Log } from './kernel/log.ts';
import type { SlackConnection } from './slack/connect.ts';
import type { PartHealth } from './web/probes.ts';

/** The way to Slack, which may not be there yet: Rounds measures, records and pages without it. */
export interface SlackLink {
  /** Connects, and tries again while Slack is away. Rejects when Slack refuses a token, and when `signal` is aborted. */
  connect(signal: AbortSignal): Promise<SlackConnection>;
  /** Undefined before `connect` has resolved. */
  connection(): SlackConnection | undefined;
  health(): PartHealth;
  /** What alerts need; until Slack is there each call is a PortError that says to try again. */
  port: AlertPort & IncidentPort;
  stop(): Promise<void>;
}

const retryMs = { first: 1_000, most: 30_000 };
/** Between two signs of life, and sooner once one is missing. */
const defaultAskMs = { well: 30_000, away: 5_000 };
/** What says that Slack isn't there; all else is an answer. */
const silent = ['unreachable', 'unconfirmed'];

/** `open` makes a connection that is not started yet. */
export function createSlackLink(options: {
  open(): Promise<SlackConnection>;
  log: Log;
  askMs?: typeof defaultAskMs;
}): SlackLink {
  const { log, askMs = defaultAskMs } = options;
  let connection: SlackConnection | undefined;
  let problem = 'not connected yet';
  /** Why Slack gave no sign of life when it was asked last. */
  let away: string | undefined;
  let asking: NodeJS.Timeout | undefined;
  const stopping = new AbortController();

  async function connect(signal: AbortSignal): Promise<SlackConnection> {
    const either = AbortSignal.any([signal, stopping.signal]);
    for (let delayMs = retryMs.first; ; delayMs = Math.min(delayMs * 2, retryMs.most)) {
      either.throwIfAborted();
      try {
        connection ??= await unlessAborted(options.open(), either);
        await unlessAborted(connection.start(), either);
        askLater(connection);
        return connection;
      } catch (error) {
        if (!(error instanceof OpsError) || error.code !== 'unavailable') throw error;
        problem = error.message;
        log.warn({ problem, retryInMs: delayMs }, 'Slack is away: trying again');
      }
      await pause(delayMs, undefined, { signal: either });
    }
  }

  /** In HTTP mode nothing else would notice that Slack is away, before somebody needs it. */
  function askLater(slack: SlackConnection): void {
    asking = setTimeout(ask, away === undefined ? askMs.well : askMs.away, slack).unref();
  }

  async function ask(slack: SlackConnection): Promise<void> {
    const before = away;
    away = await slack.ping().then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof PortError)) {
          log.error({ err: error }, 'Slack could not be asked for a sign of life');
          return 'Slack could not be asked';
        }
        return silent.includes(error.reason) ? error.message : undefined;
      },
    );
    if (stopping.signal.aborted) return;
    if (away !== undefined && before === undefined) log.warn({ problem: away }, 'Slack is away');
    if (away === undefined && before !== undefined) log.info('Slack is back');
    askLater(slack);
  }

  function health(): PartHealth {
    if (!connection) return { ok: false, problem };
    const own = connection.health();
    return own.ok && away !== undefined ? { ok: false, problem: away } : own;
  }

  function connected(): SlackConnection {
    if (connection) return connection;
    throw new PortError('unreachable', `Slack: ${problem}`, { retryable: true });
  }

  async function resolved(name: string): Promise<{ id: string }> {
    const found = await connected().channels.resolve(name);
    if (found) return found;
    throw new PortError('channel_not_found', `there is no channel ${name} that Rounds can see`, { retryable: false });
  }

  return {
    connect,
    connection: () => connection,
    health,
    port: {
      post: async (message) => connected().outgoing.post(message),
      find: async (message) => connected().outgoing.find(message),
      update: async (message) => connected().outgoing.update(message),
      async upload({ channel, ...file }) {
        const { id } = await resolved(channel);
        await connected().outgoing.uploadFile({ channel: id, ...file });
      },
      mentionOf: async (owner) => connected().mentionOf(owner),
      channelId: async (name) => (await resolved(name)).id,
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(asking);
      await connection?.stop();
    },
  };
}
