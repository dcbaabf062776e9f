import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import type { CheckReport, HealthReport } from '../model.ts';
import { ageNote, oldOkWords } from './age.ts';
import { chartHint, chartMenu } from './chart-menu.ts';
import { slackTime } from './time.ts';
import { ageWords, countsLine, faces, headingOf, tookWords } from './words.ts';

/** Rows shown in the message itself; the thread has all of them. */
const ROWS = 12;
/** Rows shown where no thread hangs below. */
const ROWS_ALONE = 30;
/** Names in a line of what is blocked or muted. */
const NAMES = 8;

/**
 * The answer to `/ops health`: the verdict, then what needs a person, worst first, each in a row of its own; what is
 * blocked or muted needs nobody and shares a line. `scope` is what "run again" repeats; `alone`: in a dialog, where neither a thread nor
 * pictures can follow.
 */
export function healthPost(
  report: HealthReport,
  options: { now: Date; scope: string; alone?: boolean | undefined },
): Post {
  const { now, scope } = options;
  if (report.pending.length > 0 && report.checks.every(({ attempts }) => attempts === 0)) return firstLook(report);
  const bad = report.checks.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'blocked' && outcome !== 'muted');
  const shown = bad.slice(0, options.alone ? ROWS_ALONE : ROWS);
  const counts = escapeSlack(`${scope ? `${scope}: ` : ''}${countsLine(report.counts)}`);
  const { mark } = faces[headingOf(report)];
  const head = `${mark} *${counts}*`;
  const warnings = (report.warnings ?? []).map((warning) => context(`⚠️ ${escapeSlack(warning)}`));
  const rows = shown.map((check) => rowBlock(check, report, now));
  // What makes the verdict comes right behind it: the worst row, or a cause elsewhere that the warnings name.
  const inRows = shown[0]?.outcome === report.verdict;
  const blocks: SlackBlock[] = [
    section(`${head} — ${summaryEnd(report, now)}`),
    ...(inRows ? rows : [...warnings, ...rows]),
  ];
  if (bad.length > shown.length)
    blocks.push(
      context(`… and ${bad.length - shown.length} more ${options.alone ? 'in `/ops health`' : 'in the thread'}`),
    );
  const quiet = quietLines(report.checks, now);
  if (quiet.length > 0) blocks.push(context(quiet.join('\n')));
  if (inRows) blocks.push(...warnings);
  if (report.pending.length === 0) {
    blocks.push(buttons(shown, scope, options.alone === true));
    if (options.alone) blocks.push(chartHint(scope));
  }
  const worst = shown[0] && inRows ? `${shown[0].id}: ${shown[0].reason}` : report.warnings?.[0];
  return { text: `${mark} ${counts}${worst ? ` — ${escapeSlack(worst)}` : ''}`, blocks };
}

/** Nothing is known yet: no verdict, and no row that says so for each check. */
function firstLook({ checks }: HealthReport): Post {
  const text = `⏳ checking ${checks.length} for the first time …`;
  return { text, blocks: [section(text)] };
}

/** When it was measured and how long it took, and what of it is older; while it runs, how far it is. */
function summaryEnd(report: HealthReport, now: Date): string {
  const old = oldOkWords(report, now);
  if (report.pending.length === 0) {
    return [`${slackTime(report.started_at, now)}, ${tookWords(report.duration_ms)}`, old].filter(Boolean).join(' · ');
  }
  const total = report.checks.length;
  const done = total - report.pending.length;
  if (done > 0) return `⏳ checked ${done} of ${total} …`;
  return `⏳ last result ${ageWords(report.started_at, now)} · checking …`;
}

/** "⛓️ 3 blocked by db: api, lag, web" for each cause, and "🔕 1 muted until 15:04 by @anna: search" for each mute. */
function quietLines(checks: readonly CheckReport[], now: Date): string[] {
  const lines = new Map<string, string[]>();
  for (const check of checks) {
    if (check.outcome !== 'blocked' && check.outcome !== 'muted') continue;
    const key = `${faces[check.outcome].mark} # ${quietWords(check, now)}`;
    lines.set(key, [...(lines.get(key) ?? []), escapeSlack(check.id)]);
  }
  return [...lines].map(([what, ids]) => {
    const more = ids.length > NAMES ? ` … and ${ids.length - NAMES} more` : '';
    return `${what.replace('#', String(ids.length))}: ${ids.slice(0, NAMES).join(', ')}${more}`;
  });
}

function quietWords({ outcome, blocked_by: by, muted }: CheckReport, now: Date): string {
  if (outcome === 'blocked' && by !== undefined) return `blocked by ${escapeSlack(by)}`;
  if (!muted) return outcome;
  return `muted${muted.until ? ` until ${slackTime(muted.until, now)}` : ''} by ${escapeSlack(muted.by)}`;
}

/** One check that needs a look: what, value and limit, since when, how old when it is not from now, who, next step. */
export function rowText(check: CheckReport, now: Date, age = ''): string {
  const face = faces[check.outcome];
  const facts = [
    check.outcome === 'stale' ? `measured ${slackTime(check.at, now)}` : `since ${slackTime(check.since, now)}`,
    check.outcome === 'stale' ? '' : age,
    escapeSlack(check.owner ?? ''),
  ].filter(Boolean);
  const what = `${face.mark} *${face.word} ${escapeSlack(check.id)}*: ${reasonText(check, now)}`;
  const lines = [[what, ...facts].join(' · ')];
  const next = [check.next ? escapeSlack(check.next) : '', runbookLink(check.runbook)].filter(Boolean).join(' · ');
  if (next) lines.push(`→ ${next}`);
  return lines.join('\n');
}

/** The end of a mute stands in the zone of whoever reads it; as it is stored it is in the team's, with its name. */
function reasonText({ reason, muted }: CheckReport, now: Date): string {
  const [written, rest] = /^muted until .+?( by .*)$/s.exec(reason) ?? [];
  if (!muted?.until || written === undefined) return escapeSlack(reason);
  return `muted until ${slackTime(muted.until, now)}${escapeSlack(rest ?? '')}`;
}

/** A link when the runbook is a URL; a file of ours opens by its button instead. */
export function runbookLink(runbook: string | undefined): string {
  if (!runbook || !/^https?:\/\//.test(runbook)) return '';
  return slackLink(runbook, 'runbook');
}

function rowBlock(check: CheckReport, report: HealthReport, now: Date): SlackBlock {
  return {
    ...section(rowText(check, now, ageNote(check, report, now))),
    accessory: { type: 'button', action_id: 'health.details', text: plain('Details'), value: check.id },
  };
}

function buttons(shown: CheckReport[], scope: string, alone: boolean): SlackBlock {
  const files = new Map(shown.map((check) => [check.runbook, check.id]));
  const runbooks = [...files].filter(([runbook]) => runbook && !/^https?:/.test(runbook)).slice(0, 3);
  return {
    type: 'actions',
    elements: [
      ...(shown[0]?.outcome === 'fail' ? [declareButton(shown[0].id)] : []),
      { type: 'button', action_id: 'health.again', text: plain('Run again'), value: scope },
      ...runbooks.map(([runbook, id], index) => ({
        type: 'button',
        action_id: `health.runbook.${index}`,
        text: plain(`Runbook: ${runbook}`),
        value: id,
      })),
      ...(alone ? [] : [chartMenu(scope)]),
    ],
  };
}

/** Opens the dialog that declares an incident, with what is known of the check in it. */
export function declareButton(checkId: string): Record<string, unknown> {
  return { type: 'button', action_id: 'incident.declare', text: plain('Declare'), value: `check:${checkId}` };
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
