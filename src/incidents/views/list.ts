import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, nameOf } from '../model.ts';
import { dueText, dueWords } from '../next-due.ts';
import { actions, type ButtonOptions, context, section } from './blocks.ts';
import { headOf, mention, pagingWords, type Seen } from './message.ts';

const shown = 15;

/** The open incidents, then the last ones that are over. */
export function listPost(incidents: readonly Incident[], now: Date): Post {
  const open = incidents.filter(({ resolved }) => !resolved);
  const over = incidents.filter(({ resolved }) => resolved).slice(0, 5);
  const text = open.length === 0 ? 'No incident is open' : `${open.length} open`;
  const blocks: SlackBlock[] = [section(`*${text}*`)];
  for (const incident of open.slice(0, shown)) blocks.push(section(openLines(incident, now), viewButton(incident)));
  if (open.length > shown)
    blocks.push(context(`… and ${open.length - shown} more: \`/ops incident INC-42\` shows one`));
  if (over.length > 0) blocks.push(section(over.map((incident) => overLine(incident, now)).join('\n')));
  blocks.push(actions([{ action: 'incident.declare', label: 'Declare an incident', value: '' }]));
  return { text, blocks };
}

/** An open incident in two lines: what and since when; who is on it, who commands it, what is due next, and where. */
export function openLines(incident: Incident, now: Date, seen: Pick<Seen, 'inside'> = {}): string {
  const { roles, home, mitigated, paused } = incident;
  const state = mitigated ? ' · mitigated' : paused ? ' · paused' : '';
  const commander = roles.commander ? `Commander ${mention(roles.commander.mention)}` : 'Commander: nobody';
  const facts = [pagingWords(incident, now), commander, dueWords(incident, now), home && `<#${home.channel}>`];
  return `*${headOf(incident, seen)}* · ${ageOf(incident, now)}${state}\n${facts.filter(Boolean).join(' · ')}`;
}

/** In whole minutes: a page that follows is not published for the sake of seconds. */
function ageOf({ declaredAt }: Incident, now: Date): string {
  const minutes = Math.floor((now.getTime() - declaredAt.getTime()) / 60_000);
  return minutes < 1 ? 'just now' : `for ${formatDuration(minutes * 60_000)}`;
}

function overLine(incident: Incident, now: Date): string {
  return `${headOf(incident)} · ${slackTime(incident.resolved!.at, now)}`;
}

function viewButton({ id }: Incident): ButtonOptions {
  return { action: 'incident.view', label: 'Open', value: String(id) };
}

/** In a terminal: a line each. */
export function listText(incidents: readonly Incident[], now: Date): string {
  if (incidents.length === 0) return 'No incidents';
  return incidents
    .map((incident) => `${stateOf(incident).padEnd(12)} ${lineOf(incident)}${openText(incident, now)}`)
    .join('\n');
}

function openText(incident: Incident, now: Date): string {
  const { roles, home, resolved } = incident;
  if (resolved) return '';
  const facts = [
    ageOf(incident, now),
    `commander ${roles.commander?.mention ?? 'nobody'}`,
    ...dueText(incident, now),
    home && `#${home.name}`,
  ];
  return `  (${facts.filter(Boolean).join(', ')})`;
}

/** In a terminal: which one, without how it stands. */
export function lineOf(incident: Incident): string {
  const { label, title, drill } = incident;
  return `${nameOf(incident)} ${drill ? 'DRILL ' : ''}${label}: ${title}`;
}

/** In one or two words. */
export function stateOf({ resolved, acknowledged, notPaged }: Incident): string {
  if (resolved) return 'RESOLVED';
  if (acknowledged) return 'ACKNOWLEDGED';
  return notPaged ? 'NOT PAGED' : 'OPEN';
}
