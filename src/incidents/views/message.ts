import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { linksLine } from '../links/views.ts';
import { type Incident, nameOf, pagingOf } from '../model.ts';

/** The one message of an incident: what, since when, whether somebody is on it, and what a reader can do. */
export function incidentPost(incident: Incident, now: Date): Post {
  const { acknowledged, resolved, systems, known, declaredBy, declaredAt } = incident;
  const head = headOf(incident);
  const facts = [
    systems && `Affected: ${escapeSlack(systems)}`,
    `Declared ${slackTime(declaredAt, now)} by ${mention(declaredBy.mention)}`,
    incident.phi && 'PHI may be involved',
  ].filter(Boolean);
  const blocks: SlackBlock[] = [section(`*${head}*\n${facts.join(' · ')}`)];
  if (known) blocks.push(section(escapeSlack(known)));
  const links = linksLine(incident);
  if (links) blocks.push(context(links));
  blocks.push(context(resolved ? resolvedWords(resolved, now) : pagingWords(incident, now)));
  if (!resolved) {
    const value = String(incident.id);
    blocks.push({
      type: 'actions',
      elements: [
        ...(acknowledged ? [] : [button('acknowledge', 'Acknowledge', value, 'primary')]),
        button('resolve', 'Resolve', value),
      ],
    });
  }
  return { text: head, blocks };
}

/** Nobody may have been paged: a post of its own, so that people are notified. */
export function notPagedPost(incident: Incident): Post {
  const { notPaged, id } = incident;
  const name = `${nameOf(incident)} ${escapeSlack(incident.label)}`;
  const head = `🚨 NOT PAGED: ${name}, nobody confirmed`;
  return {
    text: head,
    blocks: [
      section(
        `*${head}* <!here>\nWhy: ${escapeSlack(notPaged?.why ?? '')}\n→ Call who is on call, then press Acknowledge`,
      ),
      { type: 'actions', elements: [button('acknowledge', 'I am on it', String(id), 'danger')] },
    ],
  };
}

/** What became of that: the post stays, without its button. */
export function pagedAfterAllPost(incident: Incident, now: Date): Post {
  const { resolved } = incident;
  const head = `${nameOf(incident)} ${escapeSlack(incident.label)}: it was not paged at first`;
  const text = `${head}\n${resolved ? resolvedWords(resolved, now) : pagingWords(incident, now)}`;
  return { text, blocks: [section(text)] };
}

export function headOf(incident: Incident): string {
  const { resolved, acknowledged, drill, label, title } = incident;
  const mark = resolved ? '✅' : acknowledged ? '🟠' : '🔴';
  return `${mark} ${drill ? 'DRILL ' : ''}${nameOf(incident)} ${escapeSlack(label)}: ${escapeSlack(title)}`;
}

/** Whether anybody has it, in one line; escaped. */
export function pagingWords(incident: Incident, now: Date): string {
  const paging = pagingOf(incident);
  switch (paging.kind) {
    case 'acknowledged':
      return `${mention(paging.by)} is on it since ${slackTime(paging.at, now)}`;
    case 'not_paged':
      return `🚨 *NOT PAGED*: ${escapeSlack(paging.why)}`;
    case 'paged':
      return `Paged ${slackTime(paging.at, now)}, not acknowledged yet`;
    case 'paging':
      return 'Paging …';
    case 'nobody':
      return paging.why === 'drill' ? 'A drill: nobody is paged' : 'Nobody is paged for this severity at this hour';
  }
}

function resolvedWords({ at, by, words }: NonNullable<Incident['resolved']>, now: Date): string {
  return `Resolved ${slackTime(at, now)} by ${mention(by)}${words ? `: ${escapeSlack(words)}` : ''}`;
}

/** Slack's own marks stay as they are; anything else is somebody's words. */
function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

function button(name: string, text: string, value: string, style?: 'primary' | 'danger') {
  return {
    ...{ type: 'button', action_id: `incident.${name}`, value, text: { type: 'plain_text', text, emoji: true } },
    ...(style && { style }),
  };
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
