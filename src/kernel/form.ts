import type { Permissions } from './access.ts';
import type { Clock } from './clock.ts';
import type { Actor, CommandContext, Replies, Role } from './command.ts';

/** What a form begins with: small, no secrets; Slack keeps it beside the dialog and hands it back (3,000 characters). */
export interface Given {
  /** What stood behind the command, or what the button carried; else empty. */
  value: string;
  /**
   * Where it was opened, when that was in a channel: replies that say `channel` or `thread` go there. `threadTs`: the thread
   * it was asked in; `ts`: the message whose button or shortcut it was.
   */
  from?: { channel: string; threadTs?: string; ts?: string };
  /** Of a shortcut on a message. */
  message?: GivenMessage;
  /** Something was too long for Slack to keep: the end of `value` or of the message's text is missing. */
  cut?: true;
}

/** A message that somebody pointed at. */
export interface GivenMessage {
  channel: string;
  /** Names it within its channel, also for its link. */
  ts: string;
  threadTs?: string;
  /** Slack's id of who wrote it; absent = an app did. */
  user?: string;
  /** As it reads, redacted; mentions stay `<@U…>`. */
  text: string;
  /** When it was written. */
  at: Date;
}

interface FieldBase {
  /** Names the value: letters, digits, `_`, `-`. */
  name: string;
  label: string;
  /** One sentence below the field. */
  hint?: string;
  optional?: true;
}

/** A text; blank ones count as not given. Default: one line of at most 3,000 characters. */
export interface TextField extends FieldBase {
  kind: 'text';
  lines?: 'many';
  minLength?: number;
  /** At most 3,000. */
  maxLength?: number;
  placeholder?: string;
  initial?: string;
}

/** `value`: at most 150 characters. Options with the same `under` stand together below that heading (menus only). */
export interface Option {
  value: string;
  label: string;
  /** Small, below the label (75 characters). */
  description?: string;
  under?: string;
}

/** One of them. A menu takes 100 options (under each heading), a list 10, with all of them in sight. */
export interface ChoiceField extends FieldBase {
  kind: 'choice';
  options: Option[];
  shown?: 'menu' | 'list';
  placeholder?: string;
  initial?: string;
}

export interface SeveralField extends FieldBase {
  kind: 'several';
  options: Option[];
  shown?: 'menu' | 'list';
  placeholder?: string;
  initial?: string[];
}

/** A question that may be answered with "not sure": the value is `yes`, `no` or `unsure`. */
export interface QuestionField extends FieldBase {
  kind: 'yes-no-unsure';
  initial?: 'yes' | 'no' | 'unsure';
}

/** Somebody of the workspace, or a channel the asker can see: the value is Slack's id. */
export interface PickField extends FieldBase {
  kind: 'user' | 'channel';
  placeholder?: string;
  initial?: string;
}

/** `date`: 2026-11-25; `time`: 09:30, on the asker's clock. */
export interface DayField extends FieldBase {
  kind: 'date' | 'time';
  initial?: string;
}

/** A moment in the asker's own zone; the value is a Date. */
export interface MomentField extends FieldBase {
  kind: 'moment';
  initial?: Date;
}

export type Field = TextField | ChoiceField | SeveralField | QuestionField | PickField | DayField | MomentField;

/** Words between the fields: mrkdwn, escaped by whoever writes it. */
export interface Note {
  kind: 'note';
  text: string;
}

export type FormItem = Field | Note;

/** What people filled in, by field name; what was left empty is absent. */
export type FormValues = Record<string, string | string[] | Date | undefined>;

/** What is wrong, by field name: plain words below the field. */
export type FieldErrors = Record<string, string>;

/** All there is before anything was asked: what the process holds in memory. */
export interface FormOpening<Services> {
  services: Services;
  actor: Actor;
  clock: Clock;
  given: Given;
}

/** What `submit` is given. */
export interface FormContext<Services> extends CommandContext<Services> {
  given: Given;
  /** Also the same for every repetition of one dialog's submission. */
  key: string;
}

interface FormFrame<Services> {
  /** The dialog's head, at most 24 characters. */
  title: string;
  /** On the button that sends it off, at most 24 characters. */
  button: string;
  /** One line for the docs: what sending it does. */
  summary: string;
  /** Asked while it opens (a denial takes the form's place) and again when it is sent. */
  role: Role;
  /**
   * `submit` has one effect per `key`, however often it runs. Nothing is asked before it then, and a dialog whose bot died
   * before it answered can be sent again. Without it a dialog is carried out once, and never a second time.
   */
  keyed?: true;
  /** What takes the place of `given.value` from its opening on: what is known then, in memory alone. */
  begins?(opening: FormOpening<Services>): string;
  /** Its content. Synchronous and without I/O: the dialog is on its way before anything else is asked. */
  open(opening: FormOpening<Services>): FormItem[];
  /**
   * What it begins with where that must be asked for: the dialog says meanwhile that it is coming. `value` takes the place of
   * `given.value` from then on. An OpsError is shown instead of the form; `open` makes it again when sending it failed.
   */
  fill?(opening: FormFilling<Services>): Promise<{ items: FormItem[]; value?: string }>;
}

/** What `fill` may use. */
export interface FormFilling<Services> extends FormOpening<Services>, Permissions {}

/** A dialog that people fill in, as its author writes it. */
export interface FormDeclaration<Services, Parsed> extends FormFrame<Services> {
  /** Pure: Slack shows errors below the fields only when they come at once. */
  read(values: FormValues, opening: FormOpening<Services>): { errors: FieldErrors } | { parsed: Parsed };
  /** An OpsError is shown above the form, with what was filled in kept: it can be corrected and sent again. */
  submit(ctx: FormContext<Services>, parsed: Parsed): Replies;
}

/** A dialog that people fill in: what a face needs of it. `defineForm` makes one. */
export interface Form<Services> extends FormFrame<Services> {
  read(
    values: FormValues,
    opening: FormOpening<Services>,
  ): { errors: FieldErrors } | { submit(ctx: FormContext<Services>): Replies };
}

/** Ties what `read` makes to the `submit` that takes it. */
export function defineForm<Services, Parsed>(declared: FormDeclaration<Services, Parsed>): Form<Services> {
  return {
    ...declared,
    read: (values, opening) => {
      const read = declared.read(values, opening);
      return 'errors' in read ? read : { submit: (ctx) => declared.submit(ctx, read.parsed) };
    },
  };
}

/** The first thing wrong with each field, from a schema's issues (zod's `error`). */
export function fieldErrors({ issues }: { issues: readonly { path: PropertyKey[]; message: string }[] }): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of issues) errors[String(path[0] ?? '')] ??= message;
  return errors;
}
