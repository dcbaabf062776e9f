import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { OpsError } from '../../kernel/errors.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { Marked, type Messages } from '../../messages/messages.ts';
import type { Severity } from '../../severities/model.ts';
import { type Incident, nameOf } from '../model.ts';
import { mention } from '../views/message.ts';
import type { Update } from './model.ts';
import type { Reminding } from './plan.ts';

/** Slack takes 3,000 characters a section. */
const sectionMax = 2_900;

export interface UpdateFacts {
  incident: Incident;
  update: Update;
  severity: Severity | undefined;
  now: Date;
  /** Of the team, for those who read no Slack. */
  zone: string;
}

/** An update as the severity's template says it; those who read it can ask for each further one. */
export function updatePost(facts: UpdateFacts, messages: Messages): Post {
  const { incident, update } = facts;
  const blocks: SlackBlock[] = sectionsOf(rendered(facts, messages));
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: `By ${mention(update.by.mention)}` }] });
  blocks.push(actions([button('subscribe.on', 'Get each update', String(incident.id))]));
  return { text: `${headOf(incident)}: update ${update.n}`, blocks };
}

/** That there is one, for those who may not read it here: PHI may be in it, or it is private. */
export function neutralUpdatePost({ incident, update, now }: Pick<UpdateFacts, 'incident' | 'update' | 'now'>): Post {
  const next = update.nextAt ? ` · Next update ${slackTime(update.nextAt, now)}` : '';
  const text = `*${headOf(incident)}: update ${update.n}* · ${slackTime(update.at, now)}\n${whereOf(incident)}${next}`;
  return { text: `${headOf(incident)}: update ${update.n}`, blocks: [section(text)] };
}

function whereOf({ id, home, homeProblem }: Incident): string {
  if (homeProblem !== undefined)
    return `Its channel can't be used: \`/ops update ${nameOf({ id })} list\` says what is new`;
  return `Details in ${home ? `<#${home.channel}>` : 'its channel'}`;
}

/** Somebody is to write the next update, now or in a moment. */
export function reminderPost(
  incident: Incident,
  { n, who, reminding, now }: { n: number; who: string; reminding: Extract<Reminding, { kind: 'remind' }>; now: Date },
): Post {
  const { due, remindAt, late } = reminding;
  const leftMs = due.getTime() - now.getTime();
  const time = slackTime(due, now);
  const when =
    leftMs > 0
      ? `is due ${time} (in ${minutes(leftMs)})`
      : `was due ${time}${leftMs < 0 ? `, ${minutes(-leftMs)} ago` : ''}`;
  const isLate = late ? `\nThis reminder is late: it should have come ${slackTime(remindAt, now)}` : '';
  const drill = incident.drill ? 'DRILL ' : '';
  const text = `⏰ ${mention(who)} ${drill}${nameOf(incident)} update ${n} ${when}${isLate}`;
  const value = String(incident.id);
  return {
    text: `⏰ ${drill}${nameOf(incident)} update ${n} is due`,
    blocks: [
      section(text),
      actions([
        button('update.write', 'Write', value, 'primary'),
        button('update.unchanged', 'No change', `${value}.${n}`),
        button('update.snooze', 'Snooze 5 min', value),
        button('update.stop', 'Stop', value),
      ]),
    ],
  };
}

/** What the template may name. */
function factsOf({ incident, update, severity, now, zone }: UpdateFacts): Record<string, unknown> {
  const { n, at, status, done, next, eta, nextAt } = update;
  const time = (moment: Date) => new Marked(slackTime(moment, now), inZone(moment, zone));
  return {
    ...{ mark: markOf(incident), incident: nameOf(incident), severity: severity?.label ?? incident.label },
    ...{ title: incident.title, number: n, time: time(at), status, done, next, eta },
    next_update: nextAt ? time(nextAt) : '',
  };
}

/** A template that an operator has broken must not keep people from being told. */
function rendered(facts: UpdateFacts, messages: Messages): string {
  try {
    return messages.slack(facts.severity?.messages.update ?? 'update', factsOf(facts));
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const { n, status, done, next, eta } = facts.update;
    const lines = [`${headOf(facts.incident)}: update ${n}`, status, done, next, eta].filter(Boolean).map(escapeSlack);
    return lines.join('\n');
  }
}

/** Without the title, which may say what only the incident's own channel is to know. */
function headOf(incident: Incident): string {
  return `${markOf(incident)} ${nameOf(incident)} ${escapeSlack(incident.label)}`;
}

function markOf({ drill, mitigated }: Incident): string {
  return `${mitigated ? '🟡' : '🔴'}${drill ? ' DRILL' : ''}`;
}

/** As people in the team's zone read it, for mails and files. */
function inZone(at: Date, zone: string): string {
  return at.toLocaleString('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
}

function minutes(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 60_000)) * 60_000);
}

/** Whole lines, as many as a section takes. */
function sectionsOf(text: string): SlackBlock[] {
  const sections: string[] = [];
  for (const line of text.split('\n')) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + line.length < sectionMax)
      sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  return sections.filter((part) => part.trim() !== '').map(section);
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function actions(elements: unknown[]): SlackBlock {
  return { type: 'actions', elements };
}

function button(action_id: string, text: string, value: string, style?: 'primary') {
  return { type: 'button', action_id, value, text: { type: 'plain_text', text, emoji: true }, ...(style && { style }) };
}
