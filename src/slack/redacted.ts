import type { Post } from '../kernel/command.ts';
import { markedPhone } from '../kernel/contact-mark.ts';
import { redact, redactAddress } from '../kernel/redact.ts';

/**
 * What people read of a post or view, redacted; what only machines read (ids, values, addresses of buttons) stays. It
 * works on text that is escaped already: the marks of Slack's own (`<@U1>`, `<!date^…>`, `<https://…|label>`) stay whole.
 */
export function redactedPost(post: Post): Post {
  const once = rememberingTexts();
  return { text: once(post.text), blocks: post.blocks.map((block) => ({ ...block, ...withTexts(block, once) })) };
}

/** As `redactedPost`, for what `views.open` takes. */
export function redactedView(view: Record<string, unknown>): Record<string, unknown> {
  return withTexts(view, rememberingTexts());
}

/** Members that nobody reads, or that would no longer do what they are for. */
const machineMembers = new Set([
  'type',
  'value',
  'url',
  'image_url',
  'thumbnail_url',
  'title_url',
  'action_id',
  'block_id',
  'callback_id',
  'external_id',
  'private_metadata',
  // What somebody typed, shown to them again.
  'initial_value',
  'user_id',
  'channel_id',
  'usergroup_id',
  'style',
  'language',
]);

/** Tables say the same in many cells: each text is looked at once. */
function rememberingTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const redacted = known.get(text) ?? redactSlack(text);
    known.set(text, redacted);
    return redacted;
  };
}

function withTexts(object: object, once: (text: string) => string): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...object };
  for (const [name, member] of Object.entries(copy)) if (!machineMembers.has(name)) copy[name] = shown(member, once);
  return copy;
}

function shown(value: unknown, once: (text: string) => string): unknown {
  if (typeof value === 'string') return once(value);
  if (Array.isArray(value)) return value.map((item) => shown(item, once));
  return typeof value === 'object' && value !== null ? withTexts(value, once) : value;
}

const marks = /(<(?:[@#!][^<>\n]*|[a-z]{2,10}:[^<>\n]*)>)/;

/** Slack's own marks are kept: of a link the address loses its secrets, its label what any text loses. */
function redactSlack(text: string): string {
  const parts = text.includes('<') ? text.split(marks) : [text];
  const masked = parts.map((part, at) => (at % 2 === 0 ? redact(part) : redactMark(part))).join('');
  // A `*` would begin bold text.
  return masked === text ? text : masked.replaceAll('***', '∗∗∗');
}

function redactMark(mark: string): string {
  if (/^<[@#!]/.test(mark)) return mark;
  const phone = markedPhone(mark);
  if (phone !== undefined) return phone;
  const bar = mark.indexOf('|');
  const address = redactAddress(mark.slice(1, bar < 0 ? -1 : bar));
  if (/^(?:mailto|tel):/.test(address)) return redact(bar < 0 ? address : mark.slice(bar + 1, -1));
  return bar < 0 ? `<${address}>` : `<${address}|${redact(mark.slice(bar + 1, -1))}>`;
}
