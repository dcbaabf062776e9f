import type { SlackBlock } from '../kernel/command.ts';
import type { ChoiceField, Field, Option, SeveralField, TextField } from '../kernel/form.ts';
import { redact, withoutHidden } from '../kernel/redact.ts';
import { cutText } from './cut.ts';
import type { Shape } from './elements.ts';

/** Slack's limits of an input block and its elements. */
const limits = {
  label: 2_000,
  hint: 2_000,
  placeholder: 150,
  option: 75,
  value: 150,
  menu: 100,
  groups: 100,
  list: 10,
  text: 3_000,
};
/** What the options of one field may take of the 250 kB of a view. */
const optionsMax = 400;

/** A field as an input block. Everything in it is plain text: nothing can be a mention or a link. Pure. */
export function fieldBlock(field: Field): SlackBlock {
  const { element, more = 0 } = elementOf(field);
  const missing = more > 0 ? `… and ${more} more that don't fit here.` : undefined;
  const hint = [field.hint, missing].filter((part) => part !== undefined).join(' ');
  return {
    type: 'input',
    block_id: field.name,
    label: text(field.label || field.name, limits.label),
    element: { ...element, action_id: field.name },
    ...(hint !== '' && { hint: text(hint, limits.hint) }),
    ...(field.optional && { optional: true }),
  };
}

function elementOf(field: Field): { element: Shape; more?: number } {
  switch (field.kind) {
    case 'text':
      return { element: { ...textInput(field), ...placeholderOf(field) } };
    case 'choice':
    case 'several':
      return optionsInput(field);
    case 'yes-no-unsure': {
      const options = answers.map(({ value, label }) => option({ value, label }));
      const initial = options.find(({ value }) => value === field.initial);
      return { element: { type: 'radio_buttons', options, ...(initial && { initial_option: initial }) } };
    }
    case 'user':
      return { element: { type: 'users_select', ...initially('initial_user', field), ...placeholderOf(field) } };
    case 'channel':
      return {
        element: {
          type: 'conversations_select',
          filter: { include: ['public', 'private'], exclude_bot_users: true },
          ...initially('initial_conversation', field),
          ...placeholderOf(field),
        },
      };
    case 'date':
      return { element: { type: 'datepicker', ...initially('initial_date', field) } };
    case 'time':
      return { element: { type: 'timepicker', ...initially('initial_time', field) } };
    case 'moment': {
      const at = field.initial && Math.floor(field.initial.getTime() / 1_000);
      return { element: { type: 'datetimepicker', ...(at !== undefined && { initial_date_time: at }) } };
    }
  }
}

const answers = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
  { value: 'unsure', label: 'Not sure' },
] as const;

function textInput({ lines, minLength, maxLength, initial }: TextField): Shape {
  const max = Math.min(limits.text, maxLength ?? limits.text);
  const begun = initial?.toWellFormed().slice(0, max).toWellFormed();
  return {
    type: 'plain_text_input',
    multiline: lines === 'many',
    max_length: max,
    ...(minLength !== undefined && { min_length: Math.min(minLength, max) }),
    ...(begun && { initial_value: begun }),
  };
}

/** Options that can't be shown are counted; a value that is too long can't be cut without meaning something else. */
function optionsInput(field: ChoiceField | SeveralField): { element: Shape; more: number } {
  const asList = field.shown === 'list';
  const fit = uniqueOptions(field.options).slice(0, asList ? limits.list : optionsMax);
  const under = asList ? new Map() : Map.groupBy(fit, (each) => each.under ?? '');
  const isGrouped = under.size > 1 || (under.size === 1 && !under.has(''));
  const groups = [...under].slice(0, limits.groups).map(([heading, of]) => {
    return { label: text(heading || 'Other', limits.option), options: of.slice(0, limits.menu).map(option) };
  });
  const options = isGrouped ? groups.flatMap((group) => group.options) : fit.slice(0, limits.menu).map(option);
  if (options.length === 0) throw new Error(`Field ${field.name} has no options`);
  const wanted = [field.initial ?? []].flat();
  const initial = options.filter(({ value }) => wanted.includes(value));
  const one = field.kind === 'choice';
  const type = asList ? (one ? 'radio_buttons' : 'checkboxes') : one ? 'static_select' : 'multi_static_select';
  return {
    element: {
      type,
      ...(isGrouped ? { option_groups: groups } : { options }),
      ...(initial.length > 0 && (one ? { initial_option: initial[0] } : { initial_options: initial })),
      ...(!asList && placeholderOf(field)),
    },
    more: field.options.length - options.length,
  };
}

function uniqueOptions(options: readonly Option[]): Option[] {
  const byValue = new Map(options.map((each) => [each.value, each]));
  return [...byValue.values()].filter(({ value }) => value.length > 0 && value.length <= limits.value);
}

function option({ value, label, description }: Option): Shape & { value: string } {
  return {
    text: text(label || value, limits.option),
    value: value.toWellFormed(),
    ...(description && { description: text(description, limits.option) }),
  };
}

function placeholderOf({ placeholder }: { placeholder?: string }): Shape {
  return placeholder ? { placeholder: text(placeholder, limits.placeholder) } : {};
}

function initially(member: string, { initial }: { initial?: string }): Shape {
  return initial ? { [member]: initial } : {};
}

/** Redacted while it is whole, then cut. */
function text(words: string, max: number): Shape {
  const shown = redact(withoutHidden(words)).toWellFormed();
  return { type: 'plain_text', text: cutText(shown.trim() === '' ? '—' : shown, max), emoji: true };
}
