import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, type IncidentEvent, nameOf } from '../model.ts';
import { inOrder } from '../timeline/markdown.ts';
import { headOfEvent, personOf } from '../timeline/words.ts';

/** Entries a page: with `most` characters each they fit a message, which has some 13,000. */
const perPage = 20;
const most = 260;
/** In sections of at most 3,000 characters, marks included. */
const perSection = 5;

/**
 * A page of the timeline, in order of happening: the newest entries, or those before `end` (their number from the
 * beginning). Pure.
 */
export function timelinePost(
  incident: Incident,
  events: readonly IncidentEvent[],
  { end = events.length, now }: { end?: number | undefined; now: Date },
): Post {
  const last = Math.min(Math.max(end, 1), events.length);
  const first = Math.max(0, last - perPage);
  const lines = inOrder(events)
    .slice(first, last)
    .map((event) => lineOf(event, now));
  const name = `${nameOf(incident)} ${escapeSlack(incident.label)}: ${escapeSlack(incident.title)}`;
  const range = events.length > perPage ? ` · ${first + 1}–${last} of ${events.length}` : '';
  const blocks: SlackBlock[] = [section(`*Timeline of ${name}*${range}`)];
  for (let at = 0; at < lines.length; at += perSection)
    blocks.push(section(lines.slice(at, at + perSection).join('\n')));
  if (lines.length === 0) blocks.push(section('Nothing happened yet.'));
  const { id } = incident;
  const buttons = [
    ...(first > 0 ? [button('page.0', 'Older', `${id}:${first}`)] : []),
    ...(last < events.length ? [button('page.1', 'Newer', `${id}:${Math.min(last + perPage, events.length)}`)] : []),
    button('add', 'Add an entry', nameOf(incident)),
  ];
  blocks.push({ type: 'actions', elements: buttons });
  return { text: `Timeline of ${name}`, blocks };
}

function lineOf(event: IncidentEvent, now: Date): string {
  const { id, at, by, words, struck } = event;
  const said = wordsOf(words);
  const line = [`*${escapeSlack(headOfEvent(event))}*`, who(by), said].filter((part) => part !== '').join(' · ');
  const number = id === undefined ? '' : ` \`${id}\``;
  if (!struck) return `${slackTime(at, now)}${number} ${line}`;
  return `${slackTime(at, now)}${number} _struck by ${who(struck.by)}: ${wordsOf(struck.reason)}_ · ${line}`;
}

/** Whom words mention is shown by name, as Slack does: only the asker sees it, so nobody is notified. */
function wordsOf(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim();
  const short = line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
  return short
    .split(/(<@[UW][A-Z0-9]+>)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeSlack(part)))
    .join('');
}

function who(by: string): string {
  const user = /^slack:([UW][A-Z0-9]+)$/.exec(by)?.[1];
  return user === undefined ? escapeSlack(by === 'app' ? 'an app' : personOf(by)) : `<@${user}>`;
}

function button(name: string, text: string, value: string) {
  return { type: 'button', action_id: `timeline.${name}`, value, text: { type: 'plain_text', text, emoji: true } };
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
