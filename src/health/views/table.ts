import type { Post } from '../../kernel/command.ts';
import type { CheckReport } from '../model.ts';
import { countOutcomes } from '../model.ts';
import { countsLine, faces, tookWords } from './words.ts';

/** Rows a post: a table block takes 100 with its head, and a message about 13,200 characters in all. */
const ROWS = 60;
/** Characters of a cell's text, so that 60 rows stay below the message's limit. */
const CELL = 90;

/** All checks as tables for the thread, in the order of the answer, as many posts as it takes. */
export function tablePosts(checks: readonly CheckReport[]): Post[] {
  const posts: Post[] = [];
  for (let start = 0; start < checks.length; start += ROWS) {
    const rows = checks.slice(start, start + ROWS);
    posts.push({
      text: `All checks: ${countsLine(countOutcomes(rows))}`,
      blocks: [
        {
          type: 'table',
          column_settings: [{ is_wrapped: false }, { is_wrapped: false }, { is_wrapped: true }, { align: 'right' }],
          rows: [
            ['State', 'Check', 'What', 'Took'].map(cell),
            ...rows.map((check) => [
              cell(`${faces[check.outcome].mark} ${faces[check.outcome].word}`),
              cell(`${check.group} / ${check.id}`),
              cell(check.reason),
              cell(tookWords(check.duration_ms)),
            ]),
          ],
        },
      ],
    });
  }
  return posts;
}

/** raw_text is shown as it is: nothing in it is ever a mention or a link. */
function cell(text: string): { type: 'raw_text'; text: string } {
  const short = text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text;
  return { type: 'raw_text', text: short || '–' };
}
