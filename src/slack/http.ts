import type { RequestListener } from 'node:http';
import { HTTPReceiver, type Logger } from '@slack/bolt';
import { systemClock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** Slack's own bound for how far a request's timestamp may be off, seconds. Bolt checks the past only. */
const skewMaxSeconds = 300;
/** Signatures kept: more than five minutes of 300 requests a second. */
const signaturesMax = 100_000;
const bodyMaxBytes = 1024 * 1024;

export interface HttpIngress {
  receiver: HTTPReceiver;
  /** Takes POST /slack/events of the app's own server; the body may be read already, as `rawBody`. */
  requestListener: RequestListener;
  open(): void;
  close(): void;
}

/**
 * Slack's requests over HTTP. Beside Bolt's check of the signature, a timestamp from the future is refused, and so is a
 * request that this process has taken before, unless Slack says that it tries again: then the database knows it.
 */
export function httpIngress({
  signingSecret,
  logger,
  log,
}: {
  signingSecret: string;
  logger: Logger;
  log: Log;
}): HttpIngress {
  const taken = new Set<string>();
  let open = false;
  const receiver = new HTTPReceiver({
    signingSecret,
    logger,
    endpoints: ['/slack/events'],
    bodyLimit: bodyMaxBytes,
    // Runs once the signature is known to be good, so nobody can fill the memory with made-up ones.
    customPropertiesExtractor: (request) => {
      const { 'x-slack-signature': signature } = request.headers;
      if (typeof signature === 'string') taken.add(signature);
      if (taken.size > signaturesMax) taken.delete(taken.values().next().value!);
      return {};
    },
  });

  const refusal = (headers: Parameters<RequestListener>[0]['headers']): string | undefined => {
    const seconds = Number(headers['x-slack-request-timestamp']);
    // Slack signs real time: a clock moved in a test or in the local workspace says nothing about it.
    if (seconds - systemClock.now().getTime() / 1000 > skewMaxSeconds) return 'its timestamp lies in the future';
    const { 'x-slack-signature': signature, 'x-slack-retry-num': retry } = headers;
    if (retry === undefined && typeof signature === 'string' && taken.has(signature)) return 'it was taken before';
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
      const why = refusal(request.headers);
      if (why === undefined) return receiver.requestListener(request, response);
      log.warn(`a request to /slack/events is refused: ${why}`);
      end(401);
    },
  };
}
