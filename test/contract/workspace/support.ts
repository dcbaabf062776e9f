import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { ErrorCode, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Workspace } from '../../../src/workspace/workspace.ts';

export const SIGNING_SECRET = 'a-signing-secret-of-the-tests';

/** The real client of Slack's SDK, without retries, talking to the workspace. */
export function client(
  workspace: Workspace,
  token: string | undefined = workspace.botToken,
  options: WebClientOptions = {},
) {
  return new WebClient(token, {
    slackApiUrl: workspace.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 5000,
    logLevel: LogLevel.ERROR,
    logger: silent,
    ...options,
  });
}

const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** The error string of a refused call, with the whole answer. */
export async function refusal(call: Promise<unknown>): Promise<{ error: string } & Record<string, unknown>> {
  try {
    const answer = await call;
    throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ErrorCode.PlatformError && 'data' in error) {
      return error.data as { error: string } & Record<string, unknown>;
    }
    throw error;
  }
}

/** A real Bolt app over HTTP on a port of its own, connected to the workspace. */
export async function httpApp(workspace: Workspace): Promise<{ app: App; url: string; stop(): Promise<void> }> {
  const receiver = new HTTPReceiver({
    signingSecret: SIGNING_SECRET,
    logger: silent,
    unhandledRequestTimeoutMillis: 10_000,
  });
  const app = new App({
    token: workspace.botToken,
    receiver,
    logger: silent,
    deferInitialization: true,
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } },
  });
  await app.init();
  const server = createServer(receiver.requestListener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  workspace.connectHttp({ url, signingSecret: SIGNING_SECRET });
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { app, url, stop };
}

/** A real Bolt app over Socket Mode, connected and saying hello. `stop` waits until the connection is closed. */
export async function socketApp(workspace: Workspace): Promise<{ app: App; stop(): Promise<void> }> {
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logger: silent,
    // Also how long the client waits before it reconnects.
    clientPingTimeout: 1000,
    installerOptions: { clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } } },
  });
  const app = new App({
    token: workspace.botToken,
    receiver,
    logger: silent,
    deferInitialization: true,
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } },
  });
  await app.init();
  await app.start();
  return { app, stop: () => receiver.client.disconnect() };
}
