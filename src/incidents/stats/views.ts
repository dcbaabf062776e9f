import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { plainLine } from '../../kernel/plain.ts';
import type { Statistics } from './stats.ts';
import type { Figure, Figures, LeftOut } from './store.ts';

/** What is shown beside the whole; undefined = all three. */
export type Shown = 'severity' | 'system' | 'month' | undefined;

const mostLines = 12;

export function statsPost(stats: Statistics, shown: Shown): Post {
  const text = headWords(stats);
  const blocks: SlackBlock[] = [section(`*${escapeSlack(text)}*`)];
  if (stats.all) blocks.push(section(figuresWords(stats.all)));
  for (const { head, rows, key } of tablesOf(stats)) {
    if (rows.length === 0 || (shown !== undefined && shown !== key)) continue;
    const lines = rows.slice(0, mostLines).map((row) => `• ${escapeSlack(row.label)}: ${lineWords(row)}`);
    const more = rows.length > mostLines ? [`… and ${rows.length - mostLines} more`] : [];
    blocks.push(section([`*${head}*`, ...lines, ...more].join('\n')));
  }
  const alone = stats.confidential ? ['Private incidents of yours may be among them: only you see this'] : [];
  blocks.push(context([...leftOutWords(stats.leftOut), openWords(stats), ...alone].join(' · ')));
  return { text, blocks };
}

export function statsText(stats: Statistics, shown: Shown): string {
  const tables = tablesOf(stats).flatMap(({ head, rows, key }) => {
    if (rows.length === 0 || (shown !== undefined && shown !== key)) return [];
    return ['', head, ...rows.map((row) => `  ${plainLine(row.label)}: ${lineWords(row)}`)];
  });
  const all = stats.all ? [figuresWords(stats.all)] : [];
  return [headWords(stats), ...all, ...tables, '', ...leftOutWords(stats.leftOut), openWords(stats)].join('\n');
}

function tablesOf({ severities, systems, months }: Statistics) {
  const counted = months.map((month) => ('label' in month ? month : { ...emptyRow, ...month, label: month.key }));
  // A single month says what the whole does.
  return [
    { key: 'severity', head: 'By severity', rows: severities },
    { key: 'system', head: 'By system', rows: systems },
    { key: 'month', head: 'By month', rows: counted.length > 1 ? counted : [] },
  ] as const;
}

const nothing: Figure = { count: 0, median: null, p90: null };
const emptyRow = { acknowledge: nothing, mitigate: nothing, resolve: nothing };

function headWords({ all, period }: Statistics): string {
  const count = all?.count ?? 0;
  if (count === 0) return `No incident in ${inWords(period.words)} to count`;
  return `${count === 1 ? '1 incident' : `${count} incidents`} in ${inWords(period.words)}`;
}

function inWords(words: string): string {
  return words.startsWith('last') ? `the ${words}` : words;
}

function lineWords(row: Figures): string {
  return row.count === 0 ? 'none' : `${row.count} · ${figuresWords(row)}`;
}

/** Median, and what nine of ten took at most. */
function figuresWords({ count, acknowledge, mitigate, resolve }: Figures): string {
  const parts = [
    figureWords('acknowledged', acknowledge, count),
    figureWords('mitigated', mitigate, count),
    figureWords('resolved', resolve, count),
  ];
  return parts.join(' · ');
}

function figureWords(word: string, { count, median, p90 }: Figure, all: number): string {
  if (median === null || p90 === null) return `${word}: not recorded`;
  const of = count < all ? `, of ${count}` : '';
  return `${word} in ${formatDuration(median)} (p90 ${formatDuration(p90)}${of})`;
}

/** What was not counted, so that nobody wonders. */
export function leftOutWords({ drills, merged, falseAlarms, open, hidden }: LeftOut): string[] {
  const said = [
    [open, 'still open'],
    [drills, drills === 1 ? 'drill' : 'drills'],
    [falseAlarms, falseAlarms === 1 ? 'false alarm' : 'false alarms'],
    [merged, 'merged into another'],
    [hidden, 'private and not yours to see'],
  ] as const;
  const parts = said.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
  return parts.length > 0 ? [`Not counted: ${parts.join(', ')}`] : [];
}

function openWords({ followUps, overduePapers }: Statistics): string {
  const { report, postmortem } = overduePapers;
  const papers = [
    postmortem > 0 && `${postmortem} overdue post-mortem${postmortem === 1 ? '' : 's'}`,
    report > 0 && `${report} overdue report${report === 1 ? '' : 's'}`,
  ].filter((words) => words !== false);
  const late = followUps.overdue > 0 ? `, ${followUps.overdue} overdue` : '';
  return [`Now: ${followUps.open} open follow-up${followUps.open === 1 ? '' : 's'}${late}`, ...papers].join(' · ');
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
