import { isObject } from '../args.ts';
import { duplicateProblems } from './duplicates.ts';
import { BLOCKS } from './kinds.ts';
import { byType, list, type Problem } from './schema.ts';

const MESSAGE_BLOCKS = 50;
/** These stand in modals and home tabs only. */
const VIEW_ONLY_ELEMENTS = ['file_input'];

const rule = list(byType(BLOCKS), { max: MESSAGE_BLOCKS, min: 0 });

/** What Slack would refuse in a message's blocks, with pointers from `/blocks`. */
export function messageBlockProblems(blocks: unknown[], root = '/blocks'): Problem[] {
  const problems = rule(blocks, root);
  if (problems.length > 0) return problems;
  const misplaced = blocks.flatMap((block, index): Problem[] => {
    const element =
      isObject(block) && block.type === 'input' && isObject(block.element) ? block.element.type : undefined;
    return VIEW_ONLY_ELEMENTS.includes(String(element))
      ? [{ pointer: `${root}/${index}/element/type`, message: `unsupported type: ${element}` }]
      : [];
  });
  return [...misplaced, ...duplicateProblems(blocks, root)];
}

/** The lines of `response_metadata.messages`, without the level in front. */
export function problemMessages(problems: Problem[]): string[] {
  return problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`);
}
