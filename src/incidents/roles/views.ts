import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type RoleName, roleNames } from '../../severities/model.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import { dueWords } from '../next-due.ts';
import { actions, type ButtonOptions, context, section } from '../views/blocks.ts';
import { headOf, mention } from '../views/message.ts';
import { roles } from './model.ts';

/** Takes a role, from wherever it is shown. */
export function claimButton({ id }: { id: number }, role: RoleName, label = 'Take it'): ButtonOptions {
  return { action: 'role.claim', label, value: `${id}:${role}`, style: 'primary' };
}

function handOverButton({ id }: { id: number }, role: RoleName, label = 'Hand over'): ButtonOptions {
  return { action: 'role.handover', label, value: `${id}:${role}` };
}

export interface Handed {
  role: RoleName;
  /** Undefined: nobody has it now. */
  who: By | undefined;
  before: By | undefined;
  by: By;
  note: string;
}

/** In the incident's channel: who has a role from now on. */
export function announcedPost(incident: Incident, { role, who, before, by, note }: Handed): Post {
  const title = roles[role].title;
  const from = before ? ` (was ${mention(before.mention)})` : '';
  const whose = who === undefined || who.id === by.id ? '' : `, by ${mention(by.mention)}`;
  const text = who
    ? `${title}: ${mention(who.mention)}${from}${whose}`
    : `${title}: nobody${from}, ${mention(by.mention)} gave it up`;
  const words = note ? `${text}\n> ${escapeSlack(note).replaceAll('\n', '\n> ')}` : text;
  return { text, blocks: [section(words), ...(who ? [] : [actions([claimButton(incident, role)])])] };
}

/** To whoever has it now: what is expected, and what comes next. */
export function yoursPost(incident: Incident, { role, who, before, by, note }: Handed, now: Date): Post {
  const head = `You are ${roles[role].title.toLowerCase()} of ${nameOf(incident)}`;
  const others = roleNames
    .filter((other) => other !== role && incident.roles[other])
    .map((other) => `${roles[other].title}: ${mention(incident.roles[other]!.mention)}`);
  const facts = [
    incident.home && `<#${incident.home.channel}>`,
    dueWords(incident, now) && `Next: ${dueWords(incident, now)}`,
    ...others,
  ].filter(Boolean);
  const told = who?.id === by.id ? '' : ` ${mention(by.mention)} gave it to you.`;
  const blocks = [section(`*${head}*.${told}\n${headOf(incident)}`), section(roles[role].does)];
  if (note) blocks.push(section(`${mention((before ?? by).mention)}: ${escapeSlack(note)}`));
  if (facts.length > 0) blocks.push(context(facts.join(' · ')));
  blocks.push(actions([handOverButton(incident, role)]));
  return { text: `${head}: ${escapeSlack(incident.title)}`, blocks };
}

/** To whoever had it. */
export function formerPost(incident: Incident, { role, who, by }: Handed): Post {
  const now = who ? `${mention(who.mention)} is` : 'nobody is';
  const text = `${nameOf(incident)}: ${now} ${roles[role].title.toLowerCase()} instead of you, by ${mention(by.mention)}`;
  return { text, blocks: [section(text)] };
}

/** Asks for what nobody has taken. */
export function nudgePost(
  incident: Incident,
  { free, whom, late }: { free: readonly RoleName[]; whom: string | undefined; late: string },
  now: Date,
): Post {
  const names = free.map((role) => roles[role].title.toLowerCase()).join(', ');
  const text = `${nameOf(incident)} has nobody for: ${names}`;
  const ask = whom ? `${whom}: take it, or \`/ops role ${free[0]} @SOMEBODY\`` : 'Who takes it?';
  const since = `Declared ${slackTime(incident.declaredAt, now)}${late}`;
  return { text, blocks: [section(`⏰ *${text}*\n${ask} · ${since}`), actions(claims(incident, free))] };
}

/** To whoever took the incident on first: offered, not forced. */
export function offerPost(incident: Incident, whom: string): Post {
  const text = `${whom} is on it. Nobody commands ${nameOf(incident)} yet: is it you?`;
  return { text, blocks: [section(text), actions([claimButton(incident, 'commander', 'I am commander')])] };
}

/** Whoever had these roles can't be told anything any more. */
export function lostPost(incident: Incident, { who, free }: { who: By; free: readonly RoleName[] }): Post {
  const names = free.map((role) => roles[role].title.toLowerCase()).join(', ');
  const text = `${nameOf(incident)}: ${mention(who.mention)} can't be reached in Slack any more. Nobody is ${names} now`;
  return { text, blocks: [section(`🚨 ${text}`), actions(claims(incident, free))] };
}

/** Who has which, each with what can be done about it. */
export function rolesPost(incident: Incident, free: readonly RoleName[], now: Date): Post {
  const text = `Roles of ${headOf(incident)}`;
  const rows = roleNames.map((role) => {
    const holder = incident.roles[role];
    const { title } = roles[role];
    if (incident.resolved) return section(`*${title}* ${holder ? mention(holder.mention) : 'nobody'}`);
    if (holder) {
      const words = `*${title}* ${mention(holder.mention)} since ${slackTime(holder.since, now)}`;
      return section(words, handOverButton(incident, role));
    }
    const needed = free.includes(role) ? ' ⚠️ needed' : '';
    return section(`*${title}* nobody${needed}`, { ...claimButton(incident, role), style: 'primary' });
  });
  return { text, blocks: [section(`*${text}*`), ...rows] };
}

/** In a terminal. */
export function rolesText(incident: Incident, free: readonly RoleName[]): string {
  return roleNames
    .map((role) => {
      const holder = incident.roles[role];
      const who = holder ? holder.mention : free.includes(role) ? 'nobody, needed' : 'nobody';
      return `${roles[role].title.padEnd(15)} ${who}`;
    })
    .join('\n');
}

function claims(incident: Incident, free: readonly RoleName[]): ButtonOptions[] {
  return free.map((role, index) => {
    const claim = claimButton(incident, role, `Take ${roles[role].title.toLowerCase()}`);
    return { ...claim, action: `${claim.action}.${index + 1}` };
  });
}
