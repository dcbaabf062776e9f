import type { SlackBlock } from '../kernel/command.ts';
import { cutLines } from './cut.ts';
import { fitElements, isRecord, mrkdwn, plain, type Shape, text } from './elements.ts';
import { fitTable } from './table.ts';

/**
 * Fits one block into Slack's limits. `empty` = it says nothing and is left out; `unfit` = it can't be shown and is
 * counted as missing (an unknown type, a value that would change its meaning when cut). Pure.
 */
export function fitBlock(block: SlackBlock, blockIds: Set<string>): SlackBlock | 'empty' | 'unfit' {
  const fit = Object.hasOwn(fits, block.type) ? fits[block.type] : undefined;
  if (!fit) return 'unfit';
  const fitted = fit(block);
  if (typeof fitted === 'string') return fitted;
  const { block_id: id } = block;
  if (typeof id !== 'string' || id === '' || id.length > 255 || blockIds.has(id))
    return { type: block.type, ...fitted };
  blockIds.add(id);
  return { type: block.type, block_id: id, ...fitted };
}

/** What is kept of a block beside its type and id. Keys that Slack does not know are left out. */
type Fit = (block: Shape) => Shape | 'empty' | 'unfit';

const fits: Record<string, Fit> = {
  divider: () => ({}),
  header: (block) => {
    const title = plain(block.text, 150);
    return title ? { text: title } : 'empty';
  },
  section: (block) => {
    const body = text(block.text, 3_000);
    const fields = Array.isArray(block.fields) ? block.fields.map((field) => text(field, 2_000)).filter(given) : [];
    if (!body && fields.length === 0) return 'empty';
    const accessory = fitElements([block.accessory], ['button', 'static_select', 'overflow', 'image']).kept[0];
    return {
      ...(body && { text: body }),
      ...(fields.length && { fields: shortened(fields, 10) }),
      ...(accessory && { accessory }),
    };
  },
  context: (block) => {
    const elements = Array.isArray(block.elements) ? block.elements : [];
    const fitted = elements
      .map((element) => (isImage(element) ? fitImage(element) : text(element, 2_000)))
      .filter(given);
    return fitted.length ? { elements: shortened(fitted, 10) } : 'empty';
  },
  actions: (block) => {
    const elements = Array.isArray(block.elements) ? block.elements : [];
    const { kept, unfit } = fitElements(elements, ['button', 'static_select', 'overflow']);
    if (kept.length === 0) return unfit ? 'unfit' : 'empty';
    return { elements: kept.slice(0, 25) };
  },
  image: (block) => {
    const fitted = fitImage(block);
    const title = plain(block.title, 2_000);
    return fitted ? { image_url: fitted.image_url, alt_text: fitted.alt_text, ...(title && { title }) } : 'unfit';
  },
  markdown: (block) => {
    const body = typeof block.text === 'string' ? block.text.toWellFormed() : '';
    return body.trim() === '' ? 'empty' : { text: cutLines(body, 12_000) };
  },
  table: fitTable,
};

function given<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** At most `max` items; when some are left out, the last place says how many. */
function shortened(items: Shape[], max: number): Shape[] {
  if (items.length <= max) return items;
  return [...items.slice(0, max - 1), mrkdwn(`… and ${items.length - max + 1} more`)];
}

function isImage(element: unknown): element is Shape {
  return isRecord(element) && element.type === 'image';
}

function fitImage(image: Shape): Shape | undefined {
  return fitElements([image], ['image']).kept[0];
}
