import { BLOCK_BUDGET } from '../limits.ts';
import type { Json } from '../world.ts';

function textChars(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textChars(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  let chars = 0;
  for (const [name, member] of Object.entries(value)) {
    chars += name === 'text' && typeof member === 'string' ? member.length : textChars(member);
  }
  return chars;
}

/** What counts against `msg_blocks_too_long`: all text, and a charge for each block. */
function blockChars(blocks: Json[]): number {
  return textChars(blocks) + blocks.length * BLOCK_BUDGET.perBlockChars;
}

export function blocksAreTooLong(blocks: Json[]): boolean {
  return blockChars(blocks) > BLOCK_BUDGET.chars;
}
