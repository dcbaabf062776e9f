import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import type { Alerts } from './alerts.ts';
import { EVENT, readEvent } from './event.ts';
import { type Answer, limitedBody, play, type Stage } from './play.ts';
import type { Received } from './received.ts';
import { rest, restMethod } from './rest.ts';
import { answerTelephone, type TelephoneAccount, telephonePath } from './telephone.ts';

/** Its name among the faults and in the traffic. */
const ENQUEUE = 'pagerduty.enqueue';

export interface PhoneParts extends Stage {
  alerts: Alerts;
  account: Account;
  received: Received;
  routingKeys: string[];
  apiToken: string;
  telephone: TelephoneAccount;
}

/** The two faces of PagerDuty that the bot speaks to, Events API v2 and of the REST API what it asks; beside them Twilio's. */
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
    const text = await limitedBody(request, EVENT.bytes);
    const sent = text === undefined ? undefined : parsed(text);
    const { routing_key: _key, ...args } =
      typeof sent === 'object' && sent !== null ? { ...sent } : { routing_key: '' };
    return play(parts, { method: ENQUEUE, args, invalid, work: () => accept(parts, text, sent) }, response);
  }
  if (url.pathname.startsWith(telephonePath)) return answerTelephone(parts, request, response, url);
  const args = Object.fromEntries(url.searchParams);
  const work = () => rest(parts, request, url);
  return play(parts, { method: restMethod(url), args, invalid: invalidInput, work }, response);
}

function accept({ alerts, routingKeys }: PhoneParts, text: string | undefined, sent: unknown): Answer {
  if (text === undefined)
    return { status: 413, body: { status: 'invalid event', message: 'Event object is too large' } };
  const read = readEvent(sent, routingKeys);
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
