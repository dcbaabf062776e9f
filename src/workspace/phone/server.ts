import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceEvents } from '../events.ts';
import type { Fault, Faults } from '../faults.ts';
import type { Clock, Json } from '../world.ts';
import type { Alerts } from './alerts.ts';
import { EVENT, readEvent } from './event.ts';

/** Its name among the faults and in the traffic. */
export const ENQUEUE = 'pagerduty.enqueue';

export interface PhoneParts {
  alerts: Alerts;
  faults: Faults;
  events: WorkspaceEvents;
  clock: Clock;
  routingKey: string;
  apiToken: string;
  /** E-mail addresses of the account's users. */
  users(): { name: string; email: string }[];
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Json;
}

/** The two faces of PagerDuty that the bot speaks to: Events API v2, and of the REST API what `rounds doctor` asks. */
export function phoneServer(parts: PhoneParts): Server {
  return createServer((request, response) => {
    route(parts, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function route(parts: PhoneParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/v2/enqueue' && request.method === 'POST') return enqueue(parts, request, response);
  reply(response, rest(parts, request, url));
}

/** One event: 202, or why not; told as a call, so that the drawer shows it beside Slack's. */
async function enqueue(parts: PhoneParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { faults, events, clock } = parts;
  const at = clock.now();
  const startedMs = performance.now();
  const text = await limitedBody(request);
  const fault = faults.take(ENQUEUE);
  if (fault?.kind === 'delay') await delay(fault.ms);
  const sent = text === undefined ? undefined : parsed(text);
  const answer = refusedBy(fault) ?? accept(parts, text, sent);
  const dropped = fault?.kind === 'drop-request' || fault?.kind === 'drop-response';
  const { routing_key: _key, ...shown } = typeof sent === 'object' && sent !== null ? { ...sent } : { routing_key: '' };
  const call = {
    method: ENQUEUE,
    args: shown,
    ...(answer.body && !dropped && { answer: answer.body }),
    status: answer.status,
    tokenHint: '',
    ms: performance.now() - startedMs,
    at,
    faulted: fault !== undefined,
  };
  events.emit({ type: 'call', call });
  if (dropped) request.socket.destroy();
  else reply(response, answer);
}

function refusedBy(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === 'drop-request') return { status: 0 };
  if (fault?.kind === 'http') return { status: fault.status };
  if (fault?.kind === 'ratelimited')
    return {
      status: 429,
      headers: { 'retry-after': String(fault.retryAfterSeconds) },
      body: { status: 'throttle exceeded' },
    };
  if (fault?.kind === 'error') return invalid([fault.error]);
  return undefined;
}

function accept({ alerts, routingKey }: PhoneParts, text: string | undefined, sent: unknown): Answer {
  if (text === undefined)
    return { status: 413, body: { status: 'invalid event', message: 'Event object is too large' } };
  const read = readEvent(sent, routingKey);
  if ('errors' in read) return invalid(read.errors);
  const dedupKey = read.event.dedupKey ?? randomBytes(16).toString('hex');
  alerts.take(read.event, dedupKey);
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } };
}

function invalid(errors: string[]): Answer {
  return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } };
}

function rest({ apiToken, users }: PhoneParts, { method, headers }: IncomingMessage, url: URL): Answer {
  const presented = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Token token=${apiToken}`);
  if (presented.length !== wanted.length || !timingSafeEqual(presented, wanted))
    return { status: 401, body: { error: { code: 2006, message: 'Authentication failed' } } };
  if (method === 'GET' && url.pathname === '/abilities') return { status: 200, body: { abilities: [] } };
  if (method === 'GET' && url.pathname === '/users') {
    const query = (url.searchParams.get('query') ?? '').toLowerCase();
    const found = users().filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(query));
    return { status: 200, body: { users: found, limit: 100, offset: 0, more: false } };
  }
  return { status: 404, body: { error: { code: 2100, message: 'Not Found' } } };
}

/** The body, or undefined when it is larger than PagerDuty takes; the rest is read and forgotten. */
async function limitedBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= EVENT.bytes) chunks.push(chunk);
  }
  return bytes > EVENT.bytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
