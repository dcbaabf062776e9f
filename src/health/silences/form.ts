import { z } from 'zod';
import type { Ops } from '../../config/model.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors, type Option } from '../../kernel/form.ts';
import type { SilenceTarget } from './model.ts';
import type { Work } from './verbs.ts';

const minute = 60_000;
const lengths = [15, 30, 60, 120, 240, 480, 1_440, 4_320, 10_080].map((minutes) => minutes * minute);

/** The dialog that begins maintenance. `value`: what is chosen at first, as `check:api`. Pure. */
export function workFields({ checks }: Pick<Ops, 'checks'>, value: string): FormItem[] {
  return [
    {
      ...{ kind: 'choice', name: 'target', label: 'What is worked on?', placeholder: 'A group or a check' },
      options: targets(checks),
      initial: value,
    },
    {
      ...{ kind: 'choice', name: 'length', label: 'For how long, from now?', initial: String(60 * minute) },
      options: lengths.map((ms) => ({ value: String(ms), label: formatDuration(ms) })),
      hint: 'It ends by itself. You can end it earlier.',
    },
    {
      ...{ kind: 'choice', name: 'mode', label: 'Meanwhile', shown: 'list', initial: 'mute' },
      options: [
        { value: 'mute', label: 'Go on measuring, tell nobody' },
        { value: 'skip', label: "Don't measure", description: 'When even a look would disturb' },
      ],
    },
    {
      ...{ kind: 'text', name: 'reason', label: 'What is being done?', maxLength: 300 },
      hint: 'Everybody who looks at the checks sees it.',
      placeholder: 'Patches on the database servers',
    },
  ];
}

const schema = z.object({
  target: z.string('What is worked on?').transform((value, issue): SilenceTarget => {
    const [, kind, id] = /^(group|check):(.+)$/.exec(value) ?? [];
    if ((kind === 'group' || kind === 'check') && id !== undefined) return { kind, id };
    issue.addIssue('Choose a group or a check');
    return z.NEVER;
  }),
  length: z.string('For how long?').transform(Number),
  mode: z.enum(['mute', 'skip'], 'Choose one'),
  reason: z.string('Say in a few words what is being done'),
});

/** What was filled in, or what is wrong with it. Pure. */
export function readWork(values: FormValues): { parsed: Work } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { target, length: forMs, mode, reason } = read.data;
  return { parsed: { target, forMs, mode, reason } };
}

function targets(checks: Ops['checks']): Option[] {
  const groups = [...new Set(checks.map(({ group }) => group))];
  return [
    ...groups.map((id) => ({ value: `group:${id}`, label: `${id} (all of it)`, under: 'Groups' })),
    ...checks.map(({ id, group }) => ({ value: `check:${id}`, label: `${id} (${group})`, under: 'Checks' })),
  ];
}
