import { z } from 'zod';
import { escapeSlack } from '../kernel/escape.ts';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors, type Given } from '../kernel/form.ts';
import type { Severity } from '../severities/model.ts';
import type { Declaration } from './declare.ts';

/** The dialog that declares an incident. It helps to choose the severity by its criteria. Pure. */
export function declareFields(severities: readonly Severity[], given: Given): FormItem[] {
  const { message } = given;
  return [
    {
      ...{ kind: 'text', name: 'title', label: 'What is wrong?', maxLength: 200 },
      ...{ placeholder: 'API is down', initial: firstLine(message?.text) },
    },
    {
      ...{ kind: 'choice', name: 'severity', label: 'How bad is it?' },
      options: severities.map(({ id, label }) => ({ value: id, label })),
      placeholder: 'A severity',
    },
    { kind: 'note', text: severities.map(criteriaOf).join('\n') },
    {
      kind: 'text',
      name: 'systems',
      label: 'What is affected?',
      optional: true,
      maxLength: 300,
      placeholder: 'API, IVR',
    },
    {
      ...{ kind: 'text', name: 'known', label: 'What is known?', lines: 'many', optional: true, maxLength: 2_000 },
      initial: message?.text ?? '',
    },
    {
      ...{ kind: 'yes-no-unsure', name: 'phi', label: 'Could PHI be involved?', optional: true },
      hint: '"Not sure" counts as yes: the page then says no more than that there is an incident.',
    },
    {
      ...{ kind: 'several', name: 'drill', label: 'A drill?', shown: 'list', optional: true },
      options: [{ value: 'drill', label: 'This is a drill', description: 'Nobody outside is paged' }],
    },
  ];
}

const schema = z.object({
  title: z.string('What is wrong? In a few words'),
  severity: z.string('How bad is it?'),
  systems: z.string().optional(),
  known: z.string().optional(),
  phi: z.enum(['yes', 'no', 'unsure']).optional(),
  drill: z.array(z.string()).default([]),
});

/** What was filled in, or what is wrong with it; "not sure" about PHI counts as yes. Pure. */
export function readDeclaration(values: FormValues): { parsed: Omit<Declaration, 'key'> } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { phi, drill, ...rest } = read.data;
  return { parsed: { ...rest, phi: phi === 'yes' || phi === 'unsure', drill: drill.includes('drill') } };
}

function criteriaOf({ label, criteria }: Severity): string {
  return `*${escapeSlack(label)}*: ${escapeSlack(criteria.join('; '))}`;
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n', 1)[0]?.slice(0, 200) ?? '';
}
