import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import type { CheckReport, HealthReport } from '../model.ts';
import { slackTime } from './time.ts';
import { ageWords, countsLine, faces, tookWords } from './words.ts';

/** Rows shown in the message itself; the thread has all of them. */
const ROWS = 12;

/** The answer to `/ops health`: verdict, then what needs a person, worst first. `scope` is what "run again" repeats. */
export function healthPost(report: HealthReport, options: { now: Date; scope: string; stillShown?: string[] }): Post {
  const bad = report.checks.filter((check) => check.outcome !== 'ok');
  const shown = bad.slice(0, ROWS);
  const blocks: SlackBlock[] = [
    section(`${faces[report.verdict].mark} *${countsLine(report.counts)}*`),
    context(progressLine(report, options.now)),
    ...shown.map((check) => rowBlock(check, options.now)),
  ];
  if (bad.length > shown.length) blocks.push(context(`… and ${bad.length - shown.length} more in the thread`));
  for (const warning of report.warnings ?? []) blocks.push(context(`⚠️ ${escapeSlack(warning)}`));
  if (report.pending.length === 0) blocks.push(buttons(shown, options.scope));
  const worst = shown[0] ? ` — ${escapeSlack(`${shown[0].id}: ${shown[0].reason}`)}` : '';
  return { text: `${faces[report.verdict].mark} ${countsLine(report.counts)}${worst}`, blocks };
}

function progressLine(report: HealthReport, now: Date): string {
  if (report.pending.length === 0) return `${slackTime(report.started_at, now)} · ${tookWords(report.duration_ms)}`;
  const total = report.checks.length;
  const done = total - report.pending.length;
  if (done > 0) return `⏳ checked ${done} of ${total} …`;
  return `⏳ last result ${ageWords(report.started_at, now)} · checking …`;
}

/** One check that needs a look: what, value and limit, since when, who, next step. */
export function rowText(check: CheckReport, now: Date): string {
  const face = faces[check.outcome];
  const since =
    check.outcome === 'stale' ? ` · measured ${slackTime(check.at, now)}` : ` · since ${slackTime(check.since, now)}`;
  const owner = check.owner ? ` · ${escapeSlack(check.owner)}` : '';
  const lines = [`${face.mark} *${face.word} ${escapeSlack(check.id)}*: ${escapeSlack(check.reason)}${since}${owner}`];
  const next = [check.next ? escapeSlack(check.next) : '', runbookLink(check.runbook)].filter(Boolean).join(' · ');
  if (next) lines.push(`→ ${next}`);
  return lines.join('\n');
}

/** A link when the runbook is a URL; a file of ours opens by its button instead. */
export function runbookLink(runbook: string | undefined): string {
  if (!runbook || !/^https?:\/\//.test(runbook)) return '';
  return slackLink(runbook, 'runbook');
}

function rowBlock(check: CheckReport, now: Date): SlackBlock {
  return {
    ...section(rowText(check, now)),
    accessory: { type: 'button', action_id: 'health.details', text: plain('Details'), value: check.id },
  };
}

function buttons(shown: CheckReport[], scope: string): SlackBlock {
  const files = new Map(shown.map((check) => [check.runbook, check.id]));
  const runbooks = [...files].filter(([runbook]) => runbook && !/^https?:/.test(runbook)).slice(0, 3);
  return {
    type: 'actions',
    elements: [
      { type: 'button', action_id: 'health.again', text: plain('Run again'), value: scope },
      ...runbooks.map(([runbook, id], index) => ({
        type: 'button',
        action_id: `health.runbook.${index}`,
        text: plain(`Runbook: ${runbook}`),
        value: id,
      })),
    ],
  };
}

export function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

export function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

export function plain(text: string): { type: 'plain_text'; text: string; emoji: true } {
  return { type: 'plain_text', text, emoji: true };
}
