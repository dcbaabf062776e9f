import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import { callScript } from './script.ts';

/** Text messages and calls, through an HTTP API such as Twilio's. */
export interface Telephone {
  /**
   * One text message. Nobody can tell afterwards whether an unclear one left: repeating it may double it.
   * @throws PortError `unreachable` (not sent), `unconfirmed` (may have been), `rate_limited`, `unavailable`: try again;
   * `refused` (the number, for one), `unauthorized`: useless; `stopped` by `signal`
   */
  text(to: string, words: string, signal: AbortSignal): Promise<void>;
  /** Calls, and says the words twice. Throws as `text`. */
  call(to: string, words: string, signal: AbortSignal): Promise<void>;
}

export interface TelephoneOptions {
  /** An origin; default Twilio's. */
  url?: string | undefined;
  accountSid: string;
  authToken: string;
  /** The number that texts and calls. */
  from: string;
  /** Of one request; default 10 s. */
  timeoutMs?: number;
}

/** Of an answer no more is read. */
const maxAnswerBytes = 64 * 1_024;
/** Two parts of a text message, and then some. */
const maxWords = 320;

export function createTelephone(options: TelephoneOptions): Telephone {
  const { url = 'https://api.twilio.com', accountSid, authToken, from, timeoutMs = 10_000 } = options;
  const account = `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  async function post(path: string, form: Record<string, string>, signal: AbortSignal): Promise<void> {
    const answer = await fetch(`${account}/${path}`, {
      method: 'POST',
      headers: { authorization, 'user-agent': 'rounds' },
      body: new URLSearchParams(form),
      // A redirected request would carry the token to another host.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    }).catch((error: unknown) => Promise.reject(unansweredOf(error, { stopped: signal.aborted, timeoutMs })));
    if (answer.status === 201 || answer.status === 200) {
      await answer.body?.cancel();
      return;
    }
    throw refusalOf(answer, await beginningOf(answer));
  }

  return {
    text: (to, words, signal) =>
      post(
        'Messages.json',
        { To: dialled(to), From: from, Body: redact(words).slice(0, maxWords).toWellFormed() },
        signal,
      ),
    call: (to, words, signal) =>
      post('Calls.json', { To: dialled(to), From: from, Twiml: callScript(redact(words).slice(0, maxWords)) }, signal),
  };
}

/** `+1-555-0101` as it is dialled. */
function dialled(number: string): string {
  return `+${number.replace(/\D/g, '')}`;
}

function refusalOf({ status, headers }: Response, body: string): PortError {
  if (status === 401 || status === 403)
    return new PortError('unauthorized', `the telephone service refuses the account or its token (${status})`, {
      retryable: false,
    });
  if (status === 429) {
    const seconds = Number(headers.get('retry-after'));
    const retryAfterMs = seconds > 0 ? Math.min(60, seconds) * 1_000 : 5_000;
    return new PortError('rate_limited', 'the telephone service takes no more for now (429)', {
      ...{ retryable: true, retryAfterMs },
    });
  }
  if (status >= 400 && status < 500) {
    // Their number says what: 21211 is no valid number, 21610 somebody who unsubscribed.
    const code = /"code"\s*:\s*(\d{1,6})/.exec(body)?.[1];
    const why = code === undefined ? String(status) : `${status}, code ${code}`;
    return new PortError('refused', `the telephone service refuses it (${why})`, { retryable: false });
  }
  return new PortError('unavailable', `the telephone service answers ${status}`, { retryable: true });
}

const notSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

function unansweredOf(error: unknown, { stopped, timeoutMs }: { stopped: boolean; timeoutMs: number }): PortError {
  const because = { retryable: true, cause: error };
  if (stopped) return new PortError('stopped', 'stopped before the telephone service answered', because);
  if (error instanceof Error && error.name === 'TimeoutError')
    return new PortError('unconfirmed', `the telephone service did not answer within ${timeoutMs / 1_000} s`, because);
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no code';
  if (notSent.includes(code))
    return new PortError('unreachable', `the telephone service can't be reached (${code})`, because);
  return new PortError('unconfirmed', `the connection to the telephone service broke (${code})`, because);
}

async function beginningOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) break;
    }
  } catch (error) {
    // The status has come, and counts.
    if (!(error instanceof Error)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
