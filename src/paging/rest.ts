import type { z } from 'zod';
import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import { isRecord } from './json.ts';
import { cutAtGrapheme, oneLine } from './text.ts';

export const defaultApiUrl = 'https://api.pagerduty.com';
const defaultTimeoutMs = 5_000;
/** PagerDuty's largest page of a list, and where one is given up: it serves no offset above 10,000. */
const list = { limit: 100, maxOffset: 10_000 };

/** What PagerDuty's REST API said, or why it said nothing that can be read. */
export type RestAnswer =
  | { kind: 'answered'; status: number; data: unknown; retryAfterMs?: number | undefined }
  | { kind: 'failed'; reason: 'timeout' | 'unreachable' | 'invalid_answer' | 'stopped'; why: string; status?: number };

export interface RestOptions {
  /** An origin; default PagerDuty's (the EU has its own). */
  url?: string | undefined;
  token: string;
  /** How long one call may take; default 5 s. */
  timeoutMs?: number;
}

/**
 * One GET. The library's own deadline does nothing, and it waits up to 60 s after a 429: ours ends the call, whatever it
 * waits for. It resolves with a 500 as with a 200: look at the status.
 */
export async function askPagerDuty(
  path: string,
  { url = defaultApiUrl, token, timeoutMs = defaultTimeoutMs }: RestOptions,
  signal?: AbortSignal,
): Promise<RestAnswer> {
  const { api } = await import('@pagerduty/pdjs');
  const end = new AbortController();
  const over = Promise.withResolvers<RestAnswer>();
  const finish = (answer: RestAnswer) => {
    over.resolve(answer);
    end.abort();
  };
  const late = `did not answer within ${timeoutMs / 1_000} s`;
  const timer = setTimeout(finish, timeoutMs, { kind: 'failed', reason: 'timeout', why: late });
  const stop = () => finish({ kind: 'failed', reason: 'stopped', why: 'was not waited for' });
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const options = { signal: end.signal, requestTimeout: 0, retryTimeout: 200 };
  const asked = api({ url: `${url}${path}`, token, ...options }).then(
    ({ status, data, headers }): RestAnswer => ({
      ...{ kind: 'answered', status, data },
      retryAfterMs: pauseOf(headers.get('ratelimit-reset') ?? headers.get('retry-after')),
    }),
    failureOf,
  );
  return Promise.race([asked, over.promise]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}

/** What is rejected is an Error, or an answer whose body is no JSON. */
function failureOf(error: unknown): RestAnswer {
  if (isRecord(error) && typeof error.status === 'number') {
    const { status } = error;
    return { kind: 'failed', reason: 'invalid_answer', why: `answered ${status}, and no JSON`, status };
  }
  const code = isRecord(error) && typeof error.code === 'string' ? error.code : undefined;
  const why = `can't be reached (${code ?? (error instanceof Error ? error.name : String(error))})`;
  return { kind: 'failed', reason: 'unreachable', why };
}

/** Seconds, in PagerDuty's headers. */
function pauseOf(seconds: string | null): number | undefined {
  return seconds !== null && /^\d{1,6}$/.test(seconds.trim()) ? Number(seconds) * 1_000 : undefined;
}

/**
 * What `path` answers, in this shape.
 * @throws PortError `timeout`, `unreachable`, `invalid_answer`, `unavailable`, `rate_limited` or `stopped`: worth another try;
 * `unauthorized` or `refused`: not.
 */
export async function read<T>(
  path: string,
  shape: z.ZodType<T>,
  options: RestOptions,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await askPagerDuty(path, options, signal);
  const { status } = answer;
  if (answer.kind === 'failed' && (status === undefined || status < 400)) {
    throw new PortError(answer.reason, `PagerDuty ${answer.why}`, { retryable: true });
  }
  if (status !== 200) throw refusalOf(Number(status), answer);
  const found = shape.safeParse(answer.kind === 'answered' ? answer.data : undefined);
  if (found.success) return found.data;
  const where = found.error.issues[0]?.path.join('.');
  throw new PortError('invalid_answer', `PagerDuty's answer can't be read (at ${where || 'its beginning'})`, {
    retryable: true,
  });
}

/** All of a list: `page` reads one part of it (`items`, and whether there are `more`). Throws as `read` does. */
export async function readAll<T>(
  path: string,
  page: z.ZodType<{ items: T[]; more: boolean }>,
  options: RestOptions,
  signal?: AbortSignal,
): Promise<T[]> {
  const all: T[] = [];
  for (let offset = 0; offset < list.maxOffset; offset += list.limit) {
    const joint = path.includes('?') ? '&' : '?';
    const { items, more } = await read(`${path}${joint}limit=${list.limit}&offset=${offset}`, page, options, signal);
    all.push(...items);
    if (!more) break;
  }
  return all;
}

function refusalOf(status: number, answer: RestAnswer): PortError {
  const said = `PagerDuty answers ${status}`;
  if (status === 429) {
    const retryAfterMs = answer.kind === 'answered' ? answer.retryAfterMs : undefined;
    return new PortError('rate_limited', said, { retryable: true, retryAfterMs });
  }
  if (status === 401 || status === 403) {
    const message = `PagerDuty refuses the API token (${status}): make a new REST API key, and set PAGERDUTY_API_TOKEN`;
    return new PortError('unauthorized', message, { retryable: false });
  }
  if (status >= 400 && status < 500) {
    return new PortError('refused', `${said}${wordsOf(answer)}`, { retryable: false });
  }
  return new PortError('unavailable', said, { retryable: true });
}

/** PagerDuty's own words, redacted. */
function wordsOf(answer: RestAnswer): string {
  const error = answer.kind === 'answered' && isRecord(answer.data) ? answer.data.error : undefined;
  if (!isRecord(error) || typeof error.message !== 'string') return '';
  const errors = Array.isArray(error.errors) ? error.errors.filter((one) => typeof one === 'string') : [];
  return `: ${cutAtGrapheme(oneLine(redact([error.message, ...errors].join(': '))), 300)}`;
}
