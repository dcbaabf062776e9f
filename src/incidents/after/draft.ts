import { formatDuration } from '../../kernel/duration.ts';
import { escapeMarkdown, escapeMarkdownLines } from '../../kernel/markdown.ts';
import type { Messages } from '../../messages/messages.ts';
import { type Incident, type IncidentEvent, incidentTypes, nameOf } from '../model.ts';
import { timelineEntries } from '../timeline/markdown.ts';
import { personOf, readable } from '../timeline/words.ts';
import { type Act, type Dossier, startOf } from './dossier.ts';
import type { PaperKind } from './store.ts';
import { momentText } from './time.ts';

interface Drawn {
  kind: PaperKind;
  messages: Pick<Messages, 'plain'>;
  zone: string;
  now: Date;
  /** Files beside the draft. */
  pictures?: readonly { name: string; title: string }[];
}

/** The draft as Markdown: what is known, and a place for what only people know. Foreign text is inert in it. Pure. */
export function draftMarkdown(dossier: Dossier, { kind, messages, ...how }: Drawn): string {
  return `${messages.plain(kind === 'report' ? 'incident-report' : 'postmortem', draftFacts(dossier, how))}\n`;
}

/** What the template may name: all of it Markdown already. */
export function draftFacts(dossier: Dossier, { zone, now, pictures = [] }: Omit<Drawn, 'kind' | 'messages'>) {
  const { incident, events, members, span, breach, nameOf: known } = dossier;
  const { label, title, drill, phi, type, systems, resolved } = incident;
  const text = (words: string | undefined) => escapeMarkdown(readable(words ?? '', known));
  const lines = (words: string | undefined) => escapeMarkdownLines(readable(words ?? '', known), '\n\n');
  const moment = (at: Date) => escapeMarkdown(momentText(at, zone));
  const person = (id: string) => escapeMarkdown(personOf(id, known));
  const act = ({ at, actor, action, target }: Act) =>
    `- ${moment(at)} · ${person(actor)} · ${text(action)} · ${text(target)}`;
  const list = (items: string[]) => items.join('\n');
  const ofKind = (...kinds: IncidentEvent['kind'][]) =>
    list(
      events
        .filter((event) => kinds.includes(event.kind) && !event.struck)
        .map(({ at, by, words }) => `- ${moment(at)} · ${person(by)}${words ? ` · ${text(words)}` : ''}`),
    );
  return {
    ...{ incident: nameOf(incident), severity: text(label), title: text(title), drill, private: incident.private },
    false_alarm: resolved?.falseAlarm ?? false,
    ...{ made: moment(now), zone: text(zone), type: text(incidentTypes[type]), systems: text(systems), phi },
    ...{ known: lines(incident.known), open: !resolved, declared_by: person(incident.declaredBy.id) },
    figures: figuresTable(incident, events, zone),
    timeline: timelineEntries(events, zone, known, { level: 3 }),
    updates: ofKind('update'),
    people: peopleList(dossier, person),
    members: members.map(({ id }) => person(id)).join(', '),
    checks: list(
      dossier.notOk.map(
        ({ id, outcome, from, to, reason }) =>
          `- ${text(id)}: ${outcome} for ${formatDuration(to.getTime() - from.getTime())} from ${moment(from)}: ${text(reason)}`,
      ),
    ),
    checks_from: moment(span.from),
    pictures: list(pictures.map(({ name, title: shown }) => `- ${text(shown)}: ${text(name)}`)),
    ...{ cause: lines(resolved?.cause), resolution: lines(resolved?.words), prevention: lines(resolved?.prevention) },
    breach: breach ?? '',
    data_access: list(dossier.meanwhile.filter(isAccess).map(act)),
    system_changes: list(dossier.meanwhile.filter((each) => !isAccess(each)).map(act)),
    incident_acts: list(dossier.own.map(act)),
    communications: ofKind('told', 'update', 'escalated', 'fallback'),
    cut: dossier.cut,
    follow_ups: followUpRows(dossier, { text, zone }),
  };
}

/** Sessions on databases and exports: who looked at what. All else changed something. */
function isAccess({ action }: Act): boolean {
  return /^(access|database|data|export|session)\b/.test(action);
}

/** When what happened, and how long it took since the declaration. */
function figuresTable(incident: Incident, events: readonly IncidentEvent[], zone: string): string {
  const first = (kind: IncidentEvent['kind']) => events.find((event) => event.kind === kind && !event.struck)?.at;
  const { declaredAt, mitigated, resolved } = incident;
  const began = startOf(incident);
  const moments: [what: string, at: Date | undefined][] = [
    ...(began < declaredAt ? [['Detected', began] as [string, Date]] : []),
    ['Declared', declaredAt],
    ['Paged', first('page_accepted')],
    ['Acknowledged', first('acknowledged')],
    ['Mitigated', mitigated?.at],
    ['Impact ended', resolved?.endedAt],
    ['Resolved', resolved?.at],
  ];
  const rows = moments.map(([what, at]) => {
    if (!at) return `| ${what} | not recorded | |`;
    const ms = at.getTime() - declaredAt.getTime();
    const after = ms === 0 ? '' : ms > 0 ? formatDuration(ms) : `${formatDuration(-ms)} before`;
    return `| ${what} | ${escapeMarkdown(momentText(at, zone))} | ${after} |`;
  });
  return ['| | when | since the declaration |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Who had a role, and who else did something; Rounds itself and PagerDuty are nobody. */
function peopleList({ incident, events, own }: Dossier, person: (id: string) => string): string {
  const roles = Object.entries(incident.roles).map(([role, { id }]) => [id, role] as const);
  const acted = [incident.declaredBy.id, ...events.map(({ by }) => by), ...own.map(({ actor }) => actor)];
  const everybody = [...new Set([...roles.map(([id]) => id), ...acted])].filter((id) => id.includes(':'));
  return everybody
    .map((id) => {
      const had = roles.filter(([holder]) => holder === id).map(([, role]) => role);
      return `- ${person(id)}${had.length > 0 ? `: ${had.join(', ')}` : ''}`;
    })
    .join('\n');
}

function followUpRows(
  { followUps }: Dossier,
  { text, zone }: { text: (words: string) => string; zone: string },
): string {
  if (followUps.length === 0) return '';
  const rows = followUps.map(({ id, words, ownerMention, dueAt, state, reason }) => {
    const due = dueAt.toLocaleDateString('sv-SE', { timeZone: zone });
    return `| F-${id} | ${text(words)} | ${text(ownerMention)} | ${due} | ${state}${reason && `: ${text(reason)}`} |`;
  });
  return ['| | what | who | due | state |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
