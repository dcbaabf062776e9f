import { context, declareButton, section } from '../../health/views/slack.ts';
import { faces } from '../../health/views/words.ts';
import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { latestOfEach, needsSomebody } from '../decide.ts';
import type { Announcement, Notice, Problem } from '../model.ts';
import { groupPost } from './group.ts';
import { actions, button, isRunbookFile, mutedWords, nextLine, whatWords } from './row.ts';
import { moment, ownersOf, pastWords, type Surroundings, shortened } from './words.ts';

/** The message of a notice as it should be now. Pure; all foreign text is escaped. */
export function messagePost(notice: Pick<Notice, 'announcement' | 'problems'>, around: Surroundings): Post {
  if (notice.announcement) return announcementPost(notice.announcement);
  const problems = latestOfEach(notice.problems);
  const [only] = problems;
  return problems.length === 1 && only
    ? onePost(only, around, timesOf(notice.problems, only))
    : groupPost(problems, around);
}

/** How often a check is in a message. */
function timesOf(problems: readonly Problem[], { checkId }: Problem): number {
  return problems.filter((problem) => problem.checkId === checkId).length;
}

function onePost(problem: Problem, around: Surroundings, times: number): Post {
  const { checkId, said } = problem;
  if (problem.endedAt) return overPost(problem, around, times);
  const often = times > 1 ? ` · ${times} times in this thread` : '';
  const since = `since ${moment(said.since, around)}`;
  if (problem.muted) {
    const words = [mutedWords(problem, around), ...(problem.muted.ended ? [] : [since])].join(' · ');
    const blocks = [section(`${words}${often}`), actions(buttonsOf(problem, 'muted'))];
    return { text: mutedWords(problem, around, { bare: true }), blocks };
  }
  const owners = needsSomebody(problem) ? ownersOf([said.owner], around) : '';
  const end = [since, owners].filter(Boolean).join(' · ');
  const text = `${whatWords(checkId, said)} · ${end}${often}${nextLine(checkId, said, around)}`;
  const blocks = [section(text), actions(buttonsOf(problem, 'open'))];
  return { text: `${whatWords(checkId, said, { bare: true })} · ${end}`, blocks };
}

function overPost(problem: Problem, around: Surroundings, times: number): Post {
  const { worst, worstReason: reason } = problem;
  const often = times > 1 ? ` · ${times} times in this thread` : '';
  const words = overWords(problem, around);
  const why = reason === undefined ? '' : `: ${escapeSlack(shortened(reason, 500))}`;
  const blocks = [
    section(`${words}${often}`),
    context(`It was ${faces[worst].word}${why}`),
    actions(buttonsOf(problem, 'over')),
  ];
  return {
    text: overWords(problem, around, { bare: true }),
    blocks: problem.ending === 'removed' ? blocks.slice(0, 2) : blocks,
  };
}

/** "✅ *OK api* — not ok for 14 min (03:04–03:18 EST)". */
export function overWords(problem: Problem, around: Surroundings, how: { bare?: boolean } = {}): string {
  const mark = how.bare ? '' : '*';
  const id = escapeSlack(problem.checkId);
  if (problem.ending === 'removed')
    return `➖ ${mark}${id}${mark} is no longer checked — ${pastWords(problem, around)}`;
  return `✅ ${mark}OK ${id}${mark} — ${pastWords(problem, around)}`;
}

function buttonsOf({ checkId, said, muted }: Problem, state: 'open' | 'muted' | 'over'): Record<string, unknown>[] {
  const details = [button('details', 'Details', checkId)];
  if (state === 'over') return details;
  if (isRunbookFile(said.runbook)) details.push(button('runbook', 'Runbook', checkId));
  const again = button('measure', 'Run again', checkId);
  if (state === 'muted') {
    return [...details, ...(muted?.mute ? [button('unmute', 'Unmute', muted.mute)] : []), again];
  }
  if (said.outcome === 'fail') details.push(declareButton(checkId));
  return [...details, button('mute1h', 'Mute 1 h', checkId), button('mute4h', 'Mute 4 h', checkId), again];
}

function announcementPost({ lines }: Announcement): Post {
  const [head = '', ...rest] = lines.map(escapeSlack);
  const blocks = [section(`*${head}*`), ...(rest.length > 0 ? [section(rest.join('\n'))] : [])];
  return { text: head, blocks };
}
