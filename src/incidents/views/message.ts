import type { Post, SlackBlock } from '../../kernel/command.ts';
import { phoneMark } from '../../kernel/contact-mark.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { Severity } from '../../severities/model.ts';
import type { AlarmFacts } from '../escalation/alarm.ts';
import { linksLine } from '../links/views.ts';
import { currentPages, type Incident, nameOf, pagingOf } from '../model.ts';

/** Who reads it, and what is asked of them. */
export interface Seen {
  /** In its own channel: outside, one where PHI may be involved, or a private one, shows neither title nor what is known. */
  inside?: boolean | undefined;
  /** Its severity wants a commander. */
  commander?: boolean | undefined;
}

/** The one message of an incident: what, since when, whether somebody is on it, and what a reader can do. */
export function incidentPost(incident: Incident, now: Date, { inside = false, commander = false }: Seen = {}): Post {
  const { resolved, systems, known, declaredBy, declaredAt, nextUpdateAt, home } = incident;
  const head = headOf(incident, { inside });
  const open = inside || !isHidden(incident);
  const detected = detectedAt(incident);
  const facts = [
    `Detected ${slackTime(detected, now)}`,
    `declared ${detected < declaredAt ? `${slackTime(declaredAt, now)} ` : ''}by ${mention(declaredBy.mention)}`,
    open && systems && `Affected: ${escapeSlack(systems)}`,
    `*${stateWords(incident, now)}*`,
  ];
  const blocks: SlackBlock[] = [section(`*${head}*\n${joined(facts)}`)];
  if (open && known) blocks.push(section(escapeSlack(known)));
  blocks.push(whoPart(incident, now, { wanted: commander && !resolved, hidden: !open }));
  const marks = [
    !resolved && nextUpdateAt && `Next update ${slackTime(nextUpdateAt, now)}`,
    !inside && home && !incident.private && `<#${home.channel}>`,
    incident.phi && 'PHI may be involved',
    incident.private && '🔒 Private: only those in it see it; `/ops incident add @name` lets somebody in',
    !resolved &&
      incident.homeProblem !== undefined &&
      `Its channel can't be used: ${escapeSlack(incident.homeProblem)}`,
  ];
  const links = linksLine(incident);
  if (links) blocks.push(context(links));
  if (marks.some(Boolean)) blocks.push(context(joined(marks)));
  if (!resolved) blocks.push(buttonsOf(incident));
  return { text: head, blocks };
}

/** The line of the page, and of the commander where one is wanted: with a button while there is none. */
function whoPart(incident: Incident, now: Date, { wanted, hidden }: { wanted: boolean; hidden: boolean }): SlackBlock {
  const { resolved, roles, id } = incident;
  const paging = resolved ? resolvedWords(resolved, now, hidden) : pagingWords(incident, now);
  const commander = roles.commander && `Commander: ${mention(roles.commander.mention)}`;
  if (commander || !wanted) return context(joined([paging, commander]));
  const accessory = { ...button('', 'Take command', `${id}:commander`), action_id: 'role.claim' };
  return { ...section(joined([paging, 'Commander: nobody'])), accessory };
}

function buttonsOf({ acknowledged, id }: Incident): SlackBlock {
  const value = String(id);
  const elements = [
    ...(acknowledged ? [] : [button('acknowledge', 'Acknowledge', value, 'primary')]),
    button('resolve', 'Resolve', value),
    button('false-alarm', 'False alarm', value),
  ];
  return { type: 'actions', elements };
}

/** Whether this severity wants somebody to command. */
export function wantsCommander({ severity }: Incident, severities: readonly Severity[]): boolean {
  return !!severities.find(({ id }) => id === severity)?.roles.needed.includes('commander');
}

