import { createHmac } from 'node:crypto';

/** Slack's request headers: `X-Slack-Signature` v0 over the timestamp and the raw body. */
export function signedHeaders(signingSecret: string, body: string, unixSeconds: number): Record<string, string> {
  const timestamp = String(unixSeconds);
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}
