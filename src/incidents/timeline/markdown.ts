import { escapeMarkdown, escapeMarkdownLines } from '../../kernel/markdown.ts';
import { wallAt } from '../../kernel/wall-clock.ts';
import { type Incident, type IncidentEvent, nameOf as numberOf } from '../model.ts';
import { headOfEvent, type NameOf, personOf, readable } from './words.ts';

/** A check that changed meanwhile, by the history of checks. */
export interface CheckChange {
  at: Date;
  check: string;
  from?: string | undefined;
  to: string;
}

/** The whole timeline as a Markdown document: a heading for each day of `zone`, a line for each event. Pure. */
export function timelineMarkdown(
  incident: Pick<Incident, 'id' | 'label' | 'title' | 'drill'>,
  events: readonly IncidentEvent[],
  zone: string,
  { nameOf, checks = [] }: { nameOf?: NameOf; checks?: readonly CheckChange[] } = {},
): string {
  const { label, title, drill } = incident;
  const head = `# Timeline of ${numberOf(incident)} ${escapeMarkdown(`${drill ? 'DRILL ' : ''}${label}: ${title}`)}`;
  const entries = timelineEntries(events, zone, nameOf);
  const meanwhile = checks.map(({ at, check, from, to }) => {
    const change = from === undefined ? to : `${from} → ${to}`;
    return `- ${stamp(zone, at).join(' ')} · ${escapeMarkdown(check)} · ${escapeMarkdown(change)}`;
  });
  const parts = [
    head,
    `Times are those of ${escapeMarkdown(zone)}.`,
    entries || 'Nothing happened yet.',
    ...(meanwhile.length > 0 ? ['## Checks meanwhile', meanwhile.join('\n')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The events alone, for a document that has its own heading; days are headings of `level`. Empty = none. Pure. */
export function timelineEntries(
  events: readonly IncidentEvent[],
  zone: string,
  nameOf?: NameOf,
  { level = 2 }: { level?: number } = {},
): string {
  const parts: string[] = [];
  let today: string | undefined;
  let lines: string[] = [];
  for (const event of inOrder(events)) {
    const [day, time] = stamp(zone, event.at);
    if (day !== today) {
      if (lines.length > 0) parts.push(lines.join('\n'));
      parts.push(`${'#'.repeat(level)} ${day}`);
      [today, lines] = [day, []];
    }
    lines.push(entry(event, time, nameOf));
  }
  if (lines.length > 0) parts.push(lines.join('\n'));
  return parts.join('\n\n');
}

/** In order of happening; what happened at once in the order in which it was written down. */
export function inOrder<E extends Pick<IncidentEvent, 'at'>>(events: readonly E[]): E[] {
  return events.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function entry(event: IncidentEvent, time: string, nameOf: NameOf | undefined): string {
  const { by, words, struck } = event;
  const who = escapeMarkdown(personOf(by, nameOf));
  // A backslash at the end of a line breaks it within its item; behind a blank, so that no address swallows it.
  const said = escapeMarkdownLines(readable(words, nameOf), ' \\\n  ');
  const line = [`**${escapeMarkdown(headOfEvent(event))}**`, who, said].filter((part) => part !== '').join(' · ');
  if (!struck) return `- ${time} ${line}`;
  const why = escapeMarkdown(readable(struck.reason, nameOf));
  return `- ${time} STRUCK by ${escapeMarkdown(personOf(struck.by, nameOf))}${why && ` (${why})`}: ${line}`;
}

/** Day and time by the clock on the wall of a zone. */
export function stamp(zone: string, at: Date): [day: string, time: string] {
  const wall = new Date(wallAt(zone, at.getTime())).toISOString();
  return [wall.slice(0, 10), wall.slice(11, 19)];
}
