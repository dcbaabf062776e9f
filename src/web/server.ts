import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, listenAt } from '../kernel/listening.ts';
import type { Log } from '../kernel/log.ts';
import { readBody, TooLarge } from './body.ts';

/** Answers a path; the body was read and is within the cap. */
export type Route = (body: Buffer, req: IncomingMessage) => Promise<Answer>;

export interface Answer {
  status: number;
  type?: string;
  headers?: Record<string, string>;
  text: string;
}

export interface WebOptions {
  host: string;
  port: number;
  log: Log;
  /** By method and path: `GET /healthz`; `POST /hooks/heartbeat/*` takes all below it. */
  routes: Record<string, Route>;
  /** Takes `POST /slack/events` in HTTP mode. */
  slackEvents?: RequestListener;
  /** How long a client may take to send a request, ms; default 10 s. */
  receiveMs?: number;
}

/** Longer than the usual 60 s of a load balancer, which must not send on a connection that we are closing. */
const KEEP_ALIVE_MS = 65_000;

export interface WebServer {
  port: number;
  close(): Promise<void>;
}

/** The bot's one HTTP server, in both Slack modes. Throws OpsError('unavailable') when the port or address can't be had. */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const { host, port, log, routes, slackEvents, receiveMs = 10_000 } = options;
  const limits = { headersTimeout: receiveMs, requestTimeout: receiveMs, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer({ ...limits, connectionsCheckingInterval: receiveMs / 10 }, (req, res) => {
    handle(req, res).catch((error: unknown) => {
      // Whoever sends half a request and leaves is no failure of ours.
      if (!req.complete && req.destroyed) log.debug({ url: req.url }, 'a request was broken off');
      else if (!(error instanceof TooLarge)) log.error({ err: error, url: req.url }, 'a request failed');
      if (!res.headersSent) res.writeHead(error instanceof TooLarge ? 413 : 500, { connection: 'close' }).end();
      else res.destroy();
    });
  });
  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?', 1)[0];
    // Node leaves the body out of an answer to HEAD.
    const route = routeOf(`${req.method === 'HEAD' ? 'GET' : req.method} ${path}`, routes);
    const slack = slackEvents && req.method === 'POST' && path === '/slack/events';
    if (!route && !slack) return void res.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    const body = await readBody(req);
    // Bolt takes a body that was already read from `rawBody`, so the cap holds for Slack's requests too.
    if (slack) return void slackEvents(Object.assign(req, { rawBody: body }), res);
    const answer = await route!(body, req);
    const type = { 'content-type': answer.type ?? 'text/plain; charset=utf-8' };
    res.writeHead(answer.status, { ...type, ...answer.headers }).end(answer.text);
  }
  await listenAt(server, { host, port, portSetting: 'PORT', hostSetting: 'HOST' });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

/** The one of exactly this path, else one that takes all below a folder. */
function routeOf(asked: string, routes: WebOptions['routes']): Route | undefined {
  if (Object.hasOwn(routes, asked)) return routes[asked];
  const folder = Object.keys(routes).find((key) => key.endsWith('/*') && asked.startsWith(key.slice(0, -1)));
  return folder === undefined ? undefined : routes[folder];
}
