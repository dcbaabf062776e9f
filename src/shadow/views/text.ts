import { zoneName, zoneTime } from '../../health/views/time.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { plainLine } from '../../kernel/plain.ts';
import type { ShadowAlert, ShadowReport } from '../model.ts';
import { oftenFrom, suggestionsFor } from '../suggest.ts';

const alertsShown = 50;
const othersShown = 10;

/** What people would have been told, and what to change before they are: for a terminal, as plain text. */
export function shadowText(report: ShadowReport, zone: string): string {
  return [
    ...head(report, zone),
    ...section(
      'Would have told of',
      report.alerts.map((alert) => alertLine(alert, report, zone)),
      alertsShown,
    ),
    ...section('Again and again', againLines(report), othersShown),
    ...section('Never measured', report.checks.filter(isUnmeasured).map(unmeasuredLine), othersShown),
    ...section('Slowest', slowestLines(report), 5),
    ...section('Suggestions', suggestionsFor(report).map(plainLine), 30),
  ].join('\n');
}

function head({ config, from, to, forMs, checks, alerts, posts }: ShadowReport, zone: string): string[] {
  const results = checks.reduce((sum, each) => sum + each.results, 0);
  const ranMs = to.getTime() - from.getTime();
  const of = ranMs < forMs - 1_000 ? ` of ${formatDuration(forMs)}` : '';
  const times = `${zoneTime(from, to, zone)} to ${zoneTime(to, to, zone)} ${zoneName(to, zone)}`;
  const lines = [
    `Shadow of ${plainLine(config)}: ${formatDuration(ranMs)}${of}, ${times}; ${count(checks.length, 'check')}, ${count(results, 'result')}. Nobody was told.`,
  ];
  if (alerts.length === 0) return [...lines, 'Nothing would have been announced.'];
  for (const { channel, messages, calls, replies } of posts) {
    const threads = [
      ...(calls > 0 ? [`${calls} more that call again`] : []),
      ...(replies > 0 ? [`${replies} in threads`] : []),
    ];
    lines.push(`${channel}: ${count(messages, 'message')}${threads.length > 0 ? `, ${threads.join(', ')}` : ''}`);
  }
  return lines;
}

function alertLine(
  { check, worst, reason, rule, beganAt, openedAt, closedAt, lastedMs }: ShadowAlert,
  { to }: ShadowReport,
  zone: string,
): string {
  const end = closedAt ? zoneTime(closedAt, to, zone) : 'still open';
  const late = formatDuration(openedAt.getTime() - beganAt.getTime());
  const times = `${zoneTime(openedAt, to, zone)} – ${end}, not ok for ${formatDuration(lastedMs)}, told after ${late}`;
  const why = plainLine(reason);
  return `${worst.padEnd(7)} ${check}: ${why}${rule && !why.includes(rule) ? ` [${plainLine(rule)}]` : ''} (${times})`;
}

function againLines({ checks }: ShadowReport): string[] {
  return checks
    .filter(({ alerts }) => alerts.length >= oftenFrom)
    .toSorted((a, b) => b.alerts.length - a.alerts.length)
    .map(({ id, alerts }) => {
      const rules = [...new Set(alerts.map(({ rule }) => rule ?? 'not measured'))];
      return `${id}: ${alerts.length} times (${firstFew(rules.map(plainLine), 3)})`;
    });
}

function isUnmeasured({ results, unknown }: ShadowReport['checks'][number]): boolean {
  return results === unknown;
}

function unmeasuredLine({ id, results, reasons, next }: ShadowReport['checks'][number]): string {
  if (results === 0) return `${id}: was never due`;
  return plainLine(`${id}: ${reasons[0]?.reason ?? 'unknown'}${next ? ` → ${next}` : ''}`);
}

function slowestLines({ checks }: ShadowReport): string[] {
  return checks
    .filter(({ results }) => results > 0)
    .toSorted((a, b) => b.p95Ms - a.p95Ms)
    .slice(0, 5)
    .map(({ id, p95Ms, longestMs, timeoutMs }) => {
      return `${id}: 95 % within ${formatDuration(p95Ms)}, longest ${formatDuration(longestMs)} (timeout ${formatDuration(timeoutMs)})`;
    });
}

function section(title: string, lines: readonly string[], most: number): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - most;
  const shown = lines.slice(0, most).map((line) => `  ${line}`);
  return [
    '',
    `${title} (${lines.length})`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more: --json has all of them`] : []),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
