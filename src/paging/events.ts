import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { type EventsAnswer, readJson, refusalOf, unansweredOf } from './answers.ts';
import { bodyOf, dedupKeyOf } from './body.ts';
import { createTurns } from './in-turn.ts';
import { isRecord } from './json.ts';
import type { Accepted, PagerEvent } from './model.ts';

/** Of an answer no more is read: PagerDuty's are small. */
const maxAnswerBytes = 64 * 1_024;

export interface EventsOptions {
  /** An origin; default PagerDuty's (the EU has its own). */
  url?: string | undefined;
  log?: Log;
  /** How long one request may take, waiting for its turn not counted; default 5 s. */
  timeoutMs?: number;
  /** For the pause after a 429 that names none; default `Math.random`. */
  random?: () => number;
}

/** Sends events to PagerDuty (Events API v2). It pages at most once for a dedup key, so repeating is safe. */
export interface Events {
  /**
   * One attempt. Resolves when PagerDuty has accepted the event (202, whatever its body). Events with the same dedup key leave
   * in the order of calling, one after the other. No text's size is refused: what is too long is cut.
   * @throws PortError with the reason
   * - `unconfirmed` (timeout, broken connection, a 2xx that is not 202): may have been accepted, send again;
   * - `unreachable`: was not sent, send again; `stopped`: `signal` ended it, may have been accepted;
   * - `rate_limited`, with retryAfterMs; `unavailable` (5xx and what is no answer of PagerDuty's): send again;
   * - `other_key`: accepted under another key than the event's, send again;
   * - `refused` (400, 413): PagerDuty's words are in the message; sending again is useless.
   */
  send(routingKey: string, event: PagerEvent, signal: AbortSignal): Promise<Accepted>;
}

export function createEvents(options: EventsOptions = {}): Events {
  const { url = 'https://events.pagerduty.com', log, timeoutMs = 5_000, random = Math.random } = options;
  const turns = createTurns();

  async function post(body: string, signal: AbortSignal): Promise<EventsAnswer> {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(`${url}/v2/enqueue`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'rounds' },
        body,
        // A redirected POST would arrive as a GET, or carry the key to another host.
        redirect: 'manual',
        signal: ends,
      });
      const retryAfter = response.headers.get('retry-after');
      return { status: response.status, retryAfter, body: await beginningOf(response) };
    } catch (error) {
      throw unansweredOf(error, { stopped: signal.aborted, timeoutMs });
    }
  }

  async function attempt(routingKey: string, event: PagerEvent, signal: AbortSignal): Promise<Accepted> {
    const dedupKey = dedupKeyOf(event.dedupKey);
    const answer = await post(bodyOf(routingKey, event), signal);
    if (answer.status !== 202) throw refusalOf(answer, routingKey, random);
    const said = readJson(answer.body);
    if (isRecord(said) && said.dedup_key !== undefined && said.dedup_key !== dedupKey) {
      throw new PortError('other_key', `PagerDuty accepted another event than ${dedupKey}`, { retryable: true });
    }
    return { dedupKey };
  }

  return {
    send: async (routingKey, event, signal) => {
      const { action, dedupKey } = event;
      // PagerDuty would make one up for a trigger, and nobody could resolve it.
      if (dedupKey === '') throw new PortError('refused', 'an event needs a dedup key', { retryable: false });
      const stopped = (error: unknown) => unansweredOf(error, { stopped: true, timeoutMs });
      let begun = false;
      try {
        const accepted = await turns.take(dedupKeyOf(dedupKey), signal, () => {
          begun = true;
          return attempt(routingKey, event, signal);
        });
        log?.info({ action, dedupKey }, 'PagerDuty accepted an event');
        return accepted;
      } catch (error) {
        const known = begun ? error : stopped(error);
        if (known instanceof PortError) {
          log?.warn({ action, dedupKey, reason: known.reason }, `an event was not accepted: ${known.message}`);
        }
        throw known;
      }
    },
  };
}

/** What can be read of a body. The status has come, and counts: a body that breaks off takes nothing back. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) break;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
