import { section } from '../../health/views/slack.ts';
import { faces } from '../../health/views/words.ts';
import type { Post } from '../../kernel/command.ts';
import type { Telling } from '../decide.ts';
import type { Problem, Step } from '../model.ts';
import { overWords } from './message.ts';
import { nextLine, whatWords } from './row.ts';
import { moment, ownersOf, type Surroundings } from './words.ts';

const linesMax = 15;
const linesMaxChars = 2_500;

/** What is posted in the thread: what people must see first; owners once, and only when there is something to do. */
export function tellingPost({ steps, notify }: Telling, problems: readonly Problem[], around: Surroundings): Post {
  const inOrder = steps.toSorted((a, b) => Number(b.notify) - Number(a.notify));
  const lines = fitting(inOrder.map((step) => line(step, problems, around)));
  const owners = notify
    ? ownersOf(
        steps.filter((step) => step.notify).map(({ said }) => said.owner),
        around,
      )
    : '';
  const more = steps.length > lines.length ? [`… and ${steps.length - lines.length} more`] : [];
  const text = [...lines, ...more, ...(owners ? [owners] : [])].join('\n');
  const first = (lines[0] ?? '').split('\n')[0]!.replaceAll('*', '');
  const rest = steps.length > 1 ? ` and ${steps.length - 1} more` : '';
  return { text: [`${first}${rest}`, owners].filter(Boolean).join(' · '), blocks: [section(text)] };
}

/** As many lines as one section takes. */
export function fitting(lines: readonly string[]): string[] {
  let chars = 0;
  return lines.slice(0, linesMax).filter((text, index) => {
    chars += text.length + 1;
    return index === 0 || chars <= linesMaxChars;
  });
}

function line(step: Step, problems: readonly Problem[], around: Surroundings): string {
  const { checkId, said, kind } = step;
  const problem = problems.findLast((each) => each.checkId === checkId);
  if (kind === 'closed') return problem ? overWords(problem, around) : whatWords(checkId, said);
  const next = step.notify ? nextLine(checkId, said, around) : '';
  return `${whatWords(checkId, said)} · ${howWords(step, around)}${next}`;
}

function howWords({ kind, was, times, said }: Step, around: Surroundings): string {
  if (kind === 'again') return `again, ${times ?? 2} times within an hour`;
  if (kind === 'unmuted') return `still so, it is no longer muted · since ${moment(said.since, around)}`;
  const since = `since ${moment(said.since, around)}`;
  return was && kind !== 'joined' ? `was ${faces[was].word}, ${since}` : since;
}
