import type { TerminalStyle } from '../../kernel/command.ts';
import { plainLine } from '../../kernel/plain.ts';
import { isCalm, isQuiet, type MadeSection, type Report, type ReportLine, type ReportTable } from '../model.ts';
import { checksTable } from './tables.ts';
import { briefLines, briefs, countsWords, dayWords, headWords, lineMark, markOf } from './words.ts';

/** A report in a terminal: as the message, with all its lines. */
export function reportText(report: Report, style: Pick<TerminalStyle, 'zone'>): string {
  const head = `${markOf(report)} ${plainLine(headWords(report))} — ${countsWords(report)}`;
  if (report.plan.quiet !== 'full' && isQuiet(report.content))
    return [head, ...briefs(report.content.sections)].map(plainLine).join(' · ');
  const sections = report.content.sections.flatMap((made) => sectionLines(made, style.zone));
  return [head, ...sections, ...briefLines(report.content.sections.filter(isCalm)).map(plainLine)].join('\n');
}

function sectionLines(made: MadeSection, zone: string): string[] {
  const unknown = (made.unknown ?? []).map((why) => `  ⚪ unknown: ${plainLine(why)}`);
  if (made.lines.length + unknown.length === 0) return [];
  return [plainLine(made.title), ...made.lines.map((line) => `  ${plainLine(words(line, zone))}`), ...unknown];
}

function words(line: ReportLine, zone: string): string {
  const what = [lineMark(line), line.isNew ? 'NEW' : '', line.text].filter(Boolean).join(' ');
  const facts = [
    what,
    line.since === undefined ? '' : `since ${dayWords(new Date(line.since), zone)}`,
    line.owner ?? '',
  ].filter(Boolean);
  return [facts.join(' · '), line.next ?? ''].filter(Boolean).join(' → ');
}

/** A report as a Markdown file, all of it. */
export function reportMarkdown(report: Report): string {
  const zone = report.plan.zone;
  const period = `From ${dayWords(report.from, zone)} to ${dayWords(report.madeAt, zone)}.`;
  const sections = report.content.sections.flatMap((made) => [
    `\n## ${inline(made.title)}\n`,
    ...made.lines.map((line) => `- ${inline(words(line, zone))}`),
    ...(made.unknown ?? []).map((why) => `- ⚪ unknown: ${inline(why)}`),
    ...(made.lines.length + (made.unknown?.length ?? 0) === 0 ? [inline(made.brief ?? 'nothing to report')] : []),
    ...(made.tables ?? []).map(markdownTable),
  ]);
  const head = `# ${markOf(report)} ${inline(headWords(report))}\n\n${inline(countsWords(report))}. ${period}`;
  return `${[head, ...sections, `\n${markdownTable(checksTable(report))}`].join('\n')}\n`;
}

function markdownTable({ title, columns, rows }: ReportTable): string {
  const row = (cells: readonly (string | number | null)[]) =>
    `| ${cells.map((each) => inline(String(each ?? '–'))).join(' | ')} |`;
  return [`\n### ${inline(title)}\n`, row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Foreign text on one line of Markdown: it forms nothing and breaks no table. */
function inline(text: string): string {
  return plainLine(text).replaceAll(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`);
}

/** A report as a CSV file: a row a line and a row of each table, with cells that no spreadsheet runs. */
export function reportCsv(report: Report): string {
  const head = ['section', 'state', 'what', 'since', 'owner', 'next'];
  const rows = report.content.sections.flatMap((made) => [
    ...made.lines.map((line) => [
      made.title,
      line.mark ?? '',
      line.text,
      line.since ?? '',
      line.owner ?? '',
      line.next ?? '',
    ]),
    ...(made.unknown ?? []).map((why) => [made.title, 'unknown', why, '', '', '']),
    ...(made.tables ?? []).flatMap(({ title, columns, rows }) => [
      [made.title, title, ...columns],
      ...rows.map((row) => [made.title, title, ...row.map((each) => each ?? '')]),
    ]),
  ]);
  const checks = report.content.checks.map(({ id, group, outcome, reason }) => [
    'checks',
    outcome,
    reason,
    '',
    group,
    id,
  ]);
  return [head, ...rows, ...checks].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

function csvCell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : plainLine(value);
  // What begins so is a formula to a spreadsheet; a plain number is none.
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
