import type { Post, Reply, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { nameOf } from '../model.ts';
import { type Proposal, sources, titleOf } from './model.ts';

/** "Alertmanager: HighErrorRate on api (3 alerts, since 03:04)", and whether somebody has said what it is. */
export function proposalPost(proposal: Proposal, now: Date): Post {
  const { source, alerts, since, details, severity, url, times, state, overAt } = proposal;
  const what = `${sources[source]}: ${escapeSlack(titleOf(proposal))}`;
  const many = alerts > 1 ? `${alerts} alerts, ` : '';
  const mark = state === 'open' ? (overAt ? '✅' : '🔔') : '➖';
  const facts = [
    severity && `it says “${escapeSlack(severity)}”`,
    times > 1 && `came ${times} times`,
    url !== undefined && slackLink(url, sources[source]),
  ].filter(Boolean);
  const lines = [
    `${mark} *${what}* (${many}since ${slackTime(since, now)})`,
    details && escapeSlack(details),
    facts.join(' · '),
    stateWords(proposal, now),
  ].filter(Boolean);
  const blocks: SlackBlock[] = [section(lines.join('\n'))];
  if (state === 'open') blocks.push({ type: 'actions', elements: buttonsOf(proposal) });
  return { text: `${mark} ${what}`, blocks };
}

/** For whoever pressed it; everybody else sees the message. */
export function dismissedReply(kind: 'done' | 'declared' | 'dismissed', proposal: Proposal): Reply {
  const { incident } = proposal;
  const before = incident ? `${nameOf(incident)} was declared from it` : 'It was declared before';
  const words = { done: 'Not an incident', declared: before, dismissed: 'Somebody has said so before' }[kind];
  const text = `${words}: ${titleOf(proposal)}`;
  const post = { text: escapeSlack(text), blocks: [section(escapeSlack(text))] };
  return { place: 'asker', slack: () => post, terminal: () => text };
}

function stateWords({ state, overAt, incident, decided }: Proposal, now: Date): string {
  const over = overAt ? `over by itself ${slackTime(overAt, now)}` : '';
  const by = decided ? `${mention(decided.by)} ${slackTime(decided.at, now)}` : '';
  if (state === 'declared') return [`→ ${incident ? nameOf(incident) : 'an incident'}, ${by}`, over].join(' · ');
  if (state === 'dismissed') return [`Not an incident, says ${by}`, over].filter(Boolean).join(' · ');
  return over ? `It is ${over}` : 'Is it an incident? Nobody is paged by this.';
}

function buttonsOf({ id, overAt }: Proposal): Record<string, unknown>[] {
  const button = (name: string, text: string) => {
    return { type: 'button', action_id: `incident.${name}`, value: String(id), text: { type: 'plain_text', text } };
  };
  const declare = button('proposed', 'Declare');
  // What is over needs no answer.
  return overAt ? [declare] : [{ ...declare, style: 'danger' }, button('dismiss', 'Not an incident')];
}

/** Slack's own marks stay as they are; anything else is somebody's words. */
function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
