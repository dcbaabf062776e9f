import { type Outcome, outcomes } from '../../health/model.ts';
import { faces } from '../../health/views/words.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { ItemState, ReportLine } from '../model.ts';
import { lineMark, type NowOf } from './words.ts';

/** What changed since the report was made, as far as its lines show it. */
export interface Live {
  now: Date;
  items: ReadonlyMap<string, ItemState>;
  nowOf: NowOf;
}

/** A line in Slack's mrkdwn: what, since when, whose, what next; struck out once it is over. */
export function lineText(line: ReportLine, { now, items, nowOf }: Live): string {
  const item = line.item === undefined ? undefined : items.get(line.item);
  const current = line.item === undefined ? undefined : nowOf(line.item);
  const text = escapeSlack(line.text);
  if (current?.outcome === 'ok' && line.mark !== 'ok') return `✅ ~${text}~ ok since ${slackTime(current.since, now)}`;
  const facts = [
    line.since === undefined ? '' : `since ${slackTime(new Date(line.since), now)}`,
    line.owner === undefined ? '' : ownerMark(line.owner),
    nowWords(line, current?.outcome),
    item?.acknowledged ? `✋ ${item.acknowledged.by} has it` : '',
    item?.snoozed && item.snoozed.until > now ? `💤 until ${slackTime(item.snoozed.until, now)}` : '',
  ].filter(Boolean);
  const next = [
    line.next === undefined ? '' : escapeSlack(line.next),
    line.runbook !== undefined && /^https?:/.test(line.runbook) ? slackLink(line.runbook, 'runbook') : '',
  ].filter(Boolean);
  const what = [lineMark(line), line.isNew ? '*NEW*' : '', text].filter(Boolean).join(' ');
  return [[what, ...facts].join(' · '), ...(next.length > 0 ? [`→ ${next.join(' · ')}`] : [])].join(' ');
}

/** "now 🔴 fail", where it is something else by now than the report says. */
function nowWords({ mark }: ReportLine, now: Outcome | undefined): string {
  const isOther = now !== undefined && mark !== undefined && mark !== 'info' && now !== mark;
  return isOther && outcomes.indexOf(now) < outcomes.indexOf('stale')
    ? `now ${faces[now].mark} ${faces[now].word}`
    : '';
}

/** A mention of Slack's own stays one; anything else is somebody's words. */
function ownerMark(owner: string): string {
  return /^<(?:@[UW]|!subteam\^S)[A-Z0-9]+>$/.test(owner) ? owner : escapeSlack(owner);
}

/** Whether somebody said that they don't want to read it for now. */
export function isSnoozed(line: ReportLine, { items, now }: Live): boolean {
  const until = line.item === undefined ? undefined : items.get(line.item)?.snoozed?.until;
  return until !== undefined && until > now;
}
