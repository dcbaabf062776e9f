import { isPhoneNumber, phoneMark } from '../../kernel/contact-mark.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { LevelWay } from '../../severities/model.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Notice } from './store.ts';

/** What leaves Slack says no more than this where PHI may be involved, or where it is private. Pure. */
export function neutralHead(incident: Incident): string {
  const { label, title, phi, drill } = incident;
  const head = `${drill ? 'DRILL ' : ''}${nameOf(incident)} ${label}`;
  return phi || incident.private ? `${head}: see Slack` : `${head}: ${title}`;
}

/** The e-mail about an incident; plain text. Pure. */
export function mailOf(incident: Incident, why: Notice['why'], zone: string): { subject: string; text: string } {
  const { declaredAt, systems, phi } = incident;
  const at = declaredAt.toLocaleString('sv-SE', { timeZone: zone, timeStyle: 'short', dateStyle: 'short' });
  const reason = {
    fallback: 'Nobody confirmed the page: please call whoever is on call, or take it on.',
    level: 'Nobody has acknowledged it yet.',
    told: 'You are on call. Nobody is paged for this severity at this hour.',
  }[why];
  const lines = [
    neutralHead(incident),
    `Declared ${at} (${zone})`,
    ...(systems && !phi && !incident.private ? [`Affected: ${systems}`] : []),
    '',
    reason,
    '',
    `To take it on, in Slack: /ops incident ack ${nameOf(incident)}`,
    `or in a terminal: npx rounds incident ack ${nameOf(incident)}`,
  ];
  return { subject: neutralHead(incident), text: lines.join('\n') };
}

/** A text message. Pure. */
export function textOf(incident: Incident): string {
  return `${neutralHead(incident)}. Not acknowledged. In Slack: /ops incident ack ${nameOf(incident)}`;
}

/** What is said on the phone. Pure. */
export function callOf(incident: Incident): string {
  return `This is Rounds. ${neutralHead(incident).replace('INC-', 'Incident ')}. Nobody has acknowledged it. Please look at Slack.`;
}

export const wayWords: Record<LevelWay, string> = {
  slack: 'Slack',
  email: 'e-mail',
  sms: 'text message',
  phone: 'call',
  page: 'page',
};

/** A name for Slack; a bare number is shown as one. */
export function shownName(name: string): string {
  return isPhoneNumber(name) ? phoneMark(name) : escapeSlack(name);
}
