import { z } from 'zod';
import type { Given, GivenMessage } from '../kernel/form.ts';
import { redact } from '../kernel/redact.ts';
import { plainText } from './words.ts';

/** What Slack keeps beside a form and hands back with it. */
export interface Kept {
  given: Given;
  /** How often it was sent before and came back with an error: each sending is carried out once. */
  sent: number;
}

/** Slack's limit of `private_metadata`. */
const keptMax = 3_000;

const schema = z.object({
  sent: z.number(),
  given: z.object({
    value: z.string(),
    from: z
      .object({ channel: z.string(), threadTs: z.string().exactOptional(), ts: z.string().exactOptional() })
      .exactOptional(),
    message: z
      .object({
        channel: z.string(),
        ts: z.string(),
        threadTs: z.string().exactOptional(),
        user: z.string().exactOptional(),
        text: z.string(),
        at: z.coerce.date(),
      })
      .exactOptional(),
    cut: z.literal(true).exactOptional(),
  }),
});

/** As `private_metadata`: what is too long is cut, the message's text first, and says so. Pure. */
export function keep({ given, sent }: Kept): string {
  const whole = JSON.stringify({ sent, given });
  if (whole.length <= keptMax) return whole;
  const { message, value } = given;
  const over = whole.length + '"cut":true,'.length - keptMax;
  const cut = { ...given, cut: true as const };
  if (message && message.text.length > 0) {
    const text = start(message.text, message.text.length - over);
    return keep({ sent, given: { ...cut, message: { ...message, text } } });
  }
  if (value === '') return JSON.stringify({ sent, given: { value, cut: true } });
  return keep({ sent, given: { ...cut, value: start(value, value.length - over) } });
}

/** Undefined when it is none that this version made. Pure. */
export function kept(metadata: string): Kept | undefined {
  try {
    const read = schema.safeParse(JSON.parse(metadata));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** What was typed behind a command. It is kept by Slack, and so without secrets. */
export function givenWords(words: string): string {
  return redact(words).toWellFormed();
}

/** A message as its shortcut delivers it. */
export function givenMessage(
  channel: string,
  message: { ts: string; user?: string; text?: string; thread_ts?: unknown; bot_id?: unknown },
): GivenMessage {
  const { ts, user, text, thread_ts: threadTs } = message;
  return {
    channel,
    ts,
    ...(typeof threadTs === 'string' && threadTs !== ts && { threadTs }),
    ...(user !== undefined && message.bot_id === undefined && { user }),
    text: givenWords(plainText(text ?? '')),
    at: new Date(Number(ts) * 1_000),
  };
}

function start(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).toWellFormed();
}
