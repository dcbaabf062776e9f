import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import { mention } from '../views/message.ts';
import type { FollowUp } from './followup-store.ts';
import type { PaperKind } from './store.ts';

export const paperName: Record<PaperKind, string> = { report: 'incident report', postmortem: 'post-mortem' };

interface Reminded {
  incident: Incident;
  kind: PaperKind;
  who: By | undefined;
  dueAt: Date;
  at: Date;
  /** Given when the reminder itself comes late. */
  plannedAt?: Date;
}

/** Neutral: it may be shown on a locked screen, so it says no more than the number. */
export function reminderPost({ incident, kind, who, dueAt, at, plannedAt }: Reminded): Post {
  const what = `${marked(incident)}: ${paperName[kind]} ${dueWords(dueAt, at)}`;
  const whom = who ? `${mention(who.mention)} ` : '';
  const command = kind === 'report' ? 'postmortem report' : 'postmortem';
  const how = `→ \`/ops ${command} ${nameOf(incident)}\` makes the draft · \`/ops ${command} done ${nameOf(incident)} LINK\` when it is written`;
  const text = `⏰ ${whom}*${what}*${lateWords(plannedAt, at)}\n${how}`;
  const value = String(incident.id);
  const draft = button(
    kind === 'report' ? 'postmortem.report' : 'postmortem.draft',
    'Make the draft',
    value,
    'primary',
  );
  const done = button(kind === 'report' ? 'postmortem.report-done' : 'postmortem.done', 'It is written', value);
  return { text: `⏰ ${what}`, blocks: [section(text), { type: 'actions', elements: [draft, done] }] };
}

/** To whoever has it to do; `private` ones and those with PHI are not quoted. */
export function chasePost(
  { incident, followUp }: { incident: Incident; followUp: FollowUp },
  { at, plannedAt, quoted }: { at: Date; plannedAt?: Date; quoted: boolean },
): Post {
  const { id, dueAt, words, ownerMention } = followUp;
  const what = `Follow-up F-${id} of ${marked(incident)} ${dueWords(dueAt, at)}`;
  const said = quoted ? `\n${escapeSlack(words)}` : '';
  const how = `→ \`/ops followup done F-${id}\`, or \`/ops followup drop F-${id} WHY\``;
  const text = `⏰ ${ownerWords(ownerMention)} *${what}*${lateWords(plannedAt, at)}${said}\n${how}`;
  const actions = { type: 'actions', elements: [button('followup.done', 'Done', String(id), 'primary')] };
  return { text: `⏰ ${what}`, blocks: [section(text), actions] };
}

/** A live mention of somebody or of a group; anything else is somebody's words. */
export function ownerWords(text: string): string {
  return /^<(?:@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)>$/.test(text) ? text : escapeSlack(text);
}

export function dueWords(dueAt: Date, at: Date): string {
  const ms = dueAt.getTime() - at.getTime();
  if (Math.abs(ms) < 60_000) return 'is due now';
  const time = slackTime(dueAt, at);
  return ms > 0 ? `is due ${time}, in ${formatDuration(ms)}` : `was due ${time}: ${formatDuration(-ms)} overdue`;
}

function lateWords(plannedAt: Date | undefined, at: Date): string {
  if (!plannedAt) return '';
  return ` (this reminder is late: it was planned for ${slackTime(plannedAt, at)})`;
}

function marked({ id, label, drill }: Incident): string {
  return `${drill ? 'DRILL ' : ''}${nameOf({ id })} ${escapeSlack(label)}`;
}

export function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

export function button(action: string, text: string, value: string, style?: 'primary') {
  const label = { type: 'plain_text', text, emoji: true };
  return { type: 'button', action_id: action, value, text: label, ...(style && { style }) };
}
