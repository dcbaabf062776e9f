import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type Incident, type IncidentEvent, nameOf, pagingOf } from '../model.ts';
import { timelineLines } from '../timeline/lines.ts';
import { headOf, incidentPost, pagingWords } from './message.ts';

const shown = 15;

/** The open incidents, then the last ones that are over; a line each. */
export function listPost(incidents: readonly Incident[], now: Date): Post {
  const open = incidents.filter(({ resolved }) => !resolved);
  const over = incidents.filter(({ resolved }) => resolved).slice(0, 5);
  const text = open.length === 0 ? 'No incident is open' : `${open.length} open`;
  const blocks: SlackBlock[] = [section(`*${text}*`)];
  for (const incident of open.slice(0, shown))
    blocks.push(section(`${headOf(incident)}\n${pagingWords(incident, now)}`));
  blocks.push({
    type: 'actions',
    elements: [
      {
        ...{ type: 'button', action_id: 'incident.declare', value: '' },
        text: { type: 'plain_text', text: 'Declare an incident', emoji: true },
      },
    ],
  });
  if (open.length > shown) blocks.push(section(`… and ${open.length - shown} more`));
  if (over.length > 0) blocks.push(section(over.map(headOf).join('\n')));
  return { text, blocks };
}

export function listText(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'No incidents';
  return incidents.map((incident) => `${stateOf(incident).padEnd(12)} ${lineOf(incident)}`).join('\n');
}

export function incidentText(incident: Incident, events: readonly IncidentEvent[], zone: string): string {
  const facts = [incident.systems && `Affected: ${incident.systems}`, incident.known].filter(Boolean);
  return [`${stateOf(incident)}  ${lineOf(incident)}`, ...facts, ...timelineLines(events, zone)].join('\n');
}

/** What somebody is answered who declared it: in the channel it is announced in, its message is the answer. */
export function declaredPost(
  incident: Incident,
  { known, announced }: { known: boolean; announced: string | undefined },
  now: Date,
): Post {
  if (announced === undefined) return incidentPost(incident, now);
  const where = announced.startsWith('#') ? announced : `<#${announced}>`;
  const words = `${known ? 'Declared already' : 'Declared'}: ${headOf(incident)} · ${pagingWords(incident, now)} · it is in ${where}`;
  return { text: words, blocks: [section(words)] };
}

/** In a terminal, some seconds after the declaration: there a page that nobody has sent yet may have nobody to send it. */
export function declaredText(incident: Incident): string {
  return `Declared ${lineOf(incident)}\n${pagedText(incident)}`;
}

function pagedText(incident: Incident): string {
  const paging = pagingOf(incident);
  switch (paging.kind) {
    case 'acknowledged':
      return 'Somebody is on it';
    case 'paged':
      return 'Paged: PagerDuty has taken it over';
    case 'not_paged':
      return `NOT PAGED: ${paging.why}\n→ Call who is on call`;
    case 'paging':
      return 'NOT PAGED yet: the page waits for a running bot\n→ Start the bot, or ask `rounds doctor`; until then call who is on call';
    case 'nobody':
      return paging.why === 'drill' ? 'A drill: nobody is paged' : 'Nobody is paged for this severity at this hour';
  }
}

export function changedPost(incident: Incident, words: string): Post {
  const text = `${escapeSlack(words)}: ${headOf(incident)}`;
  return { text, blocks: [section(text)] };
}

function lineOf(incident: Incident): string {
  const { label, title, drill } = incident;
  return `${nameOf(incident)} ${drill ? 'DRILL ' : ''}${label}: ${title}`;
}

function stateOf({ resolved, acknowledged, notPaged }: Incident): string {
  if (resolved) return 'RESOLVED';
  if (acknowledged) return 'ACKNOWLEDGED';
  return notPaged ? 'NOT PAGED' : 'OPEN';
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
