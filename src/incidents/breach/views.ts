import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, nameOf } from '../model.ts';
import { type Day, dayAt, daysBetween } from './days.ts';
import { type Assessment, type Conclusion, conclusions, disclaimer, type Notice, noticeNames } from './model.ts';

/** What a message of an assessment needs to know besides it. */
export interface Seen {
  incident: Incident;
  /** Who is told, as marks; empty = nobody in particular. */
  who: string;
  now: Date;
  zone: string;
}

/** For everybody: that something is due, and no more. */
export function duePost({ incident, now }: Seen, dueAt: Date): Post {
  return labelled(`⚖️ ${headOf(incident)}: a breach assessment is due ${slackTime(dueAt, now)}`, []);
}

/** Where the incident has no channel of its own, nobody learns more than this. */
export function elsewherePost({ incident, who }: Seen): Post {
  const text = `⚖️ ${headOf(incident)}: its breach assessment needs a look, \`/ops breach ${nameOf(incident)}\`${spaced(who)}`;
  return labelled(text, []);
}

/** In the incident's channel: the questions, to be answered. */
export function offerPost({ incident, who, now, zone }: Seen, assessment: Assessment): Post {
  const { dueAt, discoveredAt } = assessment;
  const text = `⚖️ ${headOf(incident)}: a HIPAA breach assessment is due ${slackTime(dueAt, now)}${spaced(who)}`;
  const lines = [
    `PHI may be involved. The law's 60 days run from ${dayAt(discoveredAt, zone)}, when it was discovered: known, or should have been.`,
    '→ Answer what is known now; it can be answered again. Without it a breach is presumed.',
  ];
  return labelled(text, lines, [button('assess', 'Answer', incident.id, 'primary')]);
}

export function assessedPost(seen: Seen, assessment: Assessment, changes: readonly string[]): Post {
  const { newest } = assessment;
  if (!newest) return offerPost(seen, assessment);
  const { version, answers, by } = newest;
  const text = `⚖️ ${headOf(seen.incident)}: breach assessment ${version}: ${conclusions[answers.conclusion]}`;
  const lines = [
    [extentWords(answers), `discovered ${dayAt(assessment.discoveredAt, seen.zone)}`, `by ${mention(by.mention)}`].join(
      ' · ',
    ),
    ...whatNow(answers.conclusion, assessment, seen),
    ...assessment.notices.map((notice) => noticeLine(notice, seen)),
    ...(changes.length > 0 ? [`*Changed:* ${changes.map(escapeSlack).join('; ')}`] : []),
  ];
  return labelled(text, lines, buttonsOf(assessment));
}

export function assessmentReminder(seen: Seen, { dueAt }: Assessment, left: number, late: string): Post {
  const { incident, who, now } = seen;
  const when = left > 0 ? `is due ${slackTime(dueAt, now)}` : `was due ${slackTime(dueAt, now)}: OVERDUE`;
  const text = `${left > 0 ? '⏰' : '🔴'} ${headOf(incident)}: the breach assessment ${when}${spaced(who)}`;
  const lines = ['→ Answer the four questions, and conclude. Not concluded, a breach is presumed.', ...lateLine(late)];
  return labelled(text, lines, [button('assess', 'Answer', incident.id, 'primary')]);
}

export function noticeReminder(seen: Seen, notice: Notice, left: number, late: string): Post {
  const { incident, who } = seen;
  const when = leftWords(left);
  const mark = left < 0 ? '🔴' : '⏰';
  const text = `${mark} ${headOf(incident)}: ${noticeNames[notice.kind]} ${when}, on ${notice.dueOn}${spaced(who)}`;
  const lines = [
    escapeSlack(notice.why),
    ...waitLine(notice, seen),
    '→ Record it here when it is sent',
    ...lateLine(late),
  ];
  return labelled(text, lines, [button('sent', 'Record a notice', incident.id)]);
}

export function sentPost({ incident }: Seen, notice: Notice, changes: readonly string[]): Post {
  const { sent } = notice;
  const late = sent && sent.on > notice.dueOn ? ` · *${days(daysBetween(notice.dueOn, sent.on))} late*` : '';
  const text = `✅ ${headOf(incident)}: ${noticeNames[notice.kind]} sent ${sent?.on ?? ''}${late}`;
  const lines = [
    `Recorded by ${mention(sent?.by.mention ?? '')} · confirmation ${escapeSlack(sent?.confirmation || 'none')}`,
    ...(changes.length > 0 ? [`*Changed:* ${changes.map(escapeSlack).join('; ')}`] : []),
  ];
  return labelled(text, lines);
}

/** For whoever asks. */
export function statusPost(seen: Seen, assessment: Assessment): Post {
  if (assessment.dropped && !assessment.newest)
    return labelled(`⚖️ ${headOf(seen.incident)}: no PHI is involved, so no breach assessment is due`, []);
  return assessment.newest ? assessedPost(seen, assessment, []) : offerPost({ ...seen, who: '' }, assessment);
}

