import type { TerminalStyle } from '../../kernel/command.ts';
import { plainLine } from '../../kernel/plain.ts';
import type { AuditRow } from '../search.ts';
import { judgeVerification, type Verification } from '../verify.ts';
import { zoneTime } from './time.ts';
import { changeWords, erasedWords, headWords, verdictWords } from './words.ts';

/** The rows that were found, newest first. */
export function rowsText({ rows, more }: { rows: readonly AuditRow[]; more: boolean }, style: TerminalStyle): string {
  const last = rows.at(-1);
  if (last === undefined) return 'No such row in the audit.';
  const lines = rows.flatMap((row) => rowLines(row, style));
  return [...lines, ...(more ? [`Older rows: add below:${last.seq}`] : [])].join('\n');
}

function rowLines(row: AuditRow, style: TerminalStyle): string[] {
  const { seq, at, recorded } = row;
  const head = `${String(seq).padStart(6)}  ${zoneTime(at, style.zone)}`;
  if (recorded === undefined) return [`${head}  ${erasedWords(row)}`];
  const { actor, action, target, request, reason } = recorded;
  const more = [changeWords(row), reason ? `“${reason}”` : ''].filter(Boolean).map(plainLine).join(' · ');
  const lines = [
    `${head}  ${plainLine(actor)}  ${plainLine(action)} ${plainLine(target)}  ${dim(plainLine(request), style)}`,
  ];
  return more ? [...lines, `        ${more}`] : lines;
}

/** One row with all that was recorded. */
export function rowText(row: AuditRow, style: TerminalStyle): string {
  const { seq, at, recorded, hash } = row;
  const fields: [string, string][] = [['when', `${zoneTime(at, style.zone)} (${at.toJSON() ?? '?'})`]];
  if (recorded === undefined) fields.push([row.odd ? 'odd' : 'text', erasedWords(row)]);
  else {
    fields.push(['who', recorded.actor], ['what', recorded.action], ['target', recorded.target]);
    if (recorded.reason !== undefined) fields.push(['reason', recorded.reason]);
    if (recorded.before !== undefined) fields.push(['before', JSON.stringify(recorded.before)]);
    if (recorded.after !== undefined) fields.push(['after', JSON.stringify(recorded.after)]);
    fields.push(['request', recorded.request]);
  }
  fields.push(['hash', hash]);
  return [`row ${seq}`, ...fields.map(([name, value]) => `  ${name.padEnd(8)} ${plainLine(value)}`)].join('\n');
}

/** Whether the audit is what was recorded. */
export function verificationText(verification: Verification, style: TerminalStyle): string {
  const time = (at: Date) => zoneTime(at, style.zone);
  const { word, ansi } = states[judgeVerification(verification)];
  return [`${paint(word, ansi, style)}  ${verdictWords(verification, time)}`, ...headWords(verification, time)].join(
    '\n',
  );
}

const states = {
  intact: { word: 'OK', ansi: '\x1b[32m' },
  changed: { word: 'FAIL', ansi: '\x1b[31m' },
  unproven: { word: 'UNKNOWN', ansi: '\x1b[35m' },
};

function paint(text: string, ansi: string, { colour }: TerminalStyle): string {
  return colour ? `${ansi}${text}\x1b[0m` : text;
}

function dim(text: string, style: TerminalStyle): string {
  return paint(text, '\x1b[2m', style);
}
