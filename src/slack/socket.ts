import { setTimeout as wait } from 'node:timers/promises';
import { type Logger, SocketModeReceiver } from '@slack/bolt';
import { OpsError, PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { clientOptions } from './caller.ts';
import { failureOf, isDeadToken, portError } from './failures.ts';

export interface SocketIngress {
  receiver: SocketModeReceiver;
  /** Connects once. @throws OpsError when Slack refuses the app token or can't be reached. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What is wrong with the connection now. */
  problem(): string | undefined;
}

const helloTimeoutMs = 15_000;
const reconnectMs = { first: 250, most: 15_000 };
/** Slack may never finish the closing handshake; the client would wait 30 s for it. */
const closeTimeoutMs = 500;

/**
 * Slack over Socket Mode. The client's own reconnecting is off: it waits 5 s each time, gives up on a refused token with an
 * unhandled rejection (which ends the process), and on a network error too.
 */
export function socketIngress(options: {
  appToken: string;
  apiUrl: string | undefined;
  timeoutMs: number;
  logger: Logger;
  log: Log;
  onFatal(error: OpsError): void;
}): SocketIngress {
  const { log } = options;
  const stopping = new AbortController();
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: options.logger,
    autoReconnectEnabled: false,
    // A copy of its own: the client writes its retry policy into what it is given.
    installerOptions: { clientOptions: clientOptions(options.apiUrl, options.timeoutMs, stopping.signal) },
  });
  const { client } = receiver;
  let problem: string | undefined = 'not connected yet';
  let connected = false;
  let reconnecting: Promise<void> = Promise.resolve();

  const connect = async (): Promise<void> => {
    const hello = new AbortController();
    const late = wait(helloTimeoutMs, undefined, { signal: hello.signal }).then(async () => {
      await disconnect();
      throw new PortError('timeout', 'Slack opened no socket in time', { retryable: true });
    });
    // `start` rejects without a reason when the socket closes before Slack's hello.
    const started = client.start().catch((error: unknown) => {
      throw connectError(error ?? new Error('the socket was closed before the hello'));
    });
    try {
      await Promise.race([started, late]);
      connected = true;
      problem = undefined;
    } finally {
      hello.abort();
      late.catch(() => 'aborted above, or thrown by the race');
      started.catch(() => 'thrown by the race, or late');
    }
  };

  const reconnect = async (): Promise<void> => {
    for (let delayMs = reconnectMs.first; !stopping.signal.aborted; delayMs = Math.min(delayMs * 2, reconnectMs.most)) {
      try {
        await connect();
        if (stopping.signal.aborted) return;
        log.info('connected to Slack again');
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        problem = error instanceof Error ? error.message : String(error);
        if (error instanceof OpsError) return options.onFatal(error);
        log.warn({ err: error, delayMs }, 'no connection to Slack, trying again');
        await wait(delayMs, undefined, { signal: stopping.signal }).catch(() => 'stopping');
      }
    }
  };

  client.on('disconnected', () => {
    if (!connected || stopping.signal.aborted) return;
    connected = false;
    problem = 'the connection to Slack was lost, connecting again';
    log.info('the connection to Slack ended, connecting again');
    reconnecting = reconnect();
  });

  // Comes right before a socket is opened: once the bot stops, no attempt on its way may open one.
  client.on('connecting', () => stopping.signal.throwIfAborted());

  /** Closes the socket; one that Slack does not close too is cut off, which the second `disconnect` does. */
  async function disconnect(): Promise<void> {
    const closed = new AbortController();
    const late = wait(closeTimeoutMs, 'late', { signal: closed.signal }).catch(() => 'closed in time');
    const end = await Promise.race([client.disconnect(), late]);
    closed.abort();
    if (end === 'late') await client.disconnect();
  }

  return {
    receiver,
    start: () =>
      connect().catch((error: unknown) => {
        if (!(error instanceof PortError)) throw error;
        throw new OpsError('unavailable', error.message, { hint: 'check the network to Slack', cause: error });
      }),
    stop: async () => {
      stopping.abort();
      connected = false;
      problem = 'stopped';
      await disconnect();
      await reconnecting;
      // An attempt that was under way has a socket of its own.
      await disconnect();
    },
    problem: () => problem,
  };
}

/** A token that lives, but not one for this. */
const wrongTokenWords = ['missing_scope', 'not_allowed_token_type'];

function connectError(error: unknown): OpsError | PortError {
  const failure = failureOf(error);
  if (failure.kind === 'refused' && (isDeadToken(failure.error) || wrongTokenWords.includes(failure.error))) {
    return new OpsError('invalid', `Slack refuses SLACK_APP_TOKEN (${failure.error})`, {
      hint: 'make one with the scope connections:write under Basic Information → App-Level Tokens, and set it',
      cause: error,
    });
  }
  return portError('apps.connections.open', failure, error);
}
