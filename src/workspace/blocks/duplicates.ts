import { isObject } from '../args.ts';
import type { Json } from '../world.ts';
import type { Problem } from './schema.ts';

/** The interactive elements of a block with their pointers. */
export function elementsOf(block: Json, pointer = ''): { element: Json; pointer: string }[] {
  const found: { element: Json; pointer: string }[] = [];
  if (Array.isArray(block.elements)) {
    block.elements.forEach((element, index) => {
      if (isObject(element)) found.push({ element, pointer: `${pointer}/elements/${index}` });
    });
  }
  if (Array.isArray(block.actions)) {
    block.actions.forEach((element, index) => {
      if (isObject(element)) found.push({ element, pointer: `${pointer}/actions/${index}` });
    });
  }
  for (const name of ['accessory', 'element']) {
    const element = block[name];
    if (isObject(element)) found.push({ element, pointer: `${pointer}/${name}` });
  }
  if (Array.isArray(block.child_blocks)) {
    block.child_blocks.forEach((child, index) => {
      if (isObject(child)) found.push(...elementsOf(child, `${pointer}/child_blocks/${index}`));
    });
  }
  return found;
}

/** A block_id twice in one surface, or an action_id twice in one block. */
export function duplicateProblems(blocks: unknown[], root: string): Problem[] {
  const problems: Problem[] = [];
  const blockIds = new Set<string>();
  blocks.forEach((block, index) => {
    if (!isObject(block)) return;
    const id = block.block_id;
    if (typeof id === 'string') {
      if (blockIds.has(id)) {
        problems.push({ pointer: `${root}/${index}/block_id`, message: `\`block_id\` already exists: ${id}` });
      }
      blockIds.add(id);
    }
    const actionIds = new Set<string>();
    for (const { element, pointer } of elementsOf(block, `${root}/${index}`)) {
      const action = element.action_id;
      if (typeof action !== 'string') continue;
      if (actionIds.has(action)) {
        problems.push({ pointer: `${pointer}/action_id`, message: `\`action_id\` already exists: ${action}` });
      }
      actionIds.add(action);
    }
  });
  return problems;
}
