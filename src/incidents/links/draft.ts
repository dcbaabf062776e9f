import type { Draft } from '../../tickets/model.ts';
import { type Incident, nameOf } from '../model.ts';

/** Trackers take some 255 characters. */
const longestTitle = 240;

/**
 * What the ticket of an incident says. A tracker is outside: where PHI may be involved, and of a private incident, no more
 * than that there is one. Pure.
 */
export function draftOf(incident: Incident, marker: string): Draft {
  const { label, title, systems, declaredAt, phi, private: isPrivate } = incident;
  const name = nameOf(incident);
  const neutral = phi || isPrivate;
  const lines = [
    `Severity: ${label}`,
    `Declared: ${declaredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...(systems && !neutral ? [`Affected: ${oneLine(systems)}`] : []),
    `What happens is in Slack: ${name}.${neutral ? ' Write no details here.' : ''}`,
  ];
  const whole = neutral ? `${name} ${label}` : `${name} ${label}: ${oneLine(title)}`;
  return { title: [...whole].slice(0, longestTitle).join(''), lines, marker };
}

/** What is over, and how long it took. Pure. */
export function resolvedWords(incident: Incident): string {
  const at = incident.resolved?.at.toISOString().slice(0, 16).replace('T', ' ');
  return `${nameOf(incident)} was resolved at ${at} UTC.`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}
