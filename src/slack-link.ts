import { setTimeout as pause } from 'node:timers/promises';
import type { AlertPort } from './alerts/model.ts';
import { unlessAborted } from './ending.ts';
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
  port: AlertPort;
  stop(): Promise<void>;
}

const retryMs = { first: 1_000, most: 30_000 };

/** `open` makes a connection that is not started yet. */
export function createSlackLink(options: { open(): Promise<SlackConnection>; log: Log }): SlackLink {
  const { log } = options;
  let connection: SlackConnection | undefined;
  let problem = 'not connected yet';
  const stopping = new AbortController();

  async function connect(signal: AbortSignal): Promise<SlackConnection> {
    const either = AbortSignal.any([signal, stopping.signal]);
    for (let delayMs = retryMs.first; ; delayMs = Math.min(delayMs * 2, retryMs.most)) {
      either.throwIfAborted();
      try {
        connection ??= await unlessAborted(options.open(), either);
        await unlessAborted(connection.start(), either);
        return connection;
      } catch (error) {
        if (!(error instanceof OpsError) || error.code !== 'unavailable') throw error;
        problem = error.message;
        log.warn({ problem, retryInMs: delayMs }, 'Slack is away: trying again');
      }
      await pause(delayMs, undefined, { signal: either });
    }
  }

  function connected(): SlackConnection {
    if (connection) return connection;
    throw new PortError('unreachable', `Slack: ${problem}`, { retryable: true });
  }

  return {
    connect,
    connection: () => connection,
    health: () => connection?.health() ?? { ok: false, problem },
    port: {
      post: async (message) => connected().outgoing.post(message),
      find: async (message) => connected().outgoing.find(message),
      update: async (message) => connected().outgoing.update(message),
      mentionOf: async (owner) => connected().mentionOf(owner),
      channelId: async (name) => {
        const found = await connected().channels.resolve(name);
        if (found) return found.id;
        throw new PortError('channel_not_found', `there is no channel ${name} that Rounds can see`, {
          retryable: false,
        });
      },
    },
    stop: async () => {
      stopping.abort();
      await connection?.stop();
    },
  };
}
