import type { IncomingMessage, RequestListener } from 'node:http';
import { HTTPReceiver, type Logger, verifySlackRequest } from '@slack/bolt';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** Slack's own bound for how far a request's timestamp may be off, seconds. Bolt's check knows the past only. */
const skewMaxSeconds = 300;
/** Signatures kept: more than five minutes of 300 requests a second. */
const signaturesMax = 100_000;
const bodyLimit = 1024 * 1024;

export interface HttpIngress {
  receiver: HTTPReceiver;
  /** Takes POST /slack/events of the app's own server; that has read the body, within a bound, as `rawBody`. */
  requestListener: RequestListener;
  open(): void;
  close(): void;
}

/**
 * Slack's requests over HTTP, told by their signature. A timestamp that is off is refused, and so is a request that this
 * process has taken before, unless Slack says that it tries again: then the database knows it.
 */
export function httpIngress(options: {
  signingSecret: string;
  /** Real time: Slack's timestamps say nothing about a clock that a test has moved, nor about a machine's wrong one. */
  realTime: Clock;
  logger: Logger;
  log: Log;
}): HttpIngress {
  const { signingSecret, realTime, logger, log } = options;
  const taken = new Set<string>();
  let open = false;
  // Bolt would check the signature by the machine's clock.
  const endpoints = ['/slack/events'];
  const receiver = new HTTPReceiver({ signingSecret, logger, endpoints, bodyLimit, signatureVerification: false });

  /** Why a request is not taken; notes its signature when it is, so that nobody fills the memory with made-up ones. */
  const refusal = ({ headers }: IncomingMessage, body: string): string | undefined => {
    const {
      'x-slack-signature': signature,
      'x-slack-request-timestamp': timestamp,
      'x-slack-retry-num': retry,
    } = headers;
    if (typeof signature !== 'string' || typeof timestamp !== 'string') return 'it is not signed';
    const seconds = Number(timestamp);
    const nowMilliseconds = realTime.now().getTime();
    if (seconds - nowMilliseconds / 1000 > skewMaxSeconds) return 'its timestamp lies in the future';
    try {
      const signed = { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds };
      verifySlackRequest({ signingSecret, body, headers: signed, nowMilliseconds });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    if (retry === undefined && taken.has(signature)) return 'it was taken before';
    taken.add(signature);
    if (taken.size > signaturesMax) taken.delete(taken.values().next().value!);
    return undefined;
  };

  return {
    receiver,
    open: () => {
      open = true;
    },
    close: () => {
      open = false;
    },
    requestListener: (request, response) => {
      const end = (status: number) => void response.writeHead(status).end();
      if (!open) return end(503);
      const path = (request.url ?? '/').split('?', 1)[0];
      if (request.method !== 'POST' || path !== '/slack/events') return end(404);
      const rawBody = 'rawBody' in request && Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
      if (!rawBody) throw new Error("the body of a request to /slack/events was not read by the bot's server");
      const why = refusal(request, rawBody.toString());
      if (why === undefined) return receiver.requestListener(request, response);
      log.warn(`a request to /slack/events is refused: ${why}`);
      end(401);
    },
  };
}
