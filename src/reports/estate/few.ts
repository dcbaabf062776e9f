import type { ReportLine, ReportTable } from '../model.ts';

/** What is listed of very many; all of them are counted. A table stays one message. */
const mostLines = 50;
const mostRows = 60;

/** The first lines; when there are more, one before them says how many in all. */
export function fewLines<T>(items: readonly T[], { of, line }: { of: string; line: (item: T) => ReportLine }) {
  const lines = items.slice(0, mostLines).map(line);
  const [first] = lines;
  if (first === undefined || items.length <= mostLines) return lines;
  const { mark, threadOnly } = first;
  const text = `${items.length} ${of}: the first ${mostLines} are listed`;
  return [{ text, ...(mark && { mark }), ...(threadOnly && { threadOnly }) }, ...lines];
}

/** A table with its first rows; when there are more, the last one says how many. None without rows. */
export function fewRows<T>(
  items: readonly T[],
  table: Omit<ReportTable, 'rows'> & { row: (item: T) => ReportTable['rows'][number] },
): ReportTable[] {
  const { title, columns, row } = table;
  if (items.length === 0) return [];
  const shown = items.length > mostRows ? items.slice(0, mostRows - 1) : items;
  const rest = items.length - shown.length;
  const more = rest > 0 ? [[`… and ${rest} more`, ...columns.slice(1).map(() => null)]] : [];
  return [{ title, columns, rows: [...shown.map(row), ...more] }];
}
