import { formatDuration } from '../../kernel/duration.ts';
import type { FieldErrors, FormItem, FormValues } from '../../kernel/form.ts';
import type { NextDue, Update, Written } from './model.ts';
import { longest } from './write.ts';

const minute = 60_000;
const choices = [5, 10, 15, 30, 60, 120, 240, 480, 1_440].map((minutes) => minutes * minute);

/** What an update begins with. */
export interface Before {
  last: Pick<Update, 'status' | 'done' | 'next' | 'eta'> | undefined;
  /** How often they are due; undefined = not known here, or never. */
  everyMs: number | undefined;
  mitigated: boolean;
}

/** The dialog of an update, with what the last one said in it: only what changed is to be written. Pure. */
export function updateFields({ last, everyMs, mitigated }: Before): FormItem[] {
  const usual = everyMs === undefined ? 'As usual for its severity' : `As usual: in ${formatDuration(everyMs)}`;
  return [
    {
      ...{ kind: 'text', name: 'status', label: 'How do things stand?', lines: 'many', maxLength: longest.status },
      ...{ placeholder: 'Rolled back; errors are falling', initial: last?.status ?? '' },
    },
    {
      ...{ kind: 'text', name: 'done', label: 'What has been done?', lines: 'many', optional: true },
      ...{ maxLength: longest.done, initial: last?.done ?? '' },
    },
    {
      ...{ kind: 'text', name: 'next', label: 'What comes next?', lines: 'many', optional: true },
      ...{ maxLength: longest.next, initial: last?.next ?? '' },
    },
    {
      ...{ kind: 'text', name: 'eta', label: 'When will it be over?', optional: true, maxLength: longest.eta },
      ...{ placeholder: 'Not known yet', initial: last?.eta ?? '' },
    },
    ...(mitigated ? [] : [mitigatedField]),
    {
      ...{ kind: 'choice', name: 'due', label: 'When is the next update due?', optional: true, initial: 'usual' },
      options: [
        { value: 'usual', label: usual },
        ...choices.map((ms) => ({ value: String(ms), label: `In ${formatDuration(ms)}` })),
        { value: 'none', label: 'None is promised, nobody is reminded' },
      ],
    },
  ];
}

const mitigatedField: FormItem = {
  ...{ kind: 'several', name: 'mitigated', label: 'Is the harm over?', shown: 'list', optional: true },
  options: [{ value: 'yes', label: 'It is mitigated now', description: 'Updates follow in the rhythm of recovery' }],
};

/** What was filled in, or what is wrong with it. Pure. */
export function readUpdate(values: FormValues): { parsed: Omit<Written, 'key' | 'id'> } | { errors: FieldErrors } {
  const { mitigated } = values;
  const status = textOf(values.status);
  if (status === '') return { errors: { status: 'How do things stand? In a sentence' } };
  const words = { status, done: textOf(values.done), next: textOf(values.next), eta: textOf(values.eta) };
  const isMitigated = Array.isArray(mitigated) && mitigated.includes('yes');
  return { parsed: { ...words, mitigated: isMitigated, due: dueOf(textOf(values.due)) } };
}

function dueOf(value: string): NextDue {
  if (value === 'none') return 'none';
  const inMs = Number(value);
  return choices.includes(inMs) ? { inMs } : 'usual';
}

function textOf(value: FormValues[string]): string {
  return typeof value === 'string' ? value.trim() : '';
}
