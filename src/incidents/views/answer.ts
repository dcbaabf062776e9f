import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type Incident, pagingOf } from '../model.ts';
import { section } from './blocks.ts';
import { lineOf } from './list.ts';
import { headOf, incidentPost, pagingWords } from './message.ts';

/** What somebody is answered who declared it: in the channel it is announced in, its message is the answer. */
export function declaredPost(
  incident: Incident,
  { known, announced }: { known: boolean; announced: string | undefined },
  now: Date,
): Post {
  if (announced === undefined) return incidentPost(incident, now);
  const where = incident.private
    ? 'a private channel of its own, which opens now'
    : announced.startsWith('#')
      ? announced
      : `<#${announced}>`;
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

/** Where no dialog could be opened: the button that opens it. */
export function askToResolvePost(incident: Incident): Post {
  const text = `What resolved ${headOf(incident)}?`;
  const label = { type: 'plain_text', text: 'Resolve', emoji: true };
  const button = { type: 'button', action_id: 'incident.resolve', value: String(incident.id), text: label };
  return { text, blocks: [section(text), { type: 'actions', elements: [button] }] };
}

export function changedPost(incident: Incident, words: string): Post {
  return saidPost(incident, escapeSlack(words));
}

/** `words` are escaped, so that they may mention somebody. */
export function saidPost(incident: Incident, words: string): Post {
  const text = `${words}: ${headOf(incident)}`;
  return { text, blocks: [section(text)] };
}
