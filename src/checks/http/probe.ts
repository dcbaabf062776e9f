import type { LookupFunction } from 'node:net';
import { resolve } from 'node:path';
import type { Facts, Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { redactor } from '../facts/text.ts';
import { readAuthority } from '../network/authority.ts';
import { networkFailure } from '../network/failure.ts';
import { secondsSince, silent } from '../network/silence.ts';
import { answerFacts } from './answer.ts';
import type { HttpTarget } from './params.ts';
import { redirected } from './redirect.ts';
import type { HttpOutcome, HttpRequest, Stage } from './request.ts';
import { sendRequest } from './request.ts';

type HttpProbe = Pick<Probe<HttpTarget>, 'target' | 'signal' | 'reveal' | 'site'>;

/** Asks once, following redirects as configured. Throws Unmeasured when nothing is known about the target. */
export async function probeHttp(probe: HttpProbe, lookup?: LookupFunction): Promise<Measurement> {
  const { target, signal } = probe;
  const startedMs = performance.now();
  let request = await firstRequest(probe, lookup);
  let outcome = await send(request, signal);
  for (let left = target.redirects; left > 0; left--) {
    const next = redirected(request, outcome, target.redirects_to_http);
    if (next.kind === 'insecure') return { facts: { reachable: false, error: 'redirected from https to http' } };
    if (next.kind === 'none') break;
    request = next.request;
    outcome = await send(request, signal);
  }
  if (outcome.kind !== 'answer') return { facts: withoutAnswer(outcome, request, target, startedMs) };
  const latencyMs = Math.round((performance.now() - startedMs) * 10) / 10;
  const redact = redactor([...Object.values(target.headers), target.body ?? ''], probe.reveal);
  const facts = await answerFacts(outcome, { method: request.method, maxBytes: target.max_bytes, redact });
  if (facts === undefined) throw tooLarge(request, target);
  return { facts: { ...facts, latency_ms: latencyMs } };
}

async function firstRequest({ target, reveal, site }: HttpProbe, lookup?: LookupFunction): Promise<HttpRequest> {
  const headers: Record<string, string> = { 'user-agent': 'rounds', accept: '*/*', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(target.headers)) headers[name.toLowerCase()] = reveal(value);
  return {
    url: new URL(target.url),
    method: target.method,
    headers,
    body: target.body === undefined ? undefined : reveal(target.body),
    ca: target.ca === undefined ? undefined : await readAuthority(resolve(site.dir, target.ca)),
    insecureTls: target.insecure_tls,
    maxBytes: target.max_bytes,
    lookup,
  };
}

/** Node refuses headers with line breaks (a secret read from a file, say) by throwing; the message has no value in it. */
async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
  try {
    return await sendRequest(request, signal);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new Unmeasured('misconfigured', `the request to ${request.url.host} can't be sent: ${cause.message}`, {
      cause,
    });
  }
}

const waitedFor: Record<Stage, string> = {
  connection: 'no connection to',
  answer: 'no answer from',
  body: 'no complete answer from',
};

function withoutAnswer(
  outcome: Exclude<HttpOutcome, { kind: 'answer' }>,
  { url: { host } }: HttpRequest,
  target: HttpTarget,
  startedMs: number,
): Facts {
  if (outcome.kind === 'silent') {
    return silent(`${waitedFor[outcome.stage]} ${host} within ${secondsSince(startedMs)}`, target.on_timeout);
  }
  if (outcome.kind === 'too_large') throw tooLarge({ url: { host } }, target);
  const code = 'code' in outcome.error ? String(outcome.error.code) : '';
  if (code.startsWith('HPE_')) return { reachable: false, error: 'the answer is not valid HTTP' };
  const failure = networkFailure(outcome.error, host);
  if (failure.kind === 'measured') {
    const cut = outcome.stage !== 'connection' && failure.error === 'connection reset';
    return { reachable: false, error: cut ? closedDuring[outcome.stage] : failure.error };
  }
  if (failure.reason === 'timeout') return silent(failure.message, target.on_timeout);
  throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: outcome.error });
}

function tooLarge({ url: { host } }: { url: { host: string } }, { max_bytes }: HttpTarget): Unmeasured {
  return new Unmeasured('too_large', `${host} answered more than ${max_bytes} bytes`, {
    next: 'ask for a smaller page, or raise max_bytes',
  });
}

const closedDuring: Record<Stage, string> = {
  connection: 'connection reset',
  answer: 'connection closed without an answer',
  body: 'connection closed in the middle of the answer',
};
