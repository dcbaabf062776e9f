import { parseDuration } from '../../kernel/duration.ts';
import type { FieldErrors, FormItem, FormValues } from '../../kernel/form.ts';
import type { ItemState, Report } from '../model.ts';

/** What somebody does with what a report names. */
export interface Items {
  keys: string[];
  /** Undefined = they have it; else it is left out of reports so long. */
  forMs: number | undefined;
}

const most = 100;

/** The dialog: which, and what. None where nothing is left that somebody could take on. */
export function itemsOf(report: Report, states: ReadonlyMap<string, ItemState>, now: Date): FormItem[] {
  const lines = report.content.sections.flatMap(({ lines: each }) => each);
  const byKey = new Map(lines.flatMap((line) => (line.item === undefined ? [] : [[line.item, line] as const])));
  const options = [...byKey]
    .filter(([key]) => states.has(key))
    .slice(0, most)
    .map(([value, line]) => ({ value, label: line.text, description: stateWords(states.get(value), now) }));
  if (options.length === 0) return [];
  return [
    { kind: 'several', name: 'items', label: 'What', options: options.map(withoutBlank), ...shownAs(options.length) },
    {
      ...{ kind: 'choice', name: 'how', label: 'What about it?', shown: 'list', initial: 'have' },
      options: [
        { value: 'have', label: 'I have it', description: 'shown with your name, until it is over' },
        { value: '4h', label: 'Snooze 4 hours' },
        { value: '24h', label: 'Snooze a day' },
        { value: '7d', label: 'Snooze a week', description: 'reports count it, and show it again then' },
      ],
    },
  ];
}

/** Ten fit in sight. */
function shownAs(count: number): { shown: 'list' | 'menu' } {
  return { shown: count <= 10 ? 'list' : 'menu' };
}

function stateWords(state: ItemState | undefined, now: Date): string {
  if (state?.snoozed && state.snoozed.until > now) return 'snoozed';
  return state?.acknowledged ? 'somebody has it' : '';
}

function withoutBlank<T extends { description: string }>(option: T): Omit<T, 'description'> & { description?: string } {
  const { description, ...rest } = option;
  return description === '' ? rest : { ...rest, description };
}

export function readItems(values: FormValues): { errors: FieldErrors } | { parsed: Items } {
  const keys = Array.isArray(values.items) ? values.items : [];
  if (keys.length === 0) return { errors: { items: 'at least one' } };
  const how = typeof values.how === 'string' ? values.how : 'have';
  return { parsed: { keys, forMs: how === 'have' ? undefined : parseDuration(how) } };
}
