import { formatValue } from '../../conditions/format.ts';
import { sayUsualOf } from '../../conditions/say.ts';
import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { CheckDetails, CheckReport } from '../model.ts';
import { chartHint, chartMenu } from './chart-menu.ts';
import { unmuteButton } from './silence.ts';
import { context, declareButton, plain, rowText, runbookLink, section } from './slack.ts';
import { outcomeStrip, sparkline } from './sparkline.ts';
import { slackTime } from './time.ts';
import { ageWords, faces, tookWords } from './words.ts';

const FACTS = 20;
const CHANGES = 5;
/** Columns that a phone shows on one line: an hour each. */
const PHONE = 24;
const DAY_MS = 86_400_000;

/** One check with its facts, its last 24 hours, its changes and its uptime. `inView`: in a dialog, which has no pictures. */
export function detailsPost(details: CheckDetails, now: Date, inView = false): Post {
  const { report } = details;
  const blocks: SlackBlock[] = [
    section(rowText(report, now)),
    context(
      [
        escapeSlack(details.asks),
        `every ${formatDuration(details.everyMs)}`,
        `group ${escapeSlack(report.group)}`,
        `measured ${slackTime(report.at, now)} (${ageWords(report.at, now)}) in ${tookWords(report.duration_ms)}`,
        ...report.notes.map(escapeSlack),
      ].join(' · '),
    ),
  ];
  const past = pastText(details, now);
  if (past) blocks.push(section(past));
  const facts = factLines(details);
  if (facts.length) blocks.push(section(`*Facts*\n${facts.map(escapeSlack).join('\n')}`));
  if (details.transitions.length) blocks.push(section(`*Last changes*\n${changeLines(details, now).join('\n')}`));
  blocks.push(detailButtons(details, inView));
  if (inView) blocks.push(chartHint(`${report.group}/${report.id}`));
  return { text: `${faces[report.outcome].mark} ${escapeSlack(`${report.id}: ${report.reason}`)}`, blocks };
}

/** The day as a sparkline of the fact that matters and a strip of outcomes, with uptime. */
export function pastText(details: CheckDetails, now: Date): string {
  const lines: string[] = [];
  if (details.series) {
    const { fact, unit, points } = details.series;
    const values = points.map((point) => point.value);
    const known = values.filter((value) => value !== null);
    const drawn = sparkline(values, PHONE);
    if (drawn) {
      const range = `${formatValue(Math.min(...known), undefined)}–${formatValue(Math.max(...known), unit)}`;
      lines.push(`\`${drawn}\` ${escapeSlack(`${fact} ${range}`)}`);
    }
  }
  if (details.strip.some((outcome) => outcome !== null))
    lines.push(`\`${outcomeStrip(details.strip, PHONE)}\` last 24 h`);
  const uptime = uptimeWords(details, now, (at) => slackTime(at, now));
  if (uptime) lines.push(uptime);
  const usual = usualWords(details);
  if (usual) lines.push(escapeSlack(usual));
  return lines.join('\n');
}

/**
 * "uptime 99.2 % in 24 h · 99.95 % in 30 d", or nothing when nothing was measured. Of a period that was not measured from
 * its beginning on (of 30 days but for one) it says since when.
 */
export function uptimeWords({ uptime }: CheckDetails, now: Date, sayTime: (at: Date) => string): string {
  const { day, month, since } = uptime;
  const knownMs = since ? now.getTime() - since.getTime() : Number.POSITIVE_INFINITY;
  const over = (name: string, neededMs: number) =>
    since && knownMs < neededMs ? `since ${sayTime(since)}` : `in ${name}`;
  const parts = [
    day === null ? '' : `${percent(day)} ${over('24 h', DAY_MS)}`,
    month === null || knownMs < DAY_MS ? '' : `${percent(month)} ${over('30 d', 29 * DAY_MS)}`,
  ].filter(Boolean);
  return parts.length ? `uptime ${parts.join(' · ')}` : '';
}

/** "usual at this hour: requests 240 (median of 6 days), errors not known yet (1 of 3 days)"; nothing where no rule asks. */
export function usualWords({ usual = [], units }: CheckDetails): string {
  const each = usual.map((one) => {
    if (one.kind === 'known') return sayUsualOf({ ...one, unit: units[one.fact] });
    return `${one.fact} ${one.kind === 'unread' ? 'not read' : `not known yet (${one.days} of ${one.needs} days)`}`;
  });
  return each.length ? `usual at this hour: ${each.join(', ')}` : '';
}

/** Rounded down, so that 99.996 % is not shown as 100 %. */
function percent(value: number): string {
  return `${Math.floor(value * 100) / 100} %`;
}

/** Facts as "name value unit", flat ones first; nested ones by dotted path; the rest counted. */
export function factLines(details: CheckDetails): string[] {
  const flat = Object.entries(details.report.facts).flatMap(([name, value]) => flatten(name, value));
  const telling = flat.filter(([, value]) => value !== '');
  const lines = telling.map(([name, value]) => `${name}: ${formatValue(value, details.units[name])}`);
  if (lines.length <= FACTS) return lines;
  return [...lines.slice(0, FACTS), `… and ${lines.length - FACTS} more`];
}

function flatten(name: string, value: unknown): [string, unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${name}.${key}`, inner));
}

function changeLines(details: CheckDetails, now: Date): string[] {
  return details.transitions.slice(0, CHANGES).map(({ at, from, to, reason }) => {
    const change = from === null ? faces[to].word : `${faces[from].word} → ${faces[to].word}`;
    return `${slackTime(at, now)} ${change}: ${escapeSlack(reason)}`;
  });
}

function detailButtons({ report }: CheckDetails, inView: boolean): SlackBlock {
  const elements: Record<string, unknown>[] = [
    { type: 'button', action_id: 'health.recheck', text: plain('Run again'), value: report.id },
  ];
  if (report.runbook && runbookLink(report.runbook)) {
    elements.push({ type: 'button', action_id: 'health.link', text: plain('Runbook'), url: report.runbook });
  } else if (report.runbook) {
    elements.push({ type: 'button', action_id: 'health.runbook', text: plain('Runbook'), value: report.id });
  }
  if (report.outcome === 'fail') elements.push(declareButton(report.id));
  elements.push(...muteButtons(report));
  if (!inView) elements.push(chartMenu(`${report.group}/${report.id}`));
  return { type: 'actions', elements };
}

/** To mute what speaks, and to end what somebody has muted; a window of the configuration ends by itself. */
function muteButtons({ id, outcome, muted }: CheckReport): Record<string, unknown>[] {
  if (muted?.silence) return [unmuteButton(muted.silence)];
  if (outcome === 'muted') return [];
  return [
    { type: 'button', action_id: 'health.mute1h', text: plain('Mute 1 h'), value: id },
    { type: 'button', action_id: 'health.mute4h', text: plain('Mute 4 h'), value: id },
  ];
}
