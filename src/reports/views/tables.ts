import { faces } from '../../health/views/words.ts';
import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Report, ReportTable } from '../model.ts';

/** Rows and characters of a cell, so that a table stays within a message. */
const rowsMax = 60;
const cellMax = 90;

/** All checks of a report as a table. */
export function checksTable({ content }: Pick<Report, 'content'>): ReportTable {
  return {
    title: 'All checks',
    columns: ['State', 'Check', 'What'],
    rows: content.checks.map(({ id, group, outcome, reason }) => [
      `${faces[outcome].mark} ${faces[outcome].word}`,
      `${group} / ${id}`,
      reason,
    ]),
  };
}

/** Tables as posts for a thread, as many as it takes. */
export function tablePosts(tables: readonly ReportTable[]): Post[] {
  return tables.flatMap(({ title, columns, rows }) => {
    const posts: Post[] = [];
    for (let start = 0; start < rows.length; start += rowsMax) {
      const part = rows.slice(start, start + rowsMax);
      const named = `${title}${start === 0 ? '' : `, from row ${start + 1}`}`;
      posts.push({
        text: escapeSlack(named),
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: `*${escapeSlack(named)}*` } },
          { type: 'table', rows: [columns.map(cell), ...part.map((row) => row.map((each) => cell(each ?? '–')))] },
        ],
      });
    }
    return posts;
  });
}

/** raw_text is shown as it is: nothing in it is ever a mention or a link. */
function cell(value: string | number): { type: 'raw_text'; text: string } {
  const text = String(value);
  return { type: 'raw_text', text: (text.length > cellMax ? `${text.slice(0, cellMax - 1)}…` : text) || '–' };
}
