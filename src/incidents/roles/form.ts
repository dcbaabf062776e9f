import { escapeSlack } from '../../kernel/escape.ts';
import type { FieldErrors, FormItem, FormValues } from '../../kernel/form.ts';
import type { RoleName } from '../../severities/model.ts';
import { type Incident, nameOf } from '../model.ts';
import { headOf, mention } from '../views/message.ts';
import { roles } from './model.ts';

/** The dialog that gives a role to somebody. `incident`: once it is known. Pure. */
export function handOverFields({ id, role }: { id: number; role: RoleName }, incident?: Incident): FormItem[] {
  const { title, does } = roles[role];
  const holder = incident?.roles[role];
  const now = incident ? `${headOf(incident)}\nNow: ${holder ? mention(holder.mention) : 'nobody'}` : nameOf({ id });
  return [
    { kind: 'note', text: `*${title}* of ${now}` },
    { kind: 'note', text: escapeSlack(does) },
    {
      ...{ kind: 'user', name: 'who', label: 'Who is it from now on?', optional: true, placeholder: 'Somebody' },
      hint: 'They are told in a direct message. Nobody chosen: nobody has it, and it is asked for again.',
    },
    {
      ...{
        kind: 'text',
        name: 'note',
        label: 'What should they know?',
        lines: 'many',
        optional: true,
        maxLength: 1_000,
      },
      placeholder: 'What was tried, what is next, who waits for an answer',
    },
  ];
}

export function readHandOver(
  values: FormValues,
): { parsed: { who: string | undefined; note: string } } | { errors: FieldErrors } {
  const { who, note } = values;
  return {
    parsed: { who: typeof who === 'string' ? who : undefined, note: typeof note === 'string' ? note : '' },
  };
}
