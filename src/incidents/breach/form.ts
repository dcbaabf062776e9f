import { z } from 'zod';
import { type FieldErrors, type FormItem, type FormValues, fieldErrors } from '../../kernel/form.ts';
import { type Day, dayAt, dayOf } from './days.ts';
import { noticeKinds } from './deadlines.ts';
import {
  type Answers,
  type Assessment,
  conclusions,
  disclaimer,
  type Factor,
  factorLabels,
  factors,
  type Notice,
  noticeNames,
} from './model.ts';

const most = 3_000;

/** The dialog of the assessment, with what was answered before; that may not be known yet. Pure. */
export function assessFields(assessment?: Assessment): FormItem[] {
  const discoveredAt = assessment?.discoveredAt;
  const before = assessment?.newest?.answers;
  const delay = before?.delay;
  return [
    {
      kind: 'note',
      text: `${disclaimer}\nAnswer what is known; it can be answered again, and what was answered before is kept. *Name no patients:* write which kinds of data. Unless the four factors show a low probability of compromise, a breach is presumed.`,
    },
    { kind: 'yes-no-unsure', name: 'exposed', label: 'Was PHI exposed?', initial: before?.exposed ?? 'unsure' },
    ...factors.map((name): FormItem => {
      const field = { kind: 'text', name, label: factorLabels[name], lines: 'many', optional: true } as const;
      return { ...field, maxLength: most, hint: hints[name], initial: before?.factors[name] ?? '' };
    }),
    {
      ...{ kind: 'text', name: 'individuals', label: 'How many individuals?', optional: true, maxLength: 12 },
      hint: 'Empty = not known: then the stricter deadlines count. From 500 on HHS is told at once.',
      initial: before?.individuals === undefined ? '' : String(before.individuals),
    },
    {
      ...{
        kind: 'text',
        name: 'states',
        label: 'How many by state or jurisdiction?',
        optional: true,
        maxLength: 1_000,
      },
      hint: 'More than 500 residents of one: the media are told, too.',
      ...{ placeholder: 'CA 620, NY 40', initial: statesText(before?.states ?? {}) },
    },
    {
      ...{ kind: 'choice', name: 'we_are', label: 'Who are we here?', shown: 'list' },
      options: [
        { value: 'covered_entity', label: 'The covered entity' },
        { value: 'business_associate', label: 'A business associate', description: 'The covered entity is told by us' },
      ],
      initial: before?.weAre ?? 'covered_entity',
    },
    {
      ...{
        kind: 'text',
        name: 'contract_days',
        label: 'Days that our contract gives us',
        optional: true,
        maxLength: 3,
      },
      hint: 'As a business associate, where it is less than 60. A contract in hours: 0 or 1.',
      initial: before?.contractDays === undefined ? '' : String(before.contractDays),
    },
    {
      ...{ kind: 'moment', name: 'discovered', label: 'Discovered', ...(discoveredAt && { initial: discoveredAt }) },
      hint: 'When it was known, or with reasonable diligence would have been. It can be moved to an earlier moment.',
    },
    {
      ...{ kind: 'text', name: 'why', label: 'Why then?', optional: true, maxLength: 500 },
      hint: 'Only where you move it.',
    },
    {
      ...{ kind: 'choice', name: 'delay', label: 'Does law enforcement ask to wait?', shown: 'list' },
      options: [
        { value: 'none', label: 'No' },
        { value: 'written', label: 'In writing', description: 'The day below is the last day of the delay' },
        { value: 'oral', label: 'Spoken', description: 'The day below is when it was said: 30 days at most' },
      ],
      initial: delay?.kind ?? 'none',
    },
    {
      ...{ kind: 'date', name: 'delay_day', label: 'That day', optional: true },
      ...(delay && { initial: delay.kind === 'written' ? delay.until : delay.statedOn }),
    },
    {
      ...{ kind: 'text', name: 'official', label: 'Who asked?', optional: true, maxLength: 200 },
      ...{ hint: 'The official and the agency', initial: delay?.official ?? '' },
    },
    {
      ...{ kind: 'text', name: 'plan', label: 'What is done for those affected?', lines: 'many', optional: true },
      ...{ maxLength: most, hint: 'Who is told how, and what protects them.', initial: before?.plan ?? '' },
    },
    {
      ...{ kind: 'choice', name: 'conclusion', label: 'Conclusion', shown: 'list' },
      options: [
        { value: 'not_yet', label: conclusions.not_yet },
        { value: 'breach', label: conclusions.breach, description: 'The deadlines of the notices are planned' },
        { value: 'low', label: conclusions.low, description: 'All four factors must be answered: it is the proof' },
      ],
      initial: before?.conclusion ?? 'not_yet',
    },
  ];
}

const hints: Record<Factor, string> = {
  nature: 'Which kinds of data and identifiers, and how likely somebody can be re-identified.',
  who: 'Somebody who must protect it as well, or anybody?',
  acquired: 'Or was there only the opportunity? What do the logs say?',
  mitigated: 'Assurances, deletion confirmed, keys revoked.',
};

