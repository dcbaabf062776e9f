import { z } from 'zod';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors, type Given } from '../../kernel/form.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type By, type Incident, nameOf, numberOf } from '../model.ts';
import { personOf, slackIdOf } from '../people.ts';
import { headOf } from '../views/message.ts';
import { type Task, taskName } from './model.ts';

const minute = 60_000;
const spans = [10, 15, 30, 60, 120, 240, 480, 1_440].map((minutes) => minutes * minute);

/** The incidents that a new task may be of, as a dialog keeps them: a line each, the likeliest first. */
export function choicesOf(incidents: readonly Incident[]): string {
  return incidents
    .slice(0, 20)
    .map((incident) => `${nameOf(incident)} ${incident.title.slice(0, 60)}`)
    .join('\n');
}

/** The dialog for a new task. Pure. */
export function newTaskFields({ value, message }: Given): FormItem[] {
  const lines = value.split('\n').filter((line) => numberOf(line.split(' ', 1)[0] ?? '') !== undefined);
  const options = lines.map((line) => ({ value: line.split(' ', 1)[0] ?? '', label: line }));
  const [only, second] = options;
  const which: FormItem[] =
    second === undefined
      ? only
        ? [{ kind: 'note', text: `*${escapeSlack(only.label)}*` }]
        : []
      : [{ kind: 'choice', name: 'incident', label: 'Of which incident?', options, initial: only?.value ?? '' }];
  return [
    ...which,
    {
      ...{ kind: 'text', name: 'what', label: 'What is to be done?', maxLength: 500, placeholder: 'Restart the pool' },
      initial: (message?.text ?? '').replace(/\s+/g, ' ').trim().slice(0, 500),
    },
    { kind: 'user', name: 'who', label: 'Who does it?', optional: true, placeholder: 'Nobody yet' },
    { ...dueField('How soon?'), placeholder: 'At no time' },
  ];
}

/** The dialog that changes a task: what is left empty stays, save whose it is. `task`: once it is known. Pure. */
export function changeTaskFields(
  { n }: { n: number },
  known: { task: Task; incident: Incident; now: Date } | undefined,
): FormItem[] {
  const user = known?.task.assignee && slackIdOf(known.task.assignee);
  const due = known?.task.due;
  const now = due && known ? `Due ${slackTime(due.at, known.now)}` : 'Due at no time';
  return [
    {
      kind: 'note',
      text: known ? `*${taskName({ n })}* of ${headOf(known.incident)} · ${now}` : `*${taskName({ n })}*`,
    },
    {
      ...{ kind: 'text', name: 'what', label: 'What is to be done?', maxLength: 500, optional: true },
      initial: known?.task.what ?? '',
    },
    {
      ...{ kind: 'user', name: 'who', label: 'Who does it?', optional: true, placeholder: 'Nobody' },
      ...(user !== undefined && { initial: user }),
    },
    { ...dueField('How soon from now?'), placeholder: 'As it is', hint: 'Nothing chosen: as it is' },
  ];
}

function dueField(label: string) {
  const options = spans.map((ms) => ({ value: String(ms), label: formatDuration(ms) }));
  return { kind: 'choice', name: 'due', label, optional: true, options } as const;
}

const schema = z.object({
  incident: z.string().optional(),
  what: z.string().optional(),
  who: z.string().optional(),
  due: z.coerce.number().optional(),
});

export interface TaskFilled {
  incident: string | undefined;
  what: string | undefined;
  /** Slack's id. */
  who: string | undefined;
  inMs: number | undefined;
}

/** What was filled in. Pure. */
export function readTaskForm(values: FormValues): { parsed: TaskFilled } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { incident, what, who, due } = read.data;
  return { parsed: { incident, what, who, inMs: due } };
}

/**
 * Whose a task is to be by the dialog: undefined = whose it is now, where the field still shows what it showed, so that
 * whoever took the task meanwhile keeps it. `was`: whose it was then. Pure.
 */
export function assigneeFilled(who: string | undefined, was: string | undefined): By | null | undefined {
  if (was !== undefined && who === slackIdOf({ id: was })) return undefined;
  return who === undefined ? null : personOf(who);
}
