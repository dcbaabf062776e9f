import { isObject } from '../args.ts';
import type { PageShown } from '../page/contract.ts';
import type { Json } from '../world.ts';

/** PagerDuty's limits, from its documentation of the Events API v2. */
export const EVENT = { bytes: 512 * 1024, summaryChars: 1_024, dedupKeyChars: 255, routingKeyChars: 32 };

const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;

type Trigger = Pick<PageShown, 'summary' | 'source' | 'severity' | 'details' | 'links'>;

export type PhoneEvent = { dedupKey?: string } & (
  | ({ action: 'trigger' } & Trigger)
  | { action: 'acknowledge' | 'resolve' }
);

/** The event, or what PagerDuty finds wrong with it. */
export function readEvent(body: unknown, routingKeys: readonly string[]): { event: PhoneEvent } | { errors: string[] } {
  if (!isObject(body)) return { errors: ['Event object format is unrecognized'] };
  const errors: string[] = [];
  const { routing_key: key, dedup_key: dedupKey, event_action: given } = body;
  if (isBlank(key)) errors.push(missing('routing_key'));
  else if (typeof key !== 'string' || key.length !== EVENT.routingKeyChars)
    errors.push(`Length of 'routing_key' is incorrect (should be ${EVENT.routingKeyChars} characters)`);
  else if (!routingKeys.includes(key)) errors.push('Invalid routing key');
  const action = ACTIONS.find((known) => known === given);
  if (isBlank(given)) errors.push(missing('event_action'));
  else if (!action) errors.push(oneOf('event_action', ACTIONS));
  if (!isBlank(dedupKey) && (typeof dedupKey !== 'string' || dedupKey.length > EVENT.dedupKeyChars))
    errors.push(`'dedup_key' is invalid (must be a string of at most ${EVENT.dedupKeyChars} characters)`);
  else if (isBlank(dedupKey) && action && action !== 'trigger') errors.push(missing('dedup_key'));
  const trigger = action === 'trigger' ? readTrigger(body, errors) : undefined;
  if (errors.length > 0 || !action) return { errors };
  const dedup = typeof dedupKey === 'string' && dedupKey !== '' ? { dedupKey } : {};
  if (action !== 'trigger') return { event: { action, ...dedup } };
  return trigger ? { event: { action, ...trigger, ...dedup } } : { errors: [missing('payload')] };
}

function readTrigger(body: Json, errors: string[]): Trigger | undefined {
  const { payload, links } = body;
  if (!isObject(payload)) {
    errors.push(missing('payload'));
    return undefined;
  }
  const { summary, source, severity: given, custom_details: details } = payload;
  for (const [name, value] of Object.entries({ summary, source, severity: given })) {
    if (isBlank(value)) errors.push(missing(`payload.${name}`));
    else if (typeof value !== 'string') errors.push(`'payload.${name}' is invalid (must be a string)`);
  }
  if (typeof summary === 'string' && summary.length > EVENT.summaryChars)
    errors.push(`'payload.summary' is too long (at most ${EVENT.summaryChars} characters)`);
  const severity = SEVERITIES.find((known) => known === given);
  if (typeof given === 'string' && given !== '' && !severity) errors.push(oneOf('payload.severity', SEVERITIES));
  if (!severity) return undefined;
  return {
    summary: String(summary),
    source: String(source),
    severity,
    details: isObject(details) ? details : isBlank(details) ? {} : { details },
    links: Array.isArray(links) ? links.filter(isObject).flatMap(shownLink) : [],
  };
}

/** Only web addresses become links. */
function shownLink({ href, text }: Json): { href: string; text: string }[] {
  if (typeof href !== 'string' || !/^https?:\/\//i.test(href)) return [];
  return [{ href, text: typeof text === 'string' && text !== '' ? text : href }];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function missing(name: string): string {
  return `'${name}' is missing or blank`;
}

function oneOf(name: string, known: readonly string[]): string {
  return `'${name}' is invalid (must be one of the following: ${known.map((word) => `'${word}'`).join(', ')})`;
}
