import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallWatch } from '../api.ts';
import type { WorkspaceEvents } from '../events.ts';
import type { Fault, Faults } from '../faults.ts';
import type { Clock, Json } from '../world.ts';
import type { Account } from './account.ts';
import type { Alerts } from './alerts.ts';
import { EVENT, readEvent } from './event.ts';
import { type Answer, rest, restMethod } from './rest.ts';

/** Its name among the faults and in the traffic. */
const ENQUEUE = 'pagerduty.enqueue';

export interface PhoneParts {
  alerts: Alerts;
  account: Account;
  faults: Faults;
  events: WorkspaceEvents;
  clock: Clock;
  routingKey: string;
  apiToken: string;
  /** Who sees each call before and after it took effect. */
  watch?: (() => CallWatch | undefined) | undefined;
}

/** The two faces of PagerDuty that the bot speaks to: Events API v2, and of the REST API what it asks. */
export function phoneServer(parts: PhoneParts): Server {
  return createServer((request, response) => {
    route(parts, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function route(parts: PhoneParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/v2/enqueue' && request.method === 'POST') {
    const text = await limitedBody(request);
    const sent = text === undefined ? undefined : parsed(text);
    const { routing_key: _key, ...args } =
      typeof sent === 'object' && sent !== null ? { ...sent } : { routing_key: '' };
    return play(parts, { method: ENQUEUE, args, invalid, work: () => accept(parts, text, sent) }, response);
  }
  const args = Object.fromEntries(url.searchParams);
  const work = () => rest(parts, request, url);
  return play(parts, { method: restMethod(url), args, invalid: invalidInput, work }, response);
}

/** What is asked, what a refusal looks like, and what happens when nothing goes wrong. */
interface Asked {
  method: string;
  args: Json;
  invalid(errors: string[]): Answer;
  work(): Answer;
}

/** One call, with the fault that is meant for it; told as a call, so that the drawer shows it beside Slack's. */
async function play(
  parts: PhoneParts,
  { method, args, invalid, work }: Asked,
  response: ServerResponse,
): Promise<void> {
  const { faults, events, clock } = parts;
  const at = clock.now();
  const startedMs = performance.now();
  const watch = parts.watch?.();
  let fault = faults.take(method);
  if (fault?.kind === 'delay') await delay(fault.ms);
  if (watch?.({ method, args }, 'before') === 'break') fault = { kind: 'drop-request' };
  const answer = refusedBy(fault, invalid) ?? work();
  if (watch?.({ method, args }, 'after') === 'break') fault = { kind: 'drop-response' };
  const dropped = fault?.kind === 'drop-request' || fault?.kind === 'drop-response';
  const call = {
    ...{ method, args, status: answer.status },
    ...(answer.body && !dropped && { answer: answer.body }),
    ...{ tokenHint: '', ms: performance.now() - startedMs, at, faulted: fault !== undefined },
  };
  events.emit({ type: 'call', call });
  if (dropped) response.destroy();
  else reply(response, answer);
}

function refusedBy(fault: Fault | undefined, invalid: Asked['invalid']): Answer | undefined {
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

function invalidInput(errors: string[]): Answer {
  return { status: 400, body: { error: { code: 2001, message: 'Invalid Input Provided', errors } } };
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
