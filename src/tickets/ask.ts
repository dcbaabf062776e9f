import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';

/** One question to a tracker. */
export interface Question {
  /** GitHub, Jira, Linear: for the words of errors. */
  tracker: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Undefined when it is no JSON. */
  data: unknown;
}

const deadlineMs = 10_000;
/** The request never left. */
const notSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];
const longestPauseMs = 3_600_000;

/**
 * What a tracker answers, within a deadline of its own.
 * @throws PortError `unreachable` (never sent), `unconfirmed` (it may have been done), `stopped`; all worth another try.
 */
export async function askTracker(question: Question, signal: AbortSignal): Promise<Answer> {
  const { tracker, method, url, headers, body, timeoutMs = deadlineMs } = question;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...{ method, redirect: 'manual', signal: AbortSignal.any([signal, deadline]) },
      headers: { accept: 'application/json', 'user-agent': 'rounds', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, data: jsonIn(text) };
  } catch (cause) {
    if (signal.aborted)
      throw new PortError('stopped', `stopped before ${tracker} answered`, { retryable: true, cause });
    const again = { retryable: true, cause };
    if (deadline.aborted)
      throw new PortError('unconfirmed', `${tracker} did not answer within ${timeoutMs / 1_000} s`, again);
    const code = codeOf(cause);
    if (code !== undefined && notSent.includes(code))
      throw new PortError('unreachable', `${tracker} can't be reached (${code})`, again);
    throw new PortError('unconfirmed', `the connection to ${tracker} broke (${code ?? 'no code'})`, again);
  }
}

/** What to do about statuses that mean something else with each tracker. */
export interface Remedies {
  /** 401: `make a new token, and set TICKET_TOKEN`. */
  token: string;
  /** 403: `the token needs "Issues: write"`. */
  rights: string;
  /** 404: `there is no repository o/r that the token can see`. */
  missing: string;
}

/** The error for an answer that is none of the good ones. `words`: the tracker's own. */
export function refusalOf(tracker: string, answer: Answer, words: string, remedies: Remedies): PortError {
  const { status, headers } = answer;
  const said = words === '' ? '' : `: ${redact(words).replace(/\s+/g, ' ').slice(0, 300)}`;
  const refused = (reason: string, message: string) => new PortError(reason, message, { retryable: false });
  if (status === 429 || isRateLimited(answer)) {
    const retryAfterMs = pauseOf(headers);
    return new PortError('rate_limited', `${tracker} takes no more requests for now (${status})`, {
      ...{ retryable: true, retryAfterMs },
    });
  }
  if (status === 401) return refused('unauthorized', `${tracker} refuses the token (401): ${remedies.token}`);
  if (status === 403) return refused('forbidden', `${tracker} forbids it (403)${said}: ${remedies.rights}`);
  if (status === 404 || status === 410) return refused('not_found', `${tracker} (${status}): ${remedies.missing}`);
  if (status >= 300 && status < 400)
    return refused('moved', `${tracker} sends it elsewhere (${status}): check the URL`);
  if (status >= 400 && status < 500) return refused('refused', `${tracker} refuses it (${status})${said}`);
  if (status >= 500) return new PortError('unconfirmed', `${tracker} answers ${status}`, { retryable: true });
  return new PortError('unconfirmed', `${tracker}'s answer can't be read (${status})`, { retryable: true });
}

/** GitHub says so with 403, too. */
function isRateLimited({ status, headers }: Answer): boolean {
  return status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0');
}

/** Seconds, or GitHub's moment at which it begins anew. */
function pauseOf(headers: Headers): number | undefined {
  const after = headers.get('retry-after');
  if (after !== null && /^\d{1,6}$/.test(after)) return Math.min(longestPauseMs, Number(after) * 1_000);
  const left = headers.get('x-ratelimit-remaining');
  const reset = headers.get('x-ratelimit-reset');
  const now = Date.parse(headers.get('date') ?? '');
  if (left !== '0' || reset === null || !/^\d{9,11}$/.test(reset) || Number.isNaN(now)) return undefined;
  return Math.min(longestPauseMs, Math.max(1_000, Number(reset) * 1_000 - now));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's code of a network error, however deep `fetch` wrapped it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}