export function statusText({ incident, now, zone }: Seen, assessment: Assessment): string {
  const { newest, discoveredAt, dueAt, notices, dropped } = assessment;
  const today = dayAt(now, zone);
  const rows = notices.map(({ kind, dueOn, sent, why, perhaps }) => {
    const state = sent
      ? `sent ${sent.on} by ${sent.by.id} ${sent.confirmation}`
      : `${leftWords(daysBetween(today, dueOn))}${perhaps ? ', if it is needed' : ''} (${why})`;
    return `  ${noticeNames[kind].padEnd(30)} ${dueOn}  ${state}`;
  });
  const head = newest
    ? `${conclusions[newest.answers.conclusion]} (answers ${newest.version}, by ${newest.by.id})`
    : 'Nobody has answered yet';
  return [
    `${incident.drill ? 'DRILL ' : ''}${nameOf(incident)} breach assessment: ${dropped ? 'No PHI is involved' : head}`,
    `  discovered ${dayAt(discoveredAt, zone)}, answers due ${dueAt.toLocaleString('sv-SE', { timeZone: zone })}`,
    ...rows,
    disclaimer,
  ].join('\n');
}

function whatNow(conclusion: Conclusion, { dueAt }: Assessment, { now }: Seen): string[] {
  if (conclusion === 'not_yet') return [`→ Conclude by ${slackTime(dueAt, now)}; until then a breach is presumed.`];
  if (conclusion === 'low') return ['No notices. What was answered is kept as the documentation.'];
  return ['→ Send these notices, and record each here:'];
}

function noticeLine(notice: Notice, seen: Seen): string {
  const { kind, dueOn, sent, why, perhaps } = notice;
  const name = noticeNames[kind];
  if (sent) return `• ✅ ${name}: sent ${sent.on}, confirmation ${escapeSlack(sent.confirmation || 'none')}`;
  const left = leftWords(daysBetween(dayAt(seen.now, seen.zone), dueOn));
  const wait = waitLine(notice, seen)
    .map((line) => ` · ${line}`)
    .join('');
  return `• ${name}${perhaps ? ', if it is needed' : ''}: *by ${dueOn}*, ${left} · ${escapeSlack(why)}${wait}`;
}

function waitLine({ notBefore }: Notice, { now, zone }: Seen): string[] {
  if (notBefore === undefined || dayAt(now, zone) >= notBefore) return [];
  return [`*Do not send before ${notBefore}*: law enforcement asked for it`];
}

function extentWords({ individuals, states, weAre }: NonNullable<Assessment['newest']>['answers']): string {
  const byState = Object.entries(states).map(([state, residents]) => `${escapeSlack(state)} ${residents}`);
  const many = individuals === undefined ? 'how many is not known' : `${individuals} individuals`;
  const us = weAre === 'business_associate' ? ' · we are the business associate' : '';
  return `${many}${byState.length > 0 ? ` (${byState.join(', ')})` : ''}${us}`;
}

function leftWords(left: number): string {
  if (left > 0) return `due in ${days(left)}`;
  return left === 0 ? 'due today' : `OVERDUE by ${days(-left)}`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

function lateLine(late: string): string[] {
  return late === '' ? [] : [`_${late}_`];
}

function buttonsOf({ id, newest }: Assessment): SlackBlock[] {
  const again = button('assess', 'Answer again', id);
  return newest?.answers.conclusion === 'breach' ? [button('sent', 'Record a notice', id), again] : [again];
}

function headOf(incident: Incident): string {
  const merged = incident.mergedInto === undefined ? '' : ` (merged into ${nameOf({ id: incident.mergedInto })})`;
  return `${incident.drill ? 'DRILL ' : ''}${nameOf(incident)}${merged}`;
}

function spaced(who: string): string {
  return who === '' ? '' : ` ${who}`;
}

function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

/** Every message says that it is no legal advice. */
function labelled(text: string, lines: readonly string[], elements: SlackBlock[] = []): Post {
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: [`*${text}*`, ...lines].join('\n') } },
      ...(elements.length > 0 ? [{ type: 'actions', elements }] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: disclaimer }] },
    ],
  };
}

function button(name: string, text: string, id: number, style?: 'primary'): SlackBlock {
  return {
    ...{
      type: 'button',
      action_id: `breach.${name}`,
      value: String(id),
      text: { type: 'plain_text', text, emoji: true },
    },
    ...(style && { style }),
  };
}

/** What differs between two plans, in words. */
export function changesOf(before: readonly Notice[], after: readonly Notice[]): string[] {
  const had = new Map<string, Day>(before.map(({ kind, dueOn }) => [kind, dueOn]));
  const has = new Set<string>(after.map(({ kind }) => kind));
  return [
    ...after.flatMap(({ kind, dueOn }) => {
      const old = had.get(kind);
      if (old === undefined) return before.length === 0 ? [] : [`${noticeNames[kind]} is new`];
      return old === dueOn ? [] : [`${noticeNames[kind]} ${old} → ${dueOn}`];
    }),
    ...before
      .filter(({ kind }) => !has.has(kind))
      .map(({ kind, sent }) => `${noticeNames[kind]} is not planned any more${sent ? ', and was sent' : ''}`),
  ];
}
