import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, nameOf } from '../model.ts';
import { mention } from '../views/message.ts';
import { type Clock, isStakeholder } from './model.ts';
import { type Look, leftAtMost, whoAnswers } from './plan.ts';

/** Who must be told by when, who was, and by whom: one message, edited in place. `notes`: what was noted may be read there. */
export function boardPost(
  incident: Incident,
  clocks: readonly Clock[],
  { now, notes }: { now: Date; notes: boolean },
): Post {
  const shown = clocks.filter((clock) => isStakeholder(clock) && clock.state !== 'dropped');
  const head = `${nameWith(incident)}: who must be told`;
  const open = shown.filter(({ state }) => state === 'due').length;
  const blocks: SlackBlock[] = [section(`*${head}*${open === 0 ? ' · nobody is left' : ''}`)];
  for (const clock of shown) {
    blocks.push({
      ...section(lineOf(clock, { now, notes, over: incident.resolved !== undefined })),
      ...(clock.state === 'due' && { accessory: button('told.done', 'Done', `${incident.id}:${clock.key}`) }),
    });
  }
  blocks.push(context('Rounds tells none of them, nor any authority: a person does, and then presses Done.'));
  return { text: head, blocks };
}

/** What stands where the message was before the incident got its own channel. */
export function movedPost(incident: Incident, channel: string): Post {
  const text = `${nameWith(incident)}: who must be told stands in <#${channel}>`;
  return { text, blocks: [context(text)] };
}

/** That somebody's time is nearly over, or is: a post of its own, since an edit notifies nobody. */
export function duePost(incident: Incident, { soon, overdue, late }: Look, now: Date): Post {
  const lines = [
    ...overdue.map((clock) => {
      const ago = now.getTime() - clock.dueAt.getTime();
      const since = `${slackTime(clock.dueAt, now)}${ago >= 60_000 ? `, ${formatDuration(ago)} ago` : ''}`;
      if (!isStakeholder(clock)) return `🔴 Nobody was at work on it within the response time, which was over ${since}`;
      return `🔴 Overdue: *${escapeSlack(clock.who)}* was to be told by ${since}${details(clock)}`;
    }),
    ...soon.map((clock) => {
      const left = formatDuration(clock.dueAt.getTime() - now.getTime());
      return `⏳ *${escapeSlack(clock.who)}* is to be told by ${slackTime(clock.dueAt, now)} (in ${left})${details(clock)}`;
    }),
    ...(late ? ['This comes late: Rounds, or its database, was not running.'] : []),
  ];
  const head = `${mention(whoAnswers(incident))} ${nameWith(incident)}`;
  const buttons = [...overdue, ...soon]
    .filter(isStakeholder)
    .slice(0, 5)
    .map(({ key, who }) => button('told.done', `${who}: done`, `${incident.id}:${key}`));
  return {
    text: `${nameWith(incident)}: somebody must be told`,
    blocks: [
      section(`${head}\n${lines.join('\n')}`),
      ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    ],
  };
}

function lineOf(clock: Clock, { now, notes, over }: { now: Date; notes: boolean; over: boolean }): string {
  const { who, dueAt, done } = clock;
  const name = `*${escapeSlack(who)}*`;
  if (done) {
    const late = done.at > dueAt ? ', late' : '';
    const note = done.note === '' ? '' : notes ? `: ${escapeSlack(done.note)}` : ' (with a note)';
    return `✅ ${name} told ${slackTime(done.at, now)} by ${mention(done.by.mention)}${late}${note}`;
  }
  const time = slackTime(dueAt, now);
  if (dueAt <= now) return `🔴 ${name} overdue since ${time}${details(clock)}`;
  if (over) return `⚪ ${name} not told before it was over${details(clock)}`;
  const left = leftAtMost(clock, now);
  return `⏳ ${name} by ${time}${left === undefined ? '' : ` · at most ${formatDuration(left)} left`}${details(clock)}`;
}

function details({ how, decides }: Clock): string {
  const words = [how && escapeSlack(how), decides && `${escapeSlack(decides)} decides`].filter(Boolean);
  return words.map((each) => ` · ${each}`).join('');
}

function nameWith(incident: Incident): string {
  return `${incident.drill ? 'DRILL ' : ''}${nameOf(incident)} ${escapeSlack(incident.label)}`;
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

function button(action_id: string, text: string, value: string) {
  return { type: 'button', action_id, value, text: { type: 'plain_text', text, emoji: true } };
}
