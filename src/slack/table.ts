import { cutText } from './cut.ts';
import { isRecord, type Shape } from './elements.ts';

const rowsMax = 100;
const columnsMax = 20;
/** All cells of a message's tables together. */
const charsMax = 10_000;

/** A table of raw text: at most 100 × 20 cells and 10,000 characters; rows dropped from the end are counted. Pure. */
export function fitTable(block: Shape): Shape | 'empty' {
  const given = Array.isArray(block.rows) ? block.rows.filter(Array.isArray) : [];
  const width = Math.min(columnsMax, Math.max(0, ...given.map((row) => row.length)));
  if (width === 0) return 'empty';
  const cellMax = Math.floor(charsMax / 2 / width);
  const rows = given.map((row) => Array.from({ length: width }, (_, column) => cell(row[column], cellMax)));
  const kept: { type: string; text: string }[][] = [];
  let chars = 40;
  for (const row of rows) {
    chars += row.reduce((sum, item) => sum + item.text.length, 0);
    if (chars > charsMax || kept.length === rowsMax) break;
    kept.push(row);
  }
  if (kept.length < rows.length) {
    if (kept.length === rowsMax) kept.pop();
    const left = rows.length - kept.length;
    kept.push(Array.from({ length: width }, (_, column) => raw(column === 0 ? `… and ${left} more` : ' ')));
  }
  const settings = Array.isArray(block.column_settings) ? block.column_settings.slice(0, width).map(setting) : [];
  return { rows: kept, ...(settings.length && { column_settings: settings }) };
}

/** Slack refuses an empty cell: it becomes a blank. Anything but raw text (rich text) becomes a blank too. */
function cell(value: unknown, max: number): { type: string; text: string } {
  if (!isRecord(value) || value.type !== 'raw_text' || typeof value.text !== 'string') return raw(' ');
  return raw(value.text === '' ? ' ' : cutText(value.text.toWellFormed(), max));
}

function raw(text: string): { type: string; text: string } {
  return { type: 'raw_text', text };
}

function setting(value: unknown): Shape {
  if (!isRecord(value)) return {};
  const align = ['left', 'center', 'right'].find((name) => name === value.align);
  return { ...(align && { align }), ...(typeof value.is_wrapped === 'boolean' && { is_wrapped: value.is_wrapped }) };
}
