import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import { isRecord } from './json.ts';
import { cutAtGrapheme, oneLine } from './text.ts';

/** The pause where PagerDuty names none (its limit is per minute), and how far it may be off. */
const rateLimited = { pauseMs: 10_000, jitterMs: 4_000, maxMs: 60_000 };

/** The request never left. */
const notSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** What came back from the Events API; `body` is what could be read of it. */
export interface EventsAnswer {
  status: number;
  retryAfter: string | null;
  body: string;
}

/** The error for an answer that is not 202. `secret` is hidden in PagerDuty's own words. `random`: 0 to 1. */
export function refusalOf({ status, retryAfter, body }: EventsAnswer, secret: string, random: () => number): PortError {
  if (status === 429) {
    const retryAfterMs = pauseOf(retryAfter) ?? rateLimited.pauseMs + (random() - 0.5) * rateLimited.jitterMs;
    return new PortError('rate_limited', 'PagerDuty takes no more events for now (429)', {
      retryable: true,
      retryAfterMs: Math.round(retryAfterMs),
    });
  }
  if (status === 400 || status === 413) {
    const words = wordsIn(body, secret);
    return new PortError('refused', `PagerDuty refuses the event (${status}): ${words}`, { retryable: false });
  }
  // Any other 2xx is not PagerDuty's: something in between answered, and may have passed the event on.
  if (status >= 200 && status < 300) {
    return new PortError('unconfirmed', `PagerDuty answers ${status} instead of 202`, { retryable: true });
  }
  return new PortError('unavailable', `PagerDuty answers ${status}`, {
    retryable: true,
    retryAfterMs: pauseOf(retryAfter),
  });
}

/** The error for a request without an answer: it may have been accepted, unless it never left (`unreachable`). */
export function unansweredOf(
  error: unknown,
  { stopped, timeoutMs }: { stopped: boolean; timeoutMs: number },
): PortError {
  const because = { retryable: true, cause: error };
  if (stopped) return new PortError('stopped', 'the sending was stopped before PagerDuty answered', because);
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new PortError('unconfirmed', `PagerDuty did not answer within ${timeoutMs / 1_000} s`, because);
  }
  const code = codeOf(error);
  if (code !== undefined && notSent.includes(code)) {
    return new PortError('unreachable', `PagerDuty can't be reached (${code})`, because);
  }
  return new PortError('unconfirmed', `the connection to PagerDuty broke (${code ?? 'no code'})`, because);
}

/** Seconds, as PagerDuty gives them; more than a minute is not waited for: somebody must be paged. */
function pauseOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null || !/^\d{1,6}$/.test(retryAfter.trim())) return undefined;
  return Math.min(rateLimited.maxMs, Math.max(1_000, Number(retryAfter) * 1_000));
}

/** PagerDuty's message and errors; of anything else (a proxy's page) nothing. */
function wordsIn(body: string, secret: string): string {
  const said = readJson(body);
  if (!isRecord(said)) return 'without a reason';
  const errors = Array.isArray(said.errors) ? said.errors : [];
  const words = [said.message, ...errors].filter((word) => typeof word === 'string').join(': ');
  const hidden = secret === '' ? words : words.replaceAll(secret, '***');
  return cutAtGrapheme(oneLine(redact(hidden)), 300) || 'without a reason';
}

/** Undefined when it is no JSON. */
export function readJson(text: string): unknown {
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
