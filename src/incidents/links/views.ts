import { slackLink } from '../../kernel/escape.ts';
import type { Incident } from '../model.ts';

/** Where else it is, in one line; undefined = nowhere. Escaped. */
export function linksLine({ links }: Incident): string | undefined {
  if (!links) return undefined;
  const { ticket, bridge } = links;
  const parts = [
    ...(ticket ? [`Ticket ${slackLink(ticket.url, ticket.name)}`] : []),
    ...(bridge ? [slackLink(bridge.url, 'Join the bridge')] : []),
  ];
  return parts.join(' · ') || undefined;
}
