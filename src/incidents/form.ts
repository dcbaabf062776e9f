import { z } from 'zod';
import { OpsError } from '../kernel/errors.ts';
import { escapeSlack } from '../kernel/escape.ts';
import {
  type FieldErrors,
  type FormItem,
  type FormValues,
  fieldErrors,
  type Given,
  type GivenMessage,
} from '../kernel/form.ts';
import type { Severity } from '../severities/model.ts';
import { severityNamed } from '../severities/named.ts';
import type { Declaration } from './declare.ts';
import { incidentTypes, type Origin } from './model.ts';

/** What the dialog begins with, where it is declared from something. */
export interface Begun {
  title?: string;
  /** As somebody, or an alert, names it; one that is none is left out. */
  severity?: string;
  systems?: string;
  known?: string;
}

/** The dialog that declares an incident. It helps to choose the severity by its criteria. Pure. */
export function declareFields(severities: readonly Severity[], given: Given, begun: Begun = {}): FormItem[] {
  const { message } = given;
  const likely = likelySeverity(severities, begun.severity);
  return [
    {
      ...{ kind: 'text', name: 'title', label: 'What is wrong?', maxLength: 200 },
      ...{ placeholder: 'API is down', initial: begun.title ?? firstLine(message?.text) },
    },
    {
      ...{ kind: 'choice', name: 'severity', label: 'How bad is it?' },
      options: severities.map(({ id, label }) => ({ value: id, label })),
      placeholder: 'A severity',
      ...(likely !== undefined && { initial: likely }),
    },
    { kind: 'note', text: severities.map(criteriaOf).join('\n') },
    {
      ...{ kind: 'choice', name: 'type', label: 'What kind?', optional: true, placeholder: 'Not known yet' },
      options: Object.entries(incidentTypes).map(([value, label]) => ({ value, label })),
    },
    {
      kind: 'text',
      name: 'systems',
      label: 'What is affected?',
      optional: true,
      maxLength: 300,
      placeholder: 'API, IVR',
      initial: begun.systems ?? '',
    },
    {
      ...{ kind: 'text', name: 'known', label: 'What is known?', lines: 'many', optional: true, maxLength: 2_000 },
      initial: begun.known ?? message?.text ?? '',
    },
    {
      ...{ kind: 'yes-no-unsure', name: 'phi', label: 'Could PHI be involved?', optional: true },
      hint: '"Not sure" counts as yes: the page then says no more than that there is an incident.',
    },
    {
      ...{ kind: 'several', name: 'how', label: 'Anything special?', shown: 'list', optional: true },
      options: [
        { value: 'private', label: 'Private', description: 'Only those in it see it, also in lists and reports' },
        { value: 'drill', label: 'This is a drill', description: 'Nobody outside is paged' },
      ],
    },
  ];
}

const schema = z.object({
  title: z.string('What is wrong? In a few words'),
  severity: z.string('How bad is it?'),
  systems: z.string().optional(),
  known: z.string().optional(),
  phi: z.enum(['yes', 'no', 'unsure']).optional(),
  type: z.string().optional(),
  how: z.array(z.string()).default([]),
});

/** What was filled in, or what is wrong with it; "not sure" about PHI counts as yes. Pure. */
export function readDeclaration(values: FormValues): { parsed: Omit<Declaration, 'key'> } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { phi, how, ...rest } = read.data;
  const parsed = { ...rest, phi: phi === 'yes' || phi === 'unsure', drill: how.includes('drill') };
  return { parsed: { ...parsed, private: how.includes('private') } };
}

function likelySeverity(severities: readonly Severity[], word: string | undefined): string | undefined {
  if (!word) return undefined;
  try {
    return severityNamed(severities, word).id;
  } catch (error) {
    // The words of other tools needn't be ours.
    if (error instanceof OpsError) return undefined;
    throw error;
  }
}

function criteriaOf({ label, criteria }: Severity): string {
  return `*${escapeSlack(label)}*: ${escapeSlack(criteria.join('; '))}`;
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n', 1)[0]?.slice(0, 200) ?? '';
}

/** A message that an incident is declared from, with its author's time. */
export function originOf({ channel, ts, user, at, text }: GivenMessage): Origin {
  return { kind: 'message', channel, ts, at: at.toISOString(), text, ...(user !== undefined && { user }) };
}
