import {
  anyText,
  confirm,
  image,
  initialAmongOptions,
  optionGroup,
  plainOption,
  plainText,
  richOption,
} from './composition.ts';
import { anyObject, either, every, flag, list, matching, object, oneOf, type Rule, string, whole } from './schema.ts';

/** Interactive elements and where Slack lets each of them stand. */

const ID = string({ max: 255, min: 1 });
const actionable = { action_id: ID };
const confirmable = { confirm };
const focusable = { focus_on_load: flag };
const placeholdable = { placeholder: plainText(150) };
const dispatchable = {
  dispatch_action_config: object({
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 }),
  }),
};
const select = { ...actionable, ...confirmable, ...focusable, ...placeholdable };
const many = { ...select, max_selected_items: whole({ min: 1, max: 1000 }) };
const input = { ...actionable, ...dispatchable, ...focusable, ...placeholdable };
const idText = string({ min: 1 });
const ids = list(idText, { max: 1000, min: 0 });

const menu = { options: list(plainOption, { max: 100 }), option_groups: list(optionGroup, { max: 100 }) };
const filter = object({
  include: list(oneOf('im', 'mpim', 'private', 'public'), { max: 4 }),
  exclude_external_shared_channels: flag,
  exclude_bot_users: flag,
});
const conversation = { default_to_current_conversation: flag, filter };
const respondable = { response_url_enabled: flag };
const style = oneOf('primary', 'danger');
const label = string({ max: 75 });
const feedback = object({ text: plainText(75), accessibility_label: label, value: string({ max: 2000 }) }, [
  'text',
  'value',
]);

export const ELEMENTS: Record<string, Rule> = {
  image,
  button: object(
    {
      ...actionable,
      ...confirmable,
      text: plainText(75),
      value: string({ max: 2000 }),
      url: string({ max: 3000 }),
      style,
      accessibility_label: label,
    },
    ['text'],
  ),
  checkboxes: object(
    {
      ...actionable,
      ...confirmable,
      ...focusable,
      options: list(richOption, { max: 10 }),
      initial_options: list(richOption, { max: 10 }),
    },
    ['options'],
    initialAmongOptions,
  ),
  radio_buttons: object(
    { ...actionable, ...confirmable, ...focusable, options: list(richOption, { max: 10 }), initial_option: richOption },
    ['options'],
    initialAmongOptions,
  ),
  overflow: object({ ...actionable, ...confirmable, options: list(plainOption, { max: 5 }) }, ['options']),
  datepicker: object({ ...select, initial_date: matching(/^\d{4}-\d{2}-\d{2}$/, 'must be a date YYYY-MM-DD') }),
  timepicker: object({
    ...select,
    initial_time: matching(/^\d{2}:\d{2}$/, 'must be a time HH:mm'),
    timezone: string(),
  }),
  datetimepicker: object({
    ...actionable,
    ...confirmable,
    ...focusable,
    initial_date_time: whole({ min: 1_000_000_000, max: 9_999_999_999 }),
  }),
  static_select: object(
    { ...select, ...menu, initial_option: plainOption },
    [],
    every(either('options', 'option_groups'), initialAmongOptions),
  ),
  multi_static_select: object(
    { ...many, ...menu, initial_options: list(plainOption, { max: 100 }) },
    [],
    every(either('options', 'option_groups'), initialAmongOptions),
  ),
  external_select: object({ ...select, initial_option: plainOption, min_query_length: whole({ min: 0, max: 1000 }) }),
  multi_external_select: object({
    ...many,
    initial_options: list(plainOption, { max: 100 }),
    min_query_length: whole({ min: 0, max: 1000 }),
  }),
  users_select: object({ ...select, initial_user: idText }),
  multi_users_select: object({ ...many, initial_users: ids }),
  channels_select: object({ ...select, ...respondable, initial_channel: idText }),
  multi_channels_select: object({ ...many, initial_channels: ids }),
  conversations_select: object({ ...select, ...respondable, ...conversation, initial_conversation: idText }),
  multi_conversations_select: object({ ...many, ...conversation, initial_conversations: ids }),
  plain_text_input: object({
    ...input,
    initial_value: string({ max: 3000 }),
    multiline: flag,
    min_length: whole({ min: 0, max: 3000 }),
    max_length: whole({ min: 1, max: 3000 }),
  }),
  email_text_input: object({ ...input, initial_value: string() }),
  url_text_input: object({ ...input, initial_value: string() }),
  number_input: object(
    { ...input, is_decimal_allowed: flag, initial_value: string(), min_value: string(), max_value: string() },
    ['is_decimal_allowed'],
  ),
  rich_text_input: object({
    ...input,
    initial_value: anyObject,
    min_lines: whole({ min: 1, max: 100 }),
    max_lines: whole({ min: 1, max: 100 }),
  }),
  file_input: object({
    ...actionable,
    filetypes: list(string(), { max: 100 }),
    max_files: whole({ min: 1, max: 10 }),
  }),
  workflow_button: object(
    { ...actionable, ...confirmable, text: plainText(75), workflow: anyObject, style, accessibility_label: label },
    ['text', 'workflow'],
  ),
  feedback_buttons: object({ ...actionable, positive_button: feedback, negative_button: feedback }, [
    'positive_button',
    'negative_button',
  ]),
  icon_button: object(
    {
      ...actionable,
      ...confirmable,
      icon: oneOf('trash'),
      text: plainText(75),
      accessibility_label: label,
      value: string({ max: 2000 }),
      visible_to_user_ids: ids,
    },
    ['icon', 'text'],
  ),
  plain_text: anyText(3000),
  mrkdwn: anyText(3000),
};

const MENUS = ['static', 'external', 'users', 'channels', 'conversations'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);
const PICKERS = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', 'datetimepicker', ...MENUS];

/** The elements each block takes. */
export const PLACES = {
  actions: ['button', 'overflow', 'workflow_button', 'rich_text_input', ...PICKERS],
  accessory: ['button', 'overflow', 'workflow_button', 'image', ...PICKERS],
  context: ['image', 'plain_text', 'mrkdwn'],
  contextActions: ['feedback_buttons', 'icon_button'],
  input: [
    'plain_text_input',
    'email_text_input',
    'url_text_input',
    'number_input',
    'rich_text_input',
    'file_input',
    ...PICKERS,
  ],
};

/** The rules of the elements that may stand in a place. */
export function elementsIn(place: keyof typeof PLACES): Record<string, Rule> {
  return Object.fromEntries(Object.entries(ELEMENTS).filter(([type]) => PLACES[place].includes(type)));
}
