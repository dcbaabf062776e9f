/** A Markdown table, its columns aligned, so that it reads well in a terminal too. The last column is left ragged. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => (column === head.length - 1 ? text : text.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  const rule = widths.map((width, column) => '-'.repeat(column === head.length - 1 ? 3 : width));
  return [line(first), line(rule), ...rest.map(line)];
}

function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll(/(?<!\\)\|/g, '\\|');
}
