import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { roleNames } from '../../severities/model.ts';
import { type Incident, type IncidentEvent, nameOf } from '../model.ts';
import { dueText, dueWords } from '../next-due.ts';
import { roles } from '../roles/model.ts';
import type { Task } from '../tasks/model.ts';
import { taskLine, taskText } from '../tasks/views.ts';
import { actions, context, section } from './blocks.ts';
import { lineOf, stateOf } from './list.ts';
import { incidentPost, mention, type Seen } from './message.ts';

const shown = 15;

/** What one is shown with: beside its message, who does what, what happened last, and what is due. */
export interface Known {
  events: readonly IncidentEvent[];
  /** Not done yet. */
  tasks: readonly Task[];
}

/** One incident: its message, then roles, open tasks, the last updates and what is due next. */
export function viewPost(incident: Incident, { events, tasks }: Known, now: Date, seen: Seen = {}): Post {
  const { text, blocks } = incidentPost(incident, now, seen);
  const [summary, buttons] = [
    blocks.filter(({ type }) => type !== 'actions'),
    blocks.filter(({ type }) => type === 'actions'),
  ];
  const due = dueWords(incident, now);
  const value = nameOf(incident);
  const more: SlackBlock[] = [context([rolesLine(incident), due && `Next: ${due}`].filter(Boolean).join(' · '))];
  if (tasks.length > 0)
    more.push(
      section(
        tasks
          .slice(0, shown)
          .map((task) => taskLine(task, now))
          .join('\n'),
      ),
    );
  const updates = events.filter(({ kind }) => kind === 'update').slice(-3);
  if (updates.length > 0)
    more.push(section(updates.map(({ at, words }) => `${slackTime(at, now)} ${escapeSlack(words)}`).join('\n')));
  const links = [
    { action: 'role.list', label: 'Roles', value },
    { action: 'task.list', label: tasks.length > 0 ? `Tasks (${tasks.length})` : 'Tasks', value },
  ];
  return { text, blocks: [...summary, ...more, ...buttons, actions(links)] };
}

/** Those that somebody has; and that nobody commands it, which is worth knowing. */
function rolesLine({ roles: held, resolved }: Incident): string {
  const named = roleNames.flatMap((role) => {
    const holder = held[role];
    if (holder) return [`${roles[role].title} ${mention(holder.mention)}`];
    return role === 'commander' && !resolved ? ['Commander: nobody'] : [];
  });
  return named.join(' · ') || 'Nobody had a role';
}

/** In a terminal: how it stands, who does what, and all that happened. */
export function incidentText(
  incident: Incident,
  { events, tasks }: Known,
  { zone, now }: { zone: string; now: Date },
): string {
  const time = (at: Date) => at.toLocaleString('sv-SE', { timeZone: zone });
  const rows = events.map(({ at, kind, by, words }) =>
    `  ${time(at)}  ${kind.replace('_', ' ')}  ${by}  ${words}`.trimEnd(),
  );
  const held = roleNames.flatMap((role) =>
    incident.roles[role] ? [`${roles[role].title}: ${incident.roles[role].mention}`] : [],
  );
  const due = dueText(incident, now);
  const facts = [
    incident.systems && `Affected: ${incident.systems}`,
    incident.known,
    held.join(', '),
    due.length > 0 && `Next: ${due.join(', ')}`,
    ...tasks.map((task) => taskText(task, zone)),
  ].filter(Boolean);
  return [`${stateOf(incident)}  ${lineOf(incident)}`, ...facts, ...rows].join('\n');
}
