import { z } from 'zod';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors, type Given } from '../../kernel/form.ts';
import { type Incident, nameOf, numberOf } from '../model.ts';

/** The dialogs of the timeline. Pure. */

/** `incidents`: those that the asker may choose from, the one that is meant first; undefined = not known here. */
export function noteFields(incidents: readonly Incident[] | undefined, now: Date | undefined): FormItem[] {
  return [
    incidentField(incidents),
    {
      ...{ kind: 'moment', name: 'at', label: 'When did it happen?' },
      ...(now && { initial: now }),
    },
    {
      ...{ kind: 'text', name: 'words', label: 'What happened?', lines: 'many', maxLength: 2_000 },
      placeholder: 'Noticed by the night shift',
    },
  ];
}

export function flagFields(incidents: readonly Incident[] | undefined, { message }: Given): FormItem[] {
  return [
    incidentField(incidents),
    ...(message ? [{ kind: 'note' as const, text: 'The message is kept as it is now, whatever becomes of it.' }] : []),
    { kind: 'text', name: 'comment', label: 'Why does it matter?', optional: true, maxLength: 500 },
  ];
}

const incident = z.string('Which incident?').transform((word, issue) => {
  const id = numberOf(word);
  if (id !== undefined) return id;
  issue.addIssue('INC-42, for example');
  return z.NEVER;
});
const note = z.object({ incident, at: z.date('When did it happen?'), words: z.string('What happened?') });
const flag = z.object({ incident, comment: z.string().optional() });

export function readNote(values: FormValues, now: Date): { parsed: z.output<typeof note> } | { errors: FieldErrors } {
  const read = note.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  // The picker knows minutes only.
  if (read.data.at.getTime() > now.getTime() + 60_000) return { errors: { at: 'That time lies ahead' } };
  return { parsed: read.data };
}

export function readFlag(values: FormValues): { parsed: z.output<typeof flag> } | { errors: FieldErrors } {
  const read = flag.safeParse(values);
  return read.success ? { parsed: read.data } : { errors: fieldErrors(read.error) };
}

function incidentField(incidents: readonly Incident[] | undefined): FormItem {
  const field = { name: 'incident', label: 'Which incident?' };
  const [meant] = incidents ?? [];
  if (meant === undefined) return { ...field, kind: 'text', maxLength: 20, placeholder: 'INC-42' };
  const options = incidents!.slice(0, 100).map((each) => {
    return { value: nameOf(each), label: `${nameOf(each)} ${each.label}: ${each.title}`.slice(0, 75).toWellFormed() };
  });
  return { ...field, kind: 'choice', options, initial: nameOf(meant) };
}
