import type { TerminalStyle } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { CheckDetails, CheckReport, HealthReport, Outcome } from '../model.ts';
import { ageNote, oldOkWords } from './age.ts';
import { clean } from './clean.ts';
import { factLines, uptimeWords, usualWords } from './details.ts';
import { outcomeStrip, sparkline } from './sparkline.ts';
import { zoneName, zoneTime } from './time.ts';
import { ageWords, countsLine, faces, headingOf, tookWords } from './words.ts';

/** The same answer as in Slack, for a terminal: verdict, what needs a look with its next step, then the rest by group. */
export function healthText(report: HealthReport, now: Date, style: TerminalStyle): string {
  const at = `${zoneTime(report.started_at, now, style.zone)} ${zoneName(report.started_at, style.zone)}`;
  const head = `${word(headingOf(report), style)}  ${countsLine(report.counts)} — ${at}, ${tookWords(report.duration_ms)}`;
  const old = report.pending.length === 0 ? oldOkWords(report, now) : '';
  const lines = [old ? `${head} · ${old}` : head];
  for (const warning of report.warnings ?? []) lines.push(`! ${clean(warning)}`);
  const width = Math.max(0, ...report.checks.map((check) => check.id.length));
  for (const check of report.checks) lines.push(...checkLines(check, now, width, style, ageNote(check, report, now)));
  return lines.join('\n');
}

function checkLines(check: CheckReport, now: Date, width: number, style: TerminalStyle, age = ''): string[] {
  const state = word(check.outcome, style);
  const line = `${state}  ${check.id.padEnd(width)}  ${clean(check.reason)}`;
  const remarks = [...(age ? [age] : []), ...check.notes.map(clean)];
  const notes = remarks.length ? dim(`  (${remarks.join('; ')})`, style) : '';
  if (check.outcome === 'ok') return [line + notes];
  const since = `since ${zoneTime(check.since, now, style.zone)}`;
  const owner = check.owner ? ` · ${clean(check.owner)}` : '';
  const lines = [`${line}${dim(`  ${since}${owner}`, style)}${notes}`];
  const next = [check.next, check.runbook && `runbook ${check.runbook}`].filter(
    (part) => part !== undefined && part !== '',
  );
  if (next.length)
    lines.push(`${' '.repeat(9)}${' '.repeat(width)}  → ${next.map((part) => clean(String(part))).join(' · ')}`);
  return lines;
}

/** One check with its facts and its past. */
export function detailsText(details: CheckDetails, now: Date, style: TerminalStyle): string {
  const { report } = details;
  const lines = [
    ...checkLines(report, now, report.id.length, style),
    dim(`  ${clean(details.asks)} · every ${formatDuration(details.everyMs)} · group ${report.group}`, style),
    dim(
      `  measured ${zoneTime(report.at, now, style.zone)} (${ageWords(report.at, now)}) in ${tookWords(report.duration_ms)}`,
      style,
    ),
  ];
  if (details.series) {
    const drawn = sparkline(
      details.series.points.map((point) => point.value),
      Math.min(48, style.width - 30),
    );
    if (drawn) lines.push(`  ${drawn} ${details.series.fact}, last 24 h`);
  }
  if (details.strip.some((outcome) => outcome !== null)) lines.push(`  ${outcomeStrip(details.strip, 48)} last 24 h`);
  const uptime = uptimeWords(details, now, (at) => `${zoneTime(at, now, style.zone)} ${zoneName(at, style.zone)}`);
  if (uptime) lines.push(`  ${uptime}`);
  const usual = usualWords(details);
  if (usual) lines.push(`  ${clean(usual)}`);
  lines.push(...factLines(details).map((line) => `  ${clean(line)}`));
  for (const { at, from, to, reason } of details.transitions.slice(0, 5)) {
    const change = from === null ? to : `${from} → ${to}`;
    lines.push(dim(`  ${zoneTime(at, now, style.zone)} ${change}: ${clean(reason)}`, style));
  }
  return lines.join('\n');
}

function word(outcome: Outcome, style: TerminalStyle): string {
  const { ansi, word } = faces[outcome];
  const padded = word.padEnd(7);
  return style.colour ? `${ansi}${padded}\x1b[0m` : padded;
}

function dim(text: string, style: TerminalStyle): string {
  return style.colour ? `\x1b[2m${text}\x1b[0m` : text;
}
