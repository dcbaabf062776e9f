import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { Incident } from '../model.ts';
import { headOf } from '../views/message.ts';
import { type Entry, stateOf } from './model.ts';

interface Told {
  now: Date;
  /** Why the disk did not take it either. */
  lost?: string | undefined;
}

/** For all who read the channel. Of a private one no more than that there is one. */
export function journaledPost(entry: Entry, told: Told): Post {
  const { made } = entry;
  const title = made.phi ? 'details in its channel, once it has one' : escapeSlack(made.title);
  const what = made.private ? 'a private incident' : `${escapeSlack(made.label)}: ${title}`;
  const head = `🔴 ${made.drill ? 'DRILL ' : ''}${what}`;
  const calls = stateOf(entry) === 'not_paged' ? ' <!here>' : '';
  const facts = [
    made.systems && !made.private && !made.phi && `Affected: ${escapeSlack(made.systems)}`,
    `Declared ${slackTime(made.at, told.now)} by ${mention(made.by.mention)}`,
    made.phi && 'PHI may be involved',
  ].filter(Boolean);
  const lines = [`*${head}*${calls}`, facts.join(' · '), pageLine(entry, told.now), ...nextLines(entry, told)];
  return { text: `${head} · ${pageLine(entry, told.now)}`, blocks: [section(lines.join('\n'))] };
}

/** For whoever declared it. */
export function journaledAnswer(entry: Entry, told: Told): Post {
  const { label, title, drill } = entry.made;
  const text = `Declared: ${drill ? 'DRILL ' : ''}${escapeSlack(label)}: ${escapeSlack(title)}`;
  const lines = [`*${text}*`, pageLine(entry, told.now), ...nextLines(entry, told)];
  return { text, blocks: [section(lines.join('\n'))] };
}

export function journaledText(entry: Entry, lost: string | undefined): string {
  const { label, title, drill } = entry.made;
  const { reason } = entry.page;
  const page = {
    paged: 'Paged: PagerDuty has taken it over',
    not_paged: `NOT PAGED: ${reason ?? 'PagerDuty has not answered'}\n→ Call who is on call`,
    paging: 'NOT PAGED yet\n→ Call who is on call',
    nobody: drill ? 'A drill: nobody is paged' : 'Nobody is paged for this severity at this hour',
  }[stateOf(entry)];
  return [`Declared ${drill ? 'DRILL ' : ''}${label}: ${title}`, page, plainNext(lost)].join('\n');
}

/** It is an incident now, which has its own message. */
export function arrivedPost(incident: Incident): Post {
  const what = incident.private ? 'A private incident' : headOf(incident);
  const text = `${what} · declared while my database was away, it has its own message now`;
  return { text, blocks: [section(text)] };
}

function pageLine({ page, made, ...entry }: Entry, now: Date): string {
  switch (stateOf({ page, ...entry })) {
    case 'paged':
      return `Paged ${slackTime(page.acceptedAt ?? made.at, now)}, not acknowledged yet`;
    case 'nobody':
      return made.drill ? 'A drill: nobody is paged' : 'Nobody is paged for this severity at this hour';
    default:
      return `🚨 *NOT PAGED*: ${escapeSlack(page.reason ?? 'PagerDuty has not answered yet')}\n→ Call who is on call`;
  }
}

function nextLines(entry: Entry, { lost }: Told): string[] {
  const acknowledge =
    entry.page.state === 'accepted' ? ' Acknowledge it in PagerDuty: I can’t take that here meanwhile.' : '';
  if (lost === undefined) {
    return [`My database is away: it gets its number, its channel and its clocks when that is back.${acknowledge}`];
  }
  return [
    `⚠️ *NOT RECORDED*: my database is away, and my disk did not take it (${escapeSlack(lost)}). I remember it until I am restarted: write it down, too.${acknowledge}`,
  ];
}

function plainNext(lost: string | undefined): string {
  return lost === undefined
    ? 'The database is away: it gets its number when that is back'
    : `NOT RECORDED: the database is away, and the disk did not take it (${lost})\n→ Write it down; declare it again when the database is back`;
}

/** Slack's own marks stay as they are; anything else is somebody's words. */
function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
