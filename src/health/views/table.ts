import type { Post } from '../../kernel/command.ts';
import type { CheckReport, HealthReport } from '../model.ts';
import { countOutcomes } from '../model.ts';
import { ageNote } from './age.ts';
import { countsLine, faces, tookWords } from './words.ts';

/** Rows a post: a table block takes 100 with its head, and a message about 13,200 characters in all. */
const ROWS = 60;
/** Characters of a cell's text, so that 60 rows stay below the message's limit. */
const CELL = 90;

/**
 * All checks as tables for the thread, in the order of the answer, as many posts as it takes. With the answer they belong
 * to, results from before its sweep say how old they are.
 */
export function tablePosts(checks: readonly CheckReport[], answer?: { report: HealthReport; now: Date }): Post[] {
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
            ['State', 'Check', 'What', 'Took'].map((head) => cell(head)),
            ...rows.map((check) => [
              cell(`${faces[check.outcome].mark} ${faces[check.outcome].word}`),
              cell(`${check.group} / ${check.id}`),
              cell(check.reason, answer && ageNote(check, answer.report, answer.now)),
              cell(tookWords(check.duration_ms)),
            ]),
          ],
        },
      ],
    });
  }
  return posts;
}

/** raw_text is shown as it is: nothing in it is ever a mention or a link. What is cut is the text, not its end. */
function cell(text: string, end = ''): { type: 'raw_text'; text: string } {
  const tail = end && ` · ${end}`;
  const room = CELL - tail.length;
  return { type: 'raw_text', text: `${text.length > room ? `${text.slice(0, room - 1)}…` : text}${tail}` || '–' };
}
