import type { ViewOutput } from '@slack/bolt';
import type { FormItem, FormValues } from '../kernel/form.ts';

type State = ViewOutput['state']['values'];
type StateValue = State[string][string];

/** What people filled in, by field name: the block_id is the name. Pure. */
export function filledIn(values: State): FormValues {
  const filled: FormValues = {};
  for (const [name, actions] of Object.entries(values)) {
    const [state] = Object.values(actions);
    const value = state && filledValue(state);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

function filledValue(state: StateValue): FormValues[string] {
  const { selected_options: several, selected_date_time: seconds } = state;
  if (several) return several.length > 0 ? several.map(({ value }) => value) : undefined;
  if (typeof seconds === 'number') return new Date(seconds * 1_000);
  if (state.type === 'plain_text_input') {
    const typed = (state.value ?? '').trim();
    return typed === '' ? undefined : typed;
  }
  const one =
    state.selected_option?.value ??
    state.selected_user ??
    state.selected_conversation ??
    state.selected_date ??
    state.selected_time;
  return one ?? undefined;
}

/** The form as it was filled in. Pure. */
export function refilled(items: readonly FormItem[], values: FormValues): FormItem[] {
  return items.map((item): FormItem => {
    if (item.kind === 'note') return item;
    const { initial: _, ...empty } = item;
    const value = values[item.name];
    if (value === undefined) return empty;
    switch (empty.kind) {
      case 'moment':
        return value instanceof Date ? { ...empty, initial: value } : empty;
      case 'several':
        return Array.isArray(value) ? { ...empty, initial: value } : empty;
      case 'yes-no-unsure':
        return value === 'yes' || value === 'no' || value === 'unsure' ? { ...empty, initial: value } : empty;
      default:
        return typeof value === 'string' ? { ...empty, initial: value } : empty;
    }
  });
}
