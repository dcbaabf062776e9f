import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import { decodeBody } from '../http/encoding.ts';
import type { HttpOutcome } from '../http/request.ts';
import { sendRequest } from '../http/request.ts';
import { networkFailure } from './failure.ts';
import { secondsSince } from './silence.ts';

/** Where a service is: scheme, host, perhaps a path; without anything secret in it. */
export const baseUrl = z
  .string()
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'a URL that starts with https:// or http://')
  .refine((text) => {
    const { username, password, search, hash } = new URL(URL.canParse(text) ? text : 'https://a');
    return `${username}${password}${search}${hash}` === '';
  }, 'a URL without a user name, a password, ? or #')
  .transform((text) => text.replace(/\/+$/, ''));

export interface JsonQuestion {
  /** Who is asked, for messages: `Sentry at sentry.io`. */
  who: string;
  url: URL;
  headers?: Record<string, string>;
  maxBytes: number;
}

export interface JsonAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Undefined = the body is not JSON. */
  json: unknown;
}

/**
 * GETs JSON from a service that tells about something else: when it can't be reached, nothing is known about that, so
 * everything but an HTTP answer throws Unmeasured. Redirects aren't followed: a token stays with its server.
 */
export async function askJson(question: JsonQuestion, signal: AbortSignal): Promise<JsonAnswer> {
  const { who, url, headers, maxBytes } = question;
  const startedMs = performance.now();
  const request = {
    url,
    method: 'GET',
    headers: { 'user-agent': 'rounds', accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    body: undefined,
    ca: undefined,
    insecureTls: false,
    maxBytes,
    lookup: undefined,
  };
  let outcome: HttpOutcome;
  try {
    outcome = await sendRequest(request, signal);
  } catch (cause) {
    // A token with a line break in it, say; Node's message has no value in it.
    if (!(cause instanceof Error)) throw cause;
    throw new Unmeasured('misconfigured', `the request to ${who} can't be sent: ${cause.message}`, { cause });
  }
  if (outcome.kind === 'silent') {
    throw new Unmeasured('timeout', `no answer from ${who} within ${secondsSince(startedMs)}`, {
      next: 'raise timeout, or ask less often',
    });
  }
  if (outcome.kind === 'failed') throw unreachable(outcome.error, question);
  const decoded =
    outcome.kind === 'answer'
      ? await decodeBody(outcome.body, outcome.headers['content-encoding'], maxBytes)
      : { kind: 'too_large' as const };
  if (decoded.kind === 'too_large' || outcome.kind === 'too_large') {
    throw new Unmeasured('too_large', `${who} answered more than ${Math.round(maxBytes / 1024)} KiB`);
  }
  const json = decoded.kind === 'body' ? parsed(decoded.body) : undefined;
  return { status: outcome.status, headers: outcome.headers, json };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unreachable(error: Error, { who, url }: JsonQuestion): Unmeasured {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_')) {
    return new Unmeasured('invalid_answer', `${who} does not answer in HTTP`, { next: `check the url ${url.origin}` });
  }
  const failure = networkFailure(error, url.host);
  const next = `open ${url.origin} from the machine that runs the checks`;
  if (failure.kind === 'measured') return new Unmeasured('unreachable', `${who}: ${failure.error}`, { next });
  return new Unmeasured(failure.reason, failure.message, { next: failure.next ?? next });
}

/** Why an answer that is no 2xx tells nothing; `steps` say what to do where the service knows better. */
export function refusal(
  { status, headers }: JsonAnswer,
  who: string,
  steps: { denied: string; notFound: string },
): Unmeasured {
  const said = `${who} answered HTTP ${status}`;
  if (status === 401 || status === 403) return new Unmeasured('denied', said, { next: steps.denied });
  if (status === 404 || status === 410) return new Unmeasured('misconfigured', said, { next: steps.notFound });
  if (status === 429) {
    const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
    const wait = seconds === undefined ? '' : `; it asks to wait ${seconds} s`;
    return new Unmeasured('throttled', `${said}${wait}`, { next: 'check less often: raise every' });
  }
  if (status >= 300 && status < 400) {
    const to = cleanText(headers.location ?? '', 200).split('?')[0];
    return new Unmeasured('misconfigured', `${said}: it moved to ${to || 'nowhere'}`, { next: 'correct the url' });
  }
  if (status >= 500) {
    return new Unmeasured('error', said, { next: 'it is their trouble: try again later', retryable: true });
  }
  return new Unmeasured('invalid_answer', said, { next: 'check the parameters of the check' });
}
