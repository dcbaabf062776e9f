import { createHash } from 'node:crypto';
import { redact, redactAddress, redactDeep } from '../kernel/redact.ts';
import { fitDetails } from './details.ts';
import type { PagerEvent, PagerTrigger } from './model.ts';
import { cutAtGrapheme, oneLine } from './text.ts';

/** PagerDuty's limits (Events API v2: 1,024 characters, 255, 512 KB), and our own where it names none. */
const limits = { summary: 1_024, dedupKeyBytes: 255, bodyBytes: 512_000, field: 255, links: 20, href: 2_048 };

/**
 * The key as PagerDuty gets it: at most 255 bytes. A longer one keeps its beginning and ends in a hash of the whole, so that
 * different keys stay different. Look alerts up and compare webhooks by this one. Pure.
 */
export function dedupKeyOf(key: string): string {
  const wanted = key.toWellFormed();
  if (Buffer.byteLength(wanted) <= limits.dedupKeyBytes) return wanted;
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 32);
  let head = wanted.slice(0, limits.dedupKeyBytes);
  while (Buffer.byteLength(head) > limits.dedupKeyBytes - 33) head = head.slice(0, -1).toWellFormed();
  return `${head}~${hash}`;
}

/** The request's body: redacted, and cut to PagerDuty's limits, so that no size is a reason to refuse a page. Pure. */
export function bodyOf(routingKey: string, event: PagerEvent): string {
  const head = { routing_key: routingKey, event_action: event.action, dedup_key: dedupKeyOf(event.dedupKey) };
  if (event.action !== 'trigger') return JSON.stringify(head);
  const { client, clientUrl, details } = event;
  const links = (event.links ?? []).flatMap(linkOf).slice(0, limits.links);
  const rest = {
    ...head,
    ...(client && { client: field(client) }),
    ...(clientUrl && isWebAddress(clientUrl) && { client_url: redactAddress(clientUrl) }),
    ...(links.length > 0 && { links }),
  };
  const payload = payloadOf(event);
  const bare = JSON.stringify({ ...rest, payload });
  if (details === undefined) return bare;
  const room = limits.bodyBytes - Buffer.byteLength(bare) - ',"custom_details":'.length;
  return JSON.stringify({ ...rest, payload: { ...payload, custom_details: fitDetails(plain(details), room) } });
}

function payloadOf({ summary, source, severity, timestamp, component, group, class: kind }: PagerTrigger) {
  return {
    // PagerDuty refuses a blank one, and a page without words is better than none.
    summary: cutAtGrapheme(oneLine(redact(summary)), limits.summary) || 'Something needs attention',
    source: field(source) || 'rounds',
    severity,
    ...(timestamp && { timestamp: timestamp.toISOString() }),
    ...(component && { component: field(component) }),
    ...(group && { group: field(group) }),
    ...(kind && { class: field(kind) }),
  };
}

function field(text: string): string {
  return cutAtGrapheme(oneLine(redact(text)), limits.field);
}

function linkOf({ href, text }: { href: string; text: string }): { href: string; text: string }[] {
  if (!isWebAddress(href)) return [];
  const shown = redactAddress(href);
  return [{ href: shown, text: field(text) || cutAtGrapheme(shown, limits.field) }];
}

function isWebAddress(href: string): boolean {
  const protocol = URL.parse(href)?.protocol;
  return href.length <= limits.href && (protocol === 'https:' || protocol === 'http:');
}

/** Redacted plain JSON without halves of characters. */
function plain(details: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(redactDeep(details), (_, value: unknown) => {
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), member]));
  });
  return Object(JSON.parse(text));
}
