import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { cleanText, type Redact, redactor } from '../facts/text.ts';
import { decodeBody } from '../http/encoding.ts';
import { type HttpOutcome, sendRequest } from '../http/request.ts';
import { networkFailure } from '../network/failure.ts';
import { secondsSince } from '../network/silence.ts';
import type { Access } from './params.ts';
import { refusalOf } from './refusal.ts';

const maxBytes = 8 * 1_048_576;
/** Some servers and proxies take no longer address; what is longer is sent as a form. */
const longestQuery = 2_000;

/** A monitoring system as it is asked, and how messages call it: `Prometheus at prom.internal:9090`. */
export interface Api {
  name: string;
  url: URL;
  headers: Record<string, string>;
  ca: string | undefined;
  insecureTls: boolean;
  redact: Redact;
}

/** JSON that came with a status that its API defines, or the system's own state: it can't be reached. */
export type Reply = { kind: 'answer'; status: number; json: unknown } | { kind: 'down'; error: string };

/** Reads secrets and files, and connects to nothing yet. Throws Unmeasured when one of them is missing. */
export async function apiAt(
  kind: string,
  url: string,
  access: Access,
  { reveal, site }: Pick<Probe<unknown>, 'reveal' | 'site'>,
): Promise<Api> {
  const { bearer, basic, ca } = access;
  const headers: Record<string, string> = { 'user-agent': 'rounds', accept: 'application/json' };
  for (const [name, value] of Object.entries(access.headers)) headers[name.toLowerCase()] = reveal(value);
  if (bearer) headers.authorization = `Bearer ${reveal(bearer)}`;
  if (basic)
    headers.authorization = `Basic ${Buffer.from(`${basic.user}:${reveal(basic.password)}`).toString('base64')}`;
  const secrets = [...Object.values(access.headers), ...[bearer, basic?.password].filter((one) => one !== undefined)];
  return {
    name: `${kind} at ${new URL(url).host}`,
    url: new URL(url),
    headers: { ...headers, 'accept-encoding': 'identity' },
    ca: ca === undefined ? undefined : await authority(resolve(site.dir, ca)),
    insecureTls: access.insecure_tls,
    redact: redactor(secrets, reveal),
  };
}

async function authority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Unmeasured('misconfigured', `ca: ${path} can't be read`, { next: 'a PEM file', cause });
  }
}

/**
 * One question. Redirects are not followed: whoever answers would get the login. Throws Unmeasured for what tells nothing:
 * silence, denial, another server's page, too much. `json` may still be an error of the API: 400, 422, 5xx.
 */
export async function ask(api: Api, path: string, query: URLSearchParams, signal: AbortSignal): Promise<Reply> {
  const startedMs = performance.now();
  const outcome = await send(api, path, query, signal);
  if (outcome.kind === 'silent') {
    const what = outcome.stage === 'connection' ? 'no connection to' : 'no complete answer from';
    throw new Unmeasured('timeout', `${what} ${api.name} within ${secondsSince(startedMs)}`, { next: 'raise timeout' });
  }
  if (outcome.kind === 'too_large') throw tooLarge(api);
  if (outcome.kind === 'failed') return failed(api, outcome.error);
  const { status, headers, body } = outcome;
  const decoded = await decodeBody(body, headers['content-encoding'], maxBytes);
  if (decoded.kind === 'too_large') throw tooLarge(api);
  const json = decoded.kind === 'body' ? parsed(decoded.body.toString('utf8')) : undefined;
  const refusal = refusalOf(api, { status, json, location: headers.location });
  if (refusal) throw refusal;
  return { kind: 'answer', status, json };
}

/** The system's own words, fit for a message. */
export function words(api: Api, text: string): string {
  return cleanText(api.redact(text), 300)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function send(api: Api, path: string, query: URLSearchParams, signal: AbortSignal): Promise<HttpOutcome> {
  const url = new URL(api.url);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  const form = query.size > 0 && String(query).length > longestQuery;
  if (!form) for (const [name, value] of query) url.searchParams.append(name, value);
  const type: Record<string, string> = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  try {
    return sendRequest(
      {
        ...{ url, method: form ? 'POST' : 'GET', headers: { ...api.headers, ...type } },
        ...{ body: form ? String(query) : undefined, ca: api.ca, insecureTls: api.insecureTls },
        ...{ maxBytes, lookup: undefined },
      },
      signal,
    );
  } catch (cause) {
    // Node refuses headers with line breaks; its message has no value in it.
    if (!(cause instanceof Error)) throw cause;
    throw new Unmeasured('misconfigured', `${api.name} can't be asked: ${cause.message}`, { cause });
  }
}

function failed(api: Api, error: Error): Reply {
  const { host } = api.url;
  if ('code' in error && String(error.code).startsWith('HPE_')) {
    throw new Unmeasured('invalid_answer', `${api.name}: the answer is not valid HTTP`, { next: 'check url' });
  }
  const failure = networkFailure(error, host);
  if (failure.kind === 'measured') return { kind: 'down', error: failure.error };
  throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: error });
}

function tooLarge(api: Api): Unmeasured {
  const next = 'ask for fewer series or alerts';
  return new Unmeasured('too_large', `${api.name} answered more than ${maxBytes / 1_048_576} MB`, { next });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