const whole = (field: string) =>
  z
    .string()
    .regex(/^[\d,. ']{1,12}$/, `${field}: a whole number`)
    .transform((text) => Number(text.replace(/[,. ']/g, '')))
    .refine((count) => Number.isSafeInteger(count), `${field}: a whole number`)
    .optional();

const schema = z.object({
  exposed: z.enum(['yes', 'no', 'unsure'], 'Yes, no, or not sure?'),
  ...Object.fromEntries(factors.map((name) => [name, z.string().optional()])),
  individuals: whole('How many'),
  states: z
    .string()
    .default('')
    .transform((text, issue) => {
      const states = statesIn(text);
      if (states) return states;
      issue.addIssue('Each state once, with its number: CA 620, NY 40');
      return z.NEVER;
    }),
  we_are: z.enum(['covered_entity', 'business_associate'], 'Who are we?'),
  contract_days: whole('Days'),
  discovered: z.date('When?'),
  why: z.string().default(''),
  delay: z.enum(['none', 'written', 'oral'], 'Choose one'),
  delay_day: z.string().optional(),
  official: z.string().default(''),
  plan: z.string().optional(),
  conclusion: z.enum(['not_yet', 'breach', 'low'], 'Choose one'),
});

export interface AssessmentGiven {
  answers: Answers;
  discovered: { at: Date; reason: string };
}

/** What was filled in, or what is wrong with it. Pure. */
export function readAssessment(values: FormValues): { parsed: AssessmentGiven } | { errors: FieldErrors } {
  const read = schema.safeParse(values);
  if (!read.success) return { errors: fieldErrors(read.error) };
  const { data } = read;
  const given = Object.fromEntries(
    factors.flatMap((name) => {
      const words = values[name];
      return typeof words === 'string' && words.trim() !== '' ? [[name, words]] : [];
    }),
  ) as Answers['factors'];
  const errors = contradictions(data, given);
  if (Object.keys(errors).length > 0) return { errors };
  const { individuals, contract_days: contractDays, plan, delay, delay_day: day, official } = data;
  const answers: Answers = {
    ...{ exposed: data.exposed, factors: given, states: data.states, weAre: data.we_are, conclusion: data.conclusion },
    ...(individuals !== undefined && { individuals }),
    ...(contractDays !== undefined && { contractDays }),
    ...(plan !== undefined && { plan }),
    ...(delay === 'written' && day !== undefined && { delay: { kind: delay, until: day, official } }),
    ...(delay === 'oral' && day !== undefined && { delay: { kind: delay, statedOn: day, official } }),
  };
  return { parsed: { answers, discovered: { at: data.discovered, reason: data.why } } };
}

function contradictions(data: z.output<typeof schema>, given: Answers['factors']): FieldErrors {
  const errors: FieldErrors = {};
  const counted = Object.values(data.states).reduce((sum, residents) => sum + residents, 0);
  if (data.individuals !== undefined && counted > data.individuals)
    errors.states = `${counted} by state are more than ${data.individuals} in all`;
  if (data.contract_days !== undefined && data.we_are === 'covered_entity')
    errors.contract_days = "Only a business associate's contract counts here";
  if (data.delay !== 'none') {
    if (data.delay_day === undefined || dayOf(data.delay_day) === undefined) errors.delay_day = 'Which day?';
    if (data.official === '') errors.official = 'Who asked? The rule wants it on record';
  }
  if (data.conclusion === 'low')
    for (const name of factors)
      if (given[name] === undefined) errors[name] = 'The conclusion needs it: it is the proof';
  return errors;
}

/** `CA 620, NY 40` → {CA: 620, NY: 40}; undefined = it can't be read. */
export function statesIn(text: string): Record<string, number> | undefined {
  const states: Record<string, number> = {};
  for (const part of text.split(/[,;\n]/).map((each) => each.trim())) {
    if (part === '') continue;
    const [, name, count] = /^([\p{L}][\p{L} .'-]{0,39}?)[ :=]+(\d{1,9})$/u.exec(part) ?? [];
    if (name === undefined || count === undefined) return undefined;
    const key = name.length <= 3 ? name.toUpperCase() : name;
    if (Object.hasOwn(states, key)) return undefined;
    states[key] = Number(count);
  }
  return states;
}

function statesText(states: Record<string, number>): string {
  return Object.entries(states)
    .map(([state, residents]) => `${state} ${residents}`)
    .join(', ');
}

/** The dialog that records a notice; which are planned may not be known yet. Pure. */
export function sentFields(notices: readonly Notice[] | undefined, now: Date, zone: string): FormItem[] {
  const [first] = (notices ?? []).filter(({ sent }) => !sent);
  const options = notices?.map(({ kind, dueOn, sent }) => {
    const description = sent ? `Sent ${sent.on}` : `Due ${dueOn}`;
    return { value: kind, label: noticeNames[kind], description };
  });
  return [
    { kind: 'note', text: `${disclaimer}\nIt records what people have sent; a second record corrects the first.` },
    {
      ...{ kind: 'choice', name: 'kind', label: 'Which?', shown: 'list' },
      options: options ?? noticeKinds.map((kind) => ({ value: kind, label: noticeNames[kind] })),
      ...(first && { initial: first.kind }),
    },
    { kind: 'date', name: 'on', label: 'Sent on', initial: dayAt(now, zone) },
    {
      ...{ kind: 'text', name: 'confirmation', label: 'Confirmation number', optional: true, maxLength: 200 },
      hint: 'Of the HHS portal, of the mailing, or where the proof is kept.',
    },
  ];
}

const sentSchema = z.object({
  kind: z.enum(noticeKinds, 'Which?'),
  on: z.string('When?').refine((text) => dayOf(text) !== undefined, 'Which day?'),
  confirmation: z.string().default(''),
});

export function readSent(
  values: FormValues,
): { parsed: { kind: (typeof noticeKinds)[number]; on: Day; confirmation: string } } | { errors: FieldErrors } {
  const read = sentSchema.safeParse(values);
  return read.success ? { parsed: read.data } : { errors: fieldErrors(read.error) };
}
