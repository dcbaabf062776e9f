import { isObject } from './args.ts';
import { elementsOf } from './blocks/duplicates.ts';
import { WrongUse } from './errors.ts';
import { newId } from './ids.ts';
import type { Json } from './world.ts';

export type Choice = string | string[] | number | undefined;
export type Values = Record<string, Record<string, Json>>;

/** Under which name each element type reports what was chosen. */
const STATE_MEMBER: Record<string, string> = {
  plain_text_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  number_input: 'value',
  rich_text_input: 'rich_text_value',
  file_input: 'files',
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  overflow: 'selected_option',
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  channels_select: 'selected_channel',
  multi_channels_select: 'selected_channels',
  conversations_select: 'selected_conversation',
  multi_conversations_select: 'selected_conversations',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
};

const INITIAL_MEMBERS = [
  'initial_value',
  'initial_option',
  'initial_options',
  'initial_user',
  'initial_users',
  'initial_channel',
  'initial_channels',
  'initial_conversation',
  'initial_conversations',
  'initial_date',
  'initial_time',
  'initial_date_time',
];

function optionsOf(element: Json): Json[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  return [element, ...groups].flatMap((holder) =>
    Array.isArray(holder.options) ? holder.options.filter(isObject) : [],
  );
}

function option(element: Json, choice: string): Json {
  const found = optionsOf(element).find(
    (candidate) => candidate.value === choice || (isObject(candidate.text) && candidate.text.text === choice),
  );
  if (found) return found;
  if (String(element.type).includes('external')) return { text: { type: 'plain_text', text: choice }, value: choice };
  const known = optionsOf(element).map((candidate) => candidate.value);
  throw new WrongUse(`No option ${choice} in ${String(element.action_id)}; there are ${known.join(', ')}`);
}

/** What an element reports after a choice: option values or their texts, ids, dates, text. */
export function chosen(element: Json, choice: Choice): Json {
  const member = STATE_MEMBER[String(element.type)];
  if (member === undefined) return {};
  const empty = member.endsWith('s') && member !== 'files' ? [] : null;
  if (choice === undefined || choice === '') return { [member]: empty };
  const items = Array.isArray(choice) ? choice : [String(choice)];
  if (member === 'selected_options') return { [member]: items.map((item) => option(element, item)) };
  if (member === 'selected_option') return { [member]: option(element, items[0] ?? '') };
  if (member.endsWith('s')) return { [member]: items };
  return { [member]: member === 'selected_date_time' ? Number(items[0]) : items[0] };
}

/** The elements of a surface that a person can use, with their block. */
export function usable(blocks: Json[]): { block: Json; element: Json }[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter(({ element }) => typeof element.action_id === 'string')
      .map(({ element }) => ({ block, element })),
  );
}

/** The state of a fresh surface: what `initial_…` members say, null where nothing is chosen. */
export function initialValues(blocks: Json[], channel?: string): Values {
  const values: Values = {};
  for (const { block, element } of usable(blocks)) {
    const member = STATE_MEMBER[String(element.type)];
    if (member === undefined || element.type === 'overflow') continue;
    const initial = INITIAL_MEMBERS.map((name) => element[name]).find((value) => value !== undefined);
    const current = element.default_to_current_conversation === true ? channel : undefined;
    const state = {
      type: element.type,
      ...chosen(element, undefined),
      ...((initial ?? current) !== undefined && { [member]: initial ?? current }),
    };
    const blockId = String(block.block_id);
    values[blockId] = { ...values[blockId], [String(element.action_id)]: state };
  }
  return values;
}

/** Is there anything in this element's state? */
export function isFilled(state: Json | undefined): boolean {
  if (!state) return false;
  return Object.entries(state).some(
    ([name, value]) =>
      name !== 'type' && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
}

/** Slack makes up the ids that a surface leaves out. */
export function withIds(blocks: Json[]): Json[] {
  return blocks.map((block) => {
    const full: Json = { ...block, block_id: block.block_id || newId('').slice(0, 5) };
    if (Array.isArray(full.elements)) full.elements = full.elements.map(withActionId);
    for (const name of ['accessory', 'element']) if (full[name] !== undefined) full[name] = withActionId(full[name]);
    return full;
  });
}

function withActionId(element: unknown): unknown {
  if (!isObject(element) || element.action_id) return element;
  const interactive = STATE_MEMBER[String(element.type)] !== undefined || element.type === 'button';
  return interactive ? { ...element, action_id: newId('').slice(0, 5) } : element;
}
