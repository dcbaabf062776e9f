import type { Post, SlackBlock } from '../../kernel/command.ts';
import { phoneMark } from '../../kernel/contact-mark.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { AlarmFacts } from '../escalation/alarm.ts';
import { currentPages, type Incident, nameOf, pagingOf } from '../model.ts';

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

/** Nobody may have been paged: a post of its own, so that people are notified, with whom to call and what was tried. */
export function notPagedPost(incident: Incident, { call, done }: AlarmFacts, now: Date): Post {
  const { notPaged, id } = incident;
  const since = currentPages(incident).at(-1)?.madeAt;
  const tookMs = notPaged && since ? notPaged.at.getTime() - since.getTime() : 0;
  const name = `${nameOf(incident)} ${escapeSlack(incident.label)}`;
  const head = `🚨 NOT PAGED: ${name}, nobody confirmed${tookMs >= 10_000 ? ` in ${formatDuration(tookMs)}` : ''}`;
  const numbers = call.map((person) => callWords(person, now));
  const lines = [
    `*${head}* <!here>`,
    `Why: ${escapeSlack(notPaged?.why ?? '')}`,
    numbers.length > 0
      ? `*CALL* ${numbers.join(', then ')}`
      : '*CALL* who is on call: no number is known here (contacts in ops.yml, or PAGERDUTY_API_TOKEN)',
    ...done.map(escapeSlack),
    '→ Call, then press the button: it says that somebody is on it',
  ];
  const pressed = button('acknowledge', 'I reached someone', String(id), 'danger');
  return { text: head, blocks: [section(lines.join('\n')), { type: 'actions', elements: [pressed] }] };
}

/** Somebody with their number; how old it is, when that matters. */
function callWords({ name, phones: [number = ''], onCall }: AlarmFacts['call'][number], now: Date): string {
  const words = `${escapeSlack(name)} ${phoneMark(number)}`;
  if (!onCall || (onCall.current && now.getTime() - onCall.seenAt.getTime() < oldAfterMs)) return words;
  return `${words} (${onCall.current ? 'on call as of' : 'was on call'} ${slackTime(onCall.seenAt, now)})`;
}

/** What is known of who is on call is asked again every 10 min. */
const oldAfterMs = 3_600_000;

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
