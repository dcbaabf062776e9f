import { anyText, image, mrkdwn, plainText } from './composition.ts';
import { ELEMENTS, elementsIn } from './elements.ts';
import { anyObject, byType, either, flag, list, object, oneOf, type Rule, string, whole } from './schema.ts';

/** Every block type of Slack's reference with its members and limits. */

const id = { block_id: string({ max: 255, min: 1 }) };
const url = string({ max: 3000, min: 1 });
const richElements = byType({
  rich_text_section: object({ elements: list(anyObject, { max: 1000, min: 0 }) }, ['elements']),
  rich_text_list: object(
    {
      elements: list(anyObject, { max: 1000, min: 0 }),
      style: oneOf('bullet', 'ordered'),
      indent: whole({ min: 0, max: 8 }),
      offset: whole({ min: 0, max: 10_000 }),
      border: whole({ min: 0, max: 1 }),
    },
    ['elements', 'style'],
  ),
  rich_text_quote: object({ elements: list(anyObject, { max: 1000, min: 0 }), border: whole({ min: 0, max: 1 }) }, [
    'elements',
  ]),
  rich_text_preformatted: object(
    { elements: list(anyObject, { max: 1000, min: 0 }), border: whole({ min: 0, max: 1 }), language: string() },
    ['elements'],
  ),
});

const richText = object({ ...id, elements: list(richElements, { max: 1000, min: 0 }) }, ['elements']);
const cell = byType({
  raw_text: object({ text: string({ min: 1 }) }, ['text']),
  raw_number: object({ value: anyNumber, text: string() }, ['value']),
  rich_text: richText,
});
const image_ = object(
  {
    ...id,
    image_url: url,
    slack_file: anyObject,
    alt_text: string({ max: 2000, min: 1 }),
    title: plainText(2000),
  },
  ['alt_text'],
  either('image_url', 'slack_file'),
);

function anyNumber(value: unknown, pointer: string) {
  return typeof value === 'number' ? [] : [{ pointer, message: 'must provide a number' }];
}

const card = object(
  {
    ...id,
    hero_image: byType({ image }),
    icon: byType({ image }),
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(byType({ button: ELEMENTS.button! }), { max: 5 }),
  },
  [],
  either('hero_image', 'title', 'actions', 'body'),
);

const taskCard = object(
  {
    ...id,
    task_id: string({ min: 1 }),
    title: string({ min: 1 }),
    details: byType({ rich_text: richText }),
    output: byType({ rich_text: richText }),
    sources: list(anyObject, { max: 100, min: 0 }),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  ['task_id', 'title', 'status'],
);

const simple: Record<string, Rule> = {
  actions: object({ ...id, elements: list(byType(elementsIn('actions')), { max: 25 }) }, ['elements']),
  context: object({ ...id, elements: list(byType(elementsIn('context')), { max: 10 }) }, ['elements']),
  divider: object(id),
  file: object({ ...id, source: oneOf('remote'), external_id: string({ min: 1 }) }, ['source', 'external_id']),
  header: object({ ...id, text: plainText(150) }, ['text']),
  image: image_,
  input: object(
    {
      ...id,
      label: plainText(2000),
      hint: plainText(2000),
      optional: flag,
      dispatch_action: flag,
      element: byType(elementsIn('input')),
    },
    ['label', 'element'],
  ),
  rich_text: richText,
  section: object(
    {
      ...id,
      text: anyText(3000),
      fields: list(anyText(2000), { max: 10 }),
      accessory: byType(elementsIn('accessory')),
      expand: flag,
    },
    [],
    either('text', 'fields'),
  ),
  table: object(
    { ...id, rows: list(list(cell, { max: 20 }), { max: 100 }), column_settings: list(anyObject, { max: 20 }) },
    ['rows'],
  ),
  video: object(
    {
      ...id,
      video_url: url,
      thumbnail_url: url,
      alt_text: string({ min: 1 }),
      title: plainText(199),
      title_url: url,
      author_name: string({ max: 49 }),
      provider_name: string(),
      provider_icon_url: url,
      description: plainText(200),
    },
    ['video_url', 'thumbnail_url', 'alt_text', 'title'],
  ),
};

export const BLOCKS: Record<string, Rule> = {
  ...simple,
  alert: object({ ...id, text: anyText(3000), level: oneOf('default', 'info', 'warning', 'error', 'success') }, [
    'text',
  ]),
  card,
  carousel: object({ ...id, elements: list(byType({ card }), { max: 10 }) }, ['elements']),
  container: object(
    {
      ...id,
      title: plainText(150),
      rich_text_title: anyObject,
      subtitle: anyText(150),
      child_blocks: list(byType(simple), { max: 10 }),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: byType({ image }),
      is_collapsible: flag,
      default_collapsed: flag,
      has_header_divider: flag,
    },
    ['child_blocks'],
  ),
  context_actions: object({ ...id, elements: list(byType(elementsIn('contextActions')), { max: 5 }) }, ['elements']),
  data_table: object(
    {
      ...id,
      rows: list(list(cell, { max: 20 }), { max: 100 }),
      caption: string({ min: 1 }),
      page_size: whole({ min: 1, max: 100 }),
      row_header_column_index: whole({ min: 0, max: 20 }),
    },
    ['rows', 'caption'],
  ),
  markdown: object({ ...id, text: string({ max: 12_000, min: 1 }) }, ['text']),
  plan: object({ ...id, title: string({ min: 1 }), tasks: list(anyObject, { max: 50, min: 0 }) }, ['title']),
  task_card: taskCard,
};
