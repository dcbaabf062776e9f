import type { IncidentEvent } from '../model.ts';

/** What each kind of event is called where people read it. */
const heads: Readonly<Record<string, string>> = {
  declared: 'Declared',
  page_accepted: 'Paged',
  page_failed: 'Page not accepted yet',
  not_paged: 'NOT PAGED',
  fallback: 'Told another way',
  escalated: 'Escalated',
  acknowledged: 'Acknowledged',
  mitigated: 'Mitigated',
  resolved: 'Resolved',
  reopened: 'Reopened',
  severity: 'Severity changed',
  phi: 'PHI',
  merged: 'Merged',
  paused: 'Reminders paused',
  resumed: 'Reminders resumed',
  role: 'Role',
  member: 'Added',
  update: 'Update',
  told: 'Told',
  task: 'Task',
  check: 'Check',
  command: 'Command',
  message: 'Message',
  note: 'Noted',
  channel: 'Channel',
  ticket: 'Ticket',
  evidence: 'Evidence',
  breach: 'Breach assessment',
  report: 'Report',
  postmortem: 'Post-mortem',
  followup: 'Follow-up',
};

/** `Acknowledged`, `Update`: what happened, in a word or two. */
export function headOfEvent({ kind }: Pick<IncidentEvent, 'kind'>): string {
  const word = kind.replaceAll('_', ' ');
  return Object.hasOwn(heads, kind) ? heads[kind]! : word.charAt(0).toUpperCase() + word.slice(1);
}

/** How somebody is called where nobody can be mentioned: `slack:U1` → `U1`, unless a name is known. */
export type NameOf = (id: string) => string | undefined;

export function personOf(id: string, nameOf: NameOf = () => undefined): string {
  return (
    nameOf(id) ?? (id === 'rounds' ? 'Rounds' : id.startsWith('pagerduty') ? 'PagerDuty' : id.replace(/^[a-z]+:/, ''))
  );
}

/** Slack's marks within somebody's words as a reader of a file reads them. */
export function readable(words: string, nameOf?: NameOf): string {
  return words
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => `@${personOf(`slack:${id}`, nameOf)}`)
    .replace(/<#([CG][A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id: string, name?: string) => `#${name || id}`)
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1');
}

/** The ids of all whom events are by, or whom their words mention: `slack:U1`. */
export function mentioned(events: readonly Pick<IncidentEvent, 'by' | 'words' | 'struck'>[]): string[] {
  const ids = events.flatMap(({ by, words, struck }) => [
    by,
    ...(struck ? [struck.by] : []),
    ...[...words.matchAll(/<@([UW][A-Z0-9]+)/g)].map(([, user]) => `slack:${user}`),
  ]);
  return [...new Set(ids)];
}
