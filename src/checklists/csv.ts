import type { ChecklistJson } from './export.ts';

const columns = [
  ...['run', 'title', 'slot', 'state', 'begun_at', 'due_at', 'ended_at', 'ended_by', 'reason'],
  ...[
    'n',
    'item',
    'item_title',
    'item_state',
    'by',
    'at',
    'result',
    'value',
    'note',
    'link',
    'audit_seq',
    'audit_hash',
  ],
  ...['run_audit_seq', 'run_audit_hash'],
];

/** An item a line, with the row of the audit of its last change, and that of the run's end. Pure. */
export function checklistCsv({ runs }: ChecklistJson): string {
  const lines = runs.flatMap((run) => {
    return run.items.map((item) => [
      ...[run.run, run.title, run.slot, run.state, run.begunAt, run.dueAt, run.endedAt, run.endedBy, run.reason],
      ...[item.n, item.id, item.title, item.state, item.by, item.at, item.result?.verdict, item.result?.words],
      ...[item.note, item.link, item.audit?.seq, item.audit?.hash, run.proof?.seq, run.proof?.hash],
    ]);
  });
  return [columns, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/**
 * RFC 4180. What a spreadsheet would take for a formula is a text: with an apostrophe in front; also behind what other countries'
 * spreadsheets take for the end of a cell.
 */
function cell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  const inert = text.replaceAll(/(^|[;\t\r\n|])(?=\s*[=+\-@＝＋－＠])/g, "$1'").replace(/^(?=[\t\r\n])/, "'");
  return /[",\r\n]/.test(inert) || inert !== text ? `"${inert.replaceAll('"', '""')}"` : inert;
}
