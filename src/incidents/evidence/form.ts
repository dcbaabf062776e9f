import { z } from 'zod';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors } from '../../kernel/form.ts';
import { byHand, type Step, stepNames, steps } from './model.ts';

/** The dialog that says what is kept elsewhere, and where. Pure. */
export function markFields(): FormItem[] {
  return [
    {
      ...{ kind: 'choice', name: 'step', label: 'What is done?', shown: 'list' },
      options: steps.map((step) => ({ value: step, label: stepNames[step] })),
    },
    { kind: 'note', text: steps.map((step) => `*${stepNames[step]}*: ${byHand[step]}`).join('\n') },
    {
      ...{ kind: 'text', name: 'reference', label: 'Where is it?', maxLength: 500 },
      placeholder: 's3://evidence/inc-42/, snap-0a1b2c',
    },
  ];
}

const schema = z.object({ step: z.enum(steps, 'Which step?'), reference: z.string('Where is it?') });

export function readMark(values: FormValues): { parsed: { step: Step; reference: string } } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  return read.success ? { parsed: read.data } : { errors: fieldErrors(read.error) };
}