/** Nobody may have been paged: a post of its own, so that people are notified, with whom to call and what was tried. */
export function notPagedPost(
  incident: Incident,
  { call, done }: AlarmFacts,
  now: Date,
  { inside = false }: Seen = {},
): Post {
  const { notPaged, id, home } = incident;
  const since = currentPages(incident).at(-1)?.madeAt;
  const tookMs = notPaged && since ? notPaged.at.getTime() - since.getTime() : 0;
  const hidden = incident.private && !inside;
  const name = `${nameOf(incident)} ${escapeSlack(incident.label)}${hidden ? ' (private)' : ''}`;
  const head = `🚨 NOT PAGED: ${name}, nobody confirmed${tookMs >= 10_000 ? ` in ${formatDuration(tookMs)}` : ''}`;
  const where = !inside && !hidden && home ? ` · <#${home.channel}>` : '';
  const numbers = call.map((person) => callWords(person, now));
  const lines = [
    `*${head}* <!here>${where}`,
    `Why: ${escapeSlack(notPaged?.why ?? '')}`,
    numbers.length > 0
      ? `*CALL* ${numbers.join(', then ')}`
      : '*CALL* who is on call: no number is known here (contacts in ops.yml, or PAGERDUTY_API_TOKEN)',
    ...done.map(escapeSlack),
    ...(hidden ? [] : ['→ Call, then press the button: it says that somebody is on it']),
  ];
  const pressed = button('acknowledge', 'I reached someone', String(id), 'danger');
  const blocks = [section(lines.join('\n'))];
  return { text: head, blocks: hidden ? blocks : [...blocks, { type: 'actions', elements: [pressed] }] };
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
  const became = resolved ? resolvedWords(resolved, now, isHidden(incident)) : pagingWords(incident, now);
  const text = `${head}\n${became}`;
  return { text, blocks: [section(text)] };
}

/** `inside`: for those in its own channel. Escaped. */
export function headOf(incident: Incident, { inside = false }: Pick<Seen, 'inside'> = {}): string {
  const { resolved, acknowledged, drill, label, title, home } = incident;
  const mark = resolved ? '✅' : acknowledged ? '🟠' : '🔴';
  const name = `${mark} ${incident.private ? '🔒 ' : ''}${drill ? 'DRILL ' : ''}${nameOf(incident)} ${escapeSlack(label)}`;
  if (inside || !isHidden(incident)) return `${name}: ${escapeSlack(title)}`;
  if (incident.private) return `${name} (private)`;
  return `${name}: ${home ? `details in <#${home.channel}>` : 'details in its channel'}`;
}

/** What those outside its channel must not read. */
function isHidden({ phi, private: isPrivate }: Incident): boolean {
  return phi || isPrivate;
}

/** When the trouble was seen first, as far as what it was declared from tells. */
export function detectedAt({ origin, declaredAt }: Incident): Date {
  const at = origin?.kind === 'message' ? origin.at : origin?.kind === 'check' ? origin.since : undefined;
  const seen = at === undefined ? declaredAt : new Date(at);
  return seen < declaredAt ? seen : declaredAt;
}

/** How far it has come. */
export function stateWords(incident: Incident, now: Date): string {
  const { resolved, mergedInto, mitigated, acknowledged, paused } = incident;
  if (mergedInto !== undefined) return `The same as ${nameOf({ id: mergedInto })}, which goes on`;
  if (resolved) return 'Resolved';
  const until = paused?.until ? ` until ${slackTime(paused.until, now)}` : '';
  const asleep = paused ? ` · paused${until} by ${mention(paused.by)}: nobody is reminded` : '';
  if (mitigated) return `Mitigated ${slackTime(mitigated.at, now)}: the harm is over${asleep}`;
  return (acknowledged ? 'Being worked on' : 'Open') + asleep;
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

function resolvedWords(
  { at, by, words, falseAlarm }: NonNullable<Incident['resolved']>,
  now: Date,
  hidden = false,
): string {
  if (falseAlarm) return `Closed as a false alarm ${slackTime(at, now)} by ${mention(by)}`;
  return `Resolved ${slackTime(at, now)} by ${mention(by)}${words && !hidden ? `: ${escapeSlack(words)}` : ''}`;
}

/** Slack's own marks stay as they are; anything else is somebody's words. */
export function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

function joined(parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
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
