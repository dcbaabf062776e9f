import { section } from '../../health/views/slack.ts';
import { faces } from '../../health/views/words.ts';
import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Problem, Standing } from '../model.ts';
import { fitting } from './telling.ts';
import { moment, type Surroundings, shortened } from './words.ts';

const reasonMax = 200;

/** "✅ over 03:18 EST — was: FAIL api: 503 (want 200)": what stands in the channel once all that it told of is over. */
export function settledPost(
  { what }: Standing,
  problems: readonly Problem[],
  around: Pick<Surroundings, 'now' | 'zone'>,
): Post {
  const told = problems.filter(({ checkId }) => what.some((each) => each.checkId === checkId));
  const ended = Math.max(...told.map(({ endedAt }) => (endedAt ?? around.now).getTime()));
  const at = moment(Number.isFinite(ended) ? new Date(ended) : around.now, around);
  const removed = told.length > 0 && told.every(({ ending }) => ending === 'removed');
  const head = removed ? `➖ no longer checked, ${at}` : `✅ over ${at}`;
  const [first = '', ...rest] = what.map(({ checkId, outcome, reason }) => {
    return `${faces[outcome].word} ${escapeSlack(checkId)}: ${escapeSlack(shortened(reason, reasonMax))}`;
  });
  const more = rest.length > 0 ? ` and ${rest.length} more` : '';
  return {
    text: `${head} — was: ${first}${more}`,
    blocks: [section(fitting([`${head} — was: ${first}`, ...rest]).join('\n'))],
  };
}
