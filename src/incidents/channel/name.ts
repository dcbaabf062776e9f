import { escapeSlack } from '../../kernel/escape.ts';
import { withoutHidden } from '../../kernel/redact.ts';
import { wallAt } from '../../kernel/wall-clock.ts';
import { type Incident, nameOf } from '../model.ts';

/** What the channel of an incident is called, and its topic. Pure. */

const longest = { name: 80, topic: 250 };
/** So much of a title is readable in a list of channels. */
const slugChars = 30;

/**
 * `inc-20261123-api-down`, by the team's day; with the number alone where the title must not be seen or has no letter that
 * Slack takes. `tries` above 1: others have the name already.
 */
export function channelName(incident: Incident, zone: string, tries: number): string {
  const base = [`inc-${dayOf(incident.declaredAt, zone)}`, incident.drill ? 'drill' : '', titleOf(incident)];
  const suffix = tries > 1 ? `-${tries}` : '';
  return (
    base
      .filter(Boolean)
      .join('-')
      .slice(0, longest.name - suffix.length) + suffix
  );
}

/** Whether its title must not be seen by those outside. */
export function isNeutral({ phi, private: isPrivate }: Pick<Incident, 'phi' | 'private'>): boolean {
  return phi || isPrivate;
}

function titleOf(incident: Incident): string {
  return (isNeutral(incident) ? '' : slug(incident.title)) || String(incident.id);
}

function slug(title: string): string {
  const words = withoutHidden(title)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (words.length <= slugChars) return words;
  const cut = words.slice(0, slugChars + 1);
  const end = cut.lastIndexOf('-');
  return end > 0 ? cut.slice(0, end) : words.slice(0, slugChars);
}

function dayOf(at: Date, zone: string): string {
  return new Date(wallAt(zone, at.getTime())).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Escaped, as Slack's clients read marks in topics too; without the title where PHI may be involved. */
export function channelTopic(incident: Incident): string {
  const { drill, private: isPrivate, phi, label, title } = incident;
  const head = [drill && 'DRILL', isPrivate && 'Private', `${nameOf(incident)} ${escapeSlack(label)}`].filter(Boolean);
  const state = stateOf(incident);
  const before = `${head.join(' · ')}: `;
  const after = state && ` · ${state}`;
  return before + (phi ? 'PHI may be involved' : fitting(title, longest.topic - before.length - after.length)) + after;
}

function stateOf({ resolved, mergedInto, mitigated }: Incident): string {
  if (mergedInto !== undefined) return `the same as ${nameOf({ id: mergedInto })}`;
  return resolved ? 'resolved' : mitigated ? 'mitigated' : '';
}

/** Escaped and no longer than that: an escape that is cut in two would be seen. */
function fitting(text: string, most: number): string {
  const chars = [...text];
  let escaped = escapeSlack(text);
  for (let kept = Math.min(chars.length, most); escaped.length > most; kept -= 1) {
    escaped = `${escapeSlack(chars.slice(0, kept).join('').toWellFormed())}…`;
  }
  return escaped;
}
