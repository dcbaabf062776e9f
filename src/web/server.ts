import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { readBody, TooLarge } from './body.ts';

/** Answers one path; the body was read and is within the cap. */
export type Route = (body: Buffer, req: IncomingMessage) => Promise<{ status: number; type?: string; text: string }>;

export interface WebOptions {
  host: string;
  port: number;
  log: Log;
  /** By method and path: `GET /healthz`. */
  routes: Record<string, Route>;
  /** Takes `POST /slack/events` in HTTP mode. */
  slackEvents?: RequestListener;
}

export interface WebServer {
  port: number;
  close(): Promise<void>;
}

/** The bot's one HTTP server, in both Slack modes. Throws OpsError('unavailable') when the port is taken. */
export async function startWeb({ host, port, log, routes, slackEvents }: WebOptions): Promise<WebServer> {
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!(error instanceof TooLarge)) log.error({ err: error, url: req.url }, 'a request failed');
      if (!res.headersSent) res.writeHead(error instanceof TooLarge ? 413 : 500, { connection: 'close' }).end();
      else res.destroy();
    });
  });
  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?', 1)[0];
    const route = routes[`${req.method} ${path}`];
    const slack = slackEvents && req.method === 'POST' && path === '/slack/events';
    if (!route && !slack) return void res.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    const body = await readBody(req);
    // Bolt takes a body that was already read from `rawBody`, so the cap holds for Slack's requests too.
    if (slack) return void slackEvents(Object.assign(req, { rawBody: body }), res);
    const answer = await route!(body, req);
    res.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain; charset=utf-8' }).end(answer.text);
  }
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new OpsError('unavailable', `Port ${port} on ${host} is in use`, { hint: 'stop what uses it, or set PORT' });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    },
  };
}
