import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Happened } from '../part.ts';
import { headOf, mention } from '../views/message.ts';

/** What subscribers are told of a change, and what those who may not know what is in it; undefined = nothing. Pure. */
export function newsPosts({ change, incident, before, at, by }: Happened): { whole: Post; neutral: Post } | undefined {
  const words =
    change === 'severity'
      ? `Severity ${escapeSlack(before?.label ?? '')} → ${escapeSlack(incident.label)},`
      : told[change];
  if (words === undefined) return undefined;
  const { id, label, drill, resolved } = incident;
  const when = `${slackTime(at, at)} by ${mention(by.mention)}`;
  const name = `${drill ? 'DRILL ' : ''}${nameOf(incident)} ${escapeSlack(label)}`;
  const reason = resolved?.words ? `: ${escapeSlack(resolved.words)}` : '';
  return {
    whole: post(`*${headOf(incident)}*\n${words} ${when}${reason}`, id),
    neutral: post(`*${resolved ? '✅' : '🔴'} ${name}*\n${words} ${when} · details in ${placeOf(incident)}`, id),
  };
}

const told: Partial<Record<Happened['change'], string>> = {
  resolved: 'Resolved',
  merged: 'Found to be the same as another, and ended,',
  reopened: 'Reopened',
};

function placeOf({ home }: Incident): string {
  return home ? `<#${home.channel}>` : 'its channel';
}

function post(text: string, id: number): Post {
  const button = {
    ...{ type: 'button', action_id: 'subscribe.off', value: String(id) },
    text: { type: 'plain_text', text: 'No more of this', emoji: true },
  };
  return {
    text: text.split('\n', 1)[0]!.replaceAll('*', ''),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      { type: 'actions', elements: [button] },
    ],
  };
}
