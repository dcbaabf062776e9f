import { isObject } from '../args.ts';
import { plainText } from './composition.ts';
import { duplicateProblems } from './duplicates.ts';
import { BLOCKS } from './kinds.ts';
import { byType, flag, list, object, type Problem, type Rule, string } from './schema.ts';

const VIEW_BLOCKS = 100;
const TITLE_CHARS = 24;

/** Markdown and tables are for messages alone. */
const { markdown: _, table: __, ...blocksOfViews } = BLOCKS;

const common = {
  blocks: list(byType(blocksOfViews), { max: VIEW_BLOCKS, min: 0 }),
  private_metadata: string({ max: 3000 }),
  callback_id: string({ max: 255 }),
  external_id: string({ max: 255 }),
};

const needsSubmit: Rule = (view, pointer) =>
  isObject(view) &&
  !view.submit &&
  Array.isArray(view.blocks) &&
  view.blocks.some((b) => isObject(b) && b.type === 'input')
    ? [{ pointer, message: 'missing required field: submit' }]
    : [];

const modal = object(
  {
    ...common,
    title: plainText(TITLE_CHARS),
    submit: plainText(TITLE_CHARS),
    close: plainText(TITLE_CHARS),
    clear_on_close: flag,
    notify_on_close: flag,
  },
  ['title', 'blocks'],
  needsSubmit,
);

const home = object(common, ['blocks']);

/** What Slack would refuse in a view, with pointers from `/view`. */
export function viewProblems(view: unknown, allowed: ('modal' | 'home')[], root = '/view'): Problem[] {
  const rules = Object.fromEntries(Object.entries({ modal, home }).filter(([type]) => allowed.some((a) => a === type)));
  const problems = byType(rules)(view, root);
  if (problems.length > 0 || !isObject(view) || !Array.isArray(view.blocks)) return problems;
  return duplicateProblems(view.blocks, `${root}/blocks`);
}
