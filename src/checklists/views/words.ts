import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { hasEvidence, isDespite } from '../decide.ts';
import { effortLeft } from '../minutes.ts';
import { type By, isLeft, isOver, progressWords, type Run, type RunItem, rounds } from '../model.ts';
import { cut } from '../plain.ts';

/** How a message names somebody: Slack's mention is live, any other name is inert. */
export function mention({ mention: name }: Pick<By, 'mention'>): string {
  return /^<@[UW][A-Z0-9]+>$/.test(name) ? name : escapeSlack(name);
}

/** What an item shows in front, by how it stands. */
export function markOf({ state, result }: RunItem): string {
  if (state === 'done') return '✓';
  if (state === 'left_out') return '➖';
  if (result?.verdict === 'fail') return '⚠️';
  if (result?.verdict === 'unknown') return '❔';
  return '⬜';
}

/** `people’s part: 3 min of 15 min`; undefined where the file says nothing of it. */
export function effortWords(run: Run): string | undefined {
  const effort = effortLeft(run.plan, run.items, isLeft);
  if (!effort) return undefined;
  if (isOver(run)) return undefined;
  return `${formatDuration(effort.leftMs)} of ${formatDuration(effort.wholeMs)} left for people`;
}

/** Plain text: what an item says of its check, or of why it is left out, without who. */
export function resultWords({ state, result, by, note }: RunItem): string {
  if (state === 'left_out') return `not applicable: ${note}`;
  if (state === 'done' && by?.id === rounds.id) return result ? `${result.words} · automatic` : 'automatic';
  if (state === 'done') return result && result.verdict !== 'pass' ? result.words : '';
  if (result?.verdict === 'pass') return `${result.words} · passes`;
  return result?.words ?? '';
}

/** Of an open item: what must stand beside its tick and is not there. */
function lackingWords(one: RunItem): string {
  if (one.state !== 'open' || hasEvidence(one)) return '';
  return one.item.evidence === 'link' ? 'takes a link' : 'takes a note';
}

/** What the check said when a person ticked it all the same, or says since then; '' = nothing else. */
function despiteWords({ result, at }: RunItem): string {
  if (!isDespite(result)) return '';
  if (at && result.at > at) return result.verdict === 'fail' ? 'the check fails since' : 'the check is not known since';
  return result.verdict === 'fail' ? 'although the check failed' : 'although the check was not known';
}

/** A line of an item for a message. `how`: with what is to be done. */
export function itemLine(one: RunItem, now: Date, how = true): string {
  const { n, item, state, by, at, note, link } = one;
  const name = `${markOf(one)} *${n}* ${escapeSlack(item.title)}`;
  const facts: string[] = [];
  const said = resultWords(one);
  if (said !== '') facts.push(escapeSlack(said));
  if (state !== 'open' && by && by.id !== rounds.id) {
    const although = state === 'done' ? despiteWords(one) : '';
    facts.push([`${mention(by)}${at ? ` ${slackTime(at, now)}` : ''}`, although].filter(Boolean).join(', '));
  }
  if (state === 'done' && by?.id === rounds.id && at) facts.push(slackTime(at, now));
  if (state === 'open' && by) facts.push(`opened again by ${mention(by)}${at ? ` ${slackTime(at, now)}` : ''}`);
  const lacking = lackingWords(one);
  if (lacking !== '') facts.push(lacking);
  if (state !== 'left_out' && note !== '') facts.push(`“${escapeSlack(note)}”`);
  if (link !== '') facts.push(slackLink(link, `evidence at ${URL.parse(link)?.host ?? '?'}`));
  if (state === 'open' && item.optional) facts.push('optional');
  const line = [name, ...facts].join(' · ');
  return how && state === 'open' && item.how !== undefined ? `${line}\n${escapeSlack(cut(item.how, 160))}` : line;
}

/** Title and progress, for a head, a notification, a list. */
export function headWords(run: Run): string {
  return `${escapeSlack(run.plan.title)} · ${progressWords(run.items)}`;
}

export function dueWords({ dueAt, state }: Run, now: Date): string {
  if (state === 'done') return 'done, to be attested';
  return dueAt < now ? `⏰ overdue since ${slackTime(dueAt, now)}` : `due ${slackTime(dueAt, now)}`;
}
