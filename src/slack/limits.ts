import type { Post, SlackBlock } from '../kernel/command.ts';
import { fitBlock } from './blocks.ts';
import { cutText } from './cut.ts';
import { mrkdwn } from './elements.ts';
import { mrkdwnOf } from './markdown.ts';
import { redactedPost } from './redacted.ts';

/**
 * Slack's limits for a message. Source: Slack's Block Kit reference; the budget is undocumented and was measured
 * (`msg_blocks_too_long` above 13,200 characters, each block costing about 125 of them).
 */
const limits = {
  blocks: 50,
  budgetChars: 13_200,
  blockCostChars: 125,
  textChars: 40_000,
  updateTextChars: 4_000,
  markdownChars: 12_000,
  tables: 1,
};

/** Of a view (dialog, App Home): 100 blocks; 250 kB of JSON in all, of which a character may take three bytes. */
const viewLimits = { blocks: 100, budgetChars: 80_000, markdownChars: 0, tables: 0 };

/** How a message leaves: `update` (chat.update) has a shorter text. */
export type Use = 'post' | 'update';

/** The block that says how much is missing, and the room kept for it. */
function moreBlock(count: number): SlackBlock {
  return { type: 'context', elements: [mrkdwn(`… and ${count} more`)] };
}
const moreCostChars = limits.blockCostChars + 30;

/**
 * Makes any post fit Slack's limits: text is cut at a safe place, whole blocks are dropped from the end and counted in
 * "… and N more". Buttons at the very end stay, they are how one gets at the rest. Secrets and personal data are masked
 * first, while they are whole. Pure.
 */
export function fitPost(whole: Post, use: Use): Post {
  const post = redactedPost(whole);
  const max = use === 'update' ? limits.updateTextChars : limits.textChars;
  const blocks = fitBlocks(post.blocks);
  const text = cutText(post.text.toWellFormed(), max);
  return { text: text.trim() === '' && blocks.length === 0 ? '—' : text, blocks };
}

/** As `fitPost`, for the blocks of a view, where Slack takes neither Markdown (it is rewritten) nor tables. Pure. */
export function fitViewBlocks(whole: readonly SlackBlock[]): SlackBlock[] {
  const { blocks } = redactedPost({ text: '', blocks: [...whole] });
  return fitBlocks(blocks.flatMap(withoutMarkdown), viewLimits);
}

function withoutMarkdown(block: SlackBlock): SlackBlock[] {
  if (block.type !== 'markdown' || typeof block.text !== 'string') return [block];
  return mrkdwnOf(block.text).map((text) => ({ type: 'section', text: mrkdwn(text) }));
}

type Limits = Pick<typeof limits, 'blocks' | 'budgetChars' | 'markdownChars' | 'tables'>;

function fitBlocks(blocks: readonly SlackBlock[], within: Limits = limits): SlackBlock[] {
  const blockIds = new Set<string>();
  const fitted = blocks.map((block) => fitBlock(block, blockIds)).filter((block) => block !== 'empty');
  const last = fitted.at(-1);
  const keepsTail = last && last !== 'unfit' && last.type === 'actions' && costOf(last) <= within.budgetChars / 2;
  const tail = keepsTail ? [last] : [];
  const body = tail.length ? fitted.slice(0, -1) : fitted;
  const whole = take(body, tail, 0, within);
  const { kept, dropped } = whole.dropped === 0 ? whole : take(body, tail, moreCostChars, within);
  return dropped === 0 ? [...kept, ...tail] : [...kept, moreBlock(dropped), ...tail];
}

/** As many blocks from the start as fit beside `tail`, with `reservedChars` left over for the notice. */
function take(
  body: readonly (SlackBlock | 'unfit')[],
  tail: readonly SlackBlock[],
  reservedChars: number,
  within: Limits,
): { kept: SlackBlock[]; dropped: number } {
  const room = { blocks: within.blocks - tail.length - (reservedChars ? 1 : 0), markdown: within.markdownChars };
  let budget = within.budgetChars - reservedChars - tail.reduce((sum, block) => sum + costOf(block), 0);
  let tables = within.tables;
  const kept: SlackBlock[] = [];
  let full = false;
  for (const block of body) {
    if (block === 'unfit') continue;
    const markdown = block.type === 'markdown' ? costOf(block) - limits.blockCostChars : 0;
    if (block.type === 'table' && tables === 0) continue;
    full ||= kept.length >= room.blocks || costOf(block) > budget || markdown > room.markdown;
    if (full) break;
    budget -= costOf(block);
    room.markdown -= markdown;
    if (block.type === 'table') tables -= 1;
    kept.push(block);
  }
  return { kept, dropped: body.length - kept.length };
}

/** What a block costs of the budget: every string in it, and its fixed share. */
function costOf(value: unknown): number {
  return limits.blockCostChars + charsOf(value);
}

function charsOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + charsOf(item), 0);
  if (typeof value === 'object' && value !== null) return charsOf(Object.values(value));
  return 0;
}
