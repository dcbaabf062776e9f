import { z } from 'zod';
import { escapeSlack } from '../../kernel/escape.ts';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors } from '../../kernel/form.ts';
import type { Ending } from '../end.ts';
import { type Incident, nameOf } from '../model.ts';

/** The dialog that ends an incident; `incident` is not known while it opens. Pure. */
export function resolveFields({ incident, now }: { incident?: Incident | undefined; now: Date }): FormItem[] {
  const head = incident && `*${nameOf(incident)} ${escapeSlack(incident.label)}: ${escapeSlack(incident.title)}*`;
  return [
    ...(head === undefined ? [] : [{ kind: 'note' as const, text: head }]),
    {
      ...{ kind: 'text', name: 'words', label: 'What resolved it?', lines: 'many', optional: true, maxLength: 2_000 },
      placeholder: 'Rolled back to 4.12',
    },
    {
      ...{ kind: 'text', name: 'cause', label: 'What caused it?', lines: 'many', optional: true, maxLength: 2_000 },
      hint: 'Leave it empty when it is not known yet.',
    },
    {
      ...{ kind: 'text', name: 'prevention', label: 'What keeps it from happening again?', lines: 'many' },
      ...{ optional: true, maxLength: 2_000 },
    },
    {
      ...{ kind: 'moment', name: 'ended', label: 'When did the impact end?', optional: true },
      initial: incident?.mitigated?.at ?? now,
    },
    {
      ...{ kind: 'several', name: 'how', label: 'Anything special?', shown: 'list', optional: true },
      options: [
        {
          value: 'false-alarm',
          label: 'It was a false alarm',
          description: 'No report and no post-mortem are asked for',
        },
      ],
    },
  ];
}

const schema = z.object({
  words: z.string().default(''),
  cause: z.string().optional(),
  prevention: z.string().optional(),
  ended: z.date().optional(),
  how: z.array(z.string()).default([]),
});

/** What was filled in, or what is wrong with it. Pure. */
export function readEnding(
  values: FormValues,
  now: Date,
): { parsed: Omit<Ending, 'id' | 'key'> } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { words, cause, prevention, ended: endedAt, how } = read.data;
  const falseAlarm = how.includes('false-alarm');
  const errors: FieldErrors = {
    ...(words.trim() === '' && !falseAlarm && { words: 'What resolved it? In a few words' }),
    ...(endedAt && endedAt.getTime() > now.getTime() + 2 * 60_000 && { ended: 'This lies in the future' }),
  };
  if (Object.keys(errors).length > 0) return { errors };
  return { parsed: { words, cause, prevention, endedAt, falseAlarm } };
}
