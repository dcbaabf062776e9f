import type { Clock } from '../world.ts';
import { signedHeaders } from './signature.ts';
import type { Deadline, Parcel, Receipt, Transport } from './transport.ts';

interface Sent {
  body: string;
  unixSeconds: number;
  headers: Record<string, string>;
}

function encode({ type, payload }: Parcel): { body: string; contentType: string } {
  if (type === 'events_api' || type === 'url_verification') {
    return { body: JSON.stringify(payload), contentType: 'application/json' };
  }
  const fields = type === 'interactive' ? { payload: JSON.stringify(payload) } : payload;
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
  return { body: new URLSearchParams(pairs).toString(), contentType: 'application/x-www-form-urlencoded' };
}

/** Posts to the app's request URL, signed, and reads the acknowledgement from the answer. */
export class HttpTransport implements Transport {
  readonly via = 'http';
  private last: Sent | undefined;
  private readonly target: { url: string; signingSecret: string };
  private readonly clock: Clock;
  private readonly deadline: Deadline;

  constructor(target: { url: string; signingSecret: string }, clock: Clock, deadline: Deadline) {
    this.target = target;
    this.clock = clock;
    this.deadline = deadline;
  }

  send(parcel: Parcel): Promise<Receipt> {
    const { body, contentType } = encode(parcel);
    const retry = parcel.attempt > 0 && {
      'x-slack-retry-num': String(parcel.attempt),
      'x-slack-retry-reason': parcel.retryReason ?? 'http_error',
    };
    const unixSeconds = Math.floor(this.clock.now().getTime() / 1000);
    this.last = { body, unixSeconds, headers: { 'content-type': contentType, ...retry } };
    return this.post(this.last);
  }

  repeat(shiftSeconds = 0): Promise<Receipt> {
    if (!this.last) throw new Error('Nothing was delivered yet');
    return this.post({ ...this.last, unixSeconds: this.last.unixSeconds + shiftSeconds });
  }

  private async post({ body, unixSeconds, headers }: Sent): Promise<Receipt> {
    const signature = signedHeaders(this.target.signingSecret, body, unixSeconds);
    try {
      const response = await fetch(this.target.url, {
        method: 'POST',
        body,
        headers: { 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...headers, ...signature },
        signal: AbortSignal.timeout(this.deadline.ms),
      });
      const text = await response.text();
      const { status } = response;
      if (!response.ok) return { outcome: 'failed', status, reason: 'http_error', ack: text };
      return { outcome: 'acked', status, ack: readAck(text, response.headers.get('content-type') ?? '') };
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError')
        return { outcome: 'timeout', reason: 'http_timeout' };
      return { outcome: 'failed', reason: 'connection_failed' };
    }
  }
}

function readAck(text: string, contentType: string): unknown {
  if (text === '') return undefined;
  if (!contentType.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
