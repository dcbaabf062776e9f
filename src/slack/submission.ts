import type { AckFn, ViewOutput, ViewResponseAction } from '@slack/bolt';
import type { Actor, Post } from '../kernel/command.ts';
import { OpsError } from '../kernel/errors.ts';
import type { FieldErrors, Form, FormOpening, FormValues } from '../kernel/form.ts';
import { newRequest } from '../kernel/request.ts';
import { cutText } from './cut.ts';
import { answerView, type ModalView, saying } from './dialog-surface.ts';
import { filledIn, refilled } from './filled.ts';
import { formView } from './form-view.ts';
import type { FormPorts } from './forms.ts';
import { type Kept, kept } from './given.ts';
import { errorPost, olderVersionPost, sentBeforePost, wentWrongPost } from './posts.ts';
import { formMeantBy, type MeantForm, type Registry } from './registry.ts';
import { runJob } from './run.ts';
import type { Screens } from './screens.ts';
import { type SentForm, sentFace } from './sent-face.ts';

export interface SubmissionPorts<Services> extends FormPorts<Services> {
  registry: Registry<Services>;
  screens: Screens;
}

/** What Slack delivers when somebody sends a dialog off. */
export interface Submission {
  view: ViewOutput;
  user: string;
  actor: Actor;
  ack: AckFn<ViewResponseAction>;
}

type Read<S> = ReturnType<Form<S>['read']>;

/**
 * Takes a form that was sent off. Errors in fields go with the acknowledgement; so does the answer, when it is there in
 * time: what Slack has not been told, the person can send again.
 */
export async function submitted<S>({ view, user, actor, ack }: Submission, ports: SubmissionPorts<S>): Promise<void> {
  const { services, clock } = ports;
  const frame = { title: view.title.text, externalId: view.external_id || view.id };
  const meant = formMeantBy(ports.registry, view.callback_id);
  const sent = kept(view.private_metadata);
  if (!meant || !sent) return ack(showing(answerView({ ...frame, blocks: olderVersionPost('dialog').blocks })));

  const opening = { services, actor, clock, given: sent.given };
  const values = filledIn(view.state.values);
  const again = (failure: Post, tries: number) => formAgain(meant, { opening, values, failure, tries, frame }, ports);
  let read: Read<S>;
  try {
    read = meant.form.read(values, opening);
  } catch (error) {
    return ack(showing(again(faultPost(error, meant, ports), sent.sent)));
  }
  if ('errors' in read) return ack({ response_action: 'errors', errors: errorsIn(view, read.errors) });
  if (!ports.work.open) return ack(showing(again(errorPost(stopping), sent.sent)));
  const sentForm = { frame, user, given: sent.given, again: (failure: Post) => again(failure, sent.sent + 1) };
  await carryOut({ meant, read, sent, sentForm, view, actor, ack }, ports);
}

const stopping = new OpsError('unavailable', 'I am being restarted', { hint: 'Send it again in a minute.' });

interface CarryOut<S> {
  meant: MeantForm<S>;
  read: Extract<Read<S>, { submit: unknown }>;
  sent: Kept;
  sentForm: SentForm;
  view: ViewOutput;
  actor: Actor;
  ack: AckFn<ViewResponseAction>;
}

async function carryOut<S>({ meant, read, sent, sentForm, view, actor, ack }: CarryOut<S>, ports: SubmissionPorts<S>) {
  const { seen, work, screens, log } = ports;
  const { command, form, id } = meant;
  const { frame, user, given } = sentForm;
  const key = `view ${view.id} ${sent.sent}`;
  let meanwhile: Post = saying('One moment …');
  const waitingView = () => answerView({ ...frame, blocks: meanwhile.blocks });
  if (!seen.firstHere(key)) {
    log.debug({ key }, 'sent twice');
    return (screens.find(key) ?? screens.open(key, view.id)).join(ack, waitingView);
  }
  const screen = screens.open(key, view.id);
  const acknowledged = screen.join(ack, waitingView);
  work.start('a form', async () => {
    // With the database away `confirmed` is true: to lose what somebody declares is worse than to do it twice, and what
    // must not happen twice is keyed by the view.
    if (!form.keyed && !(await seen.confirmed(key))) {
      meanwhile = sentBeforePost(command.name);
      return;
    }
    const job = {
      ...{ name: id, command: command.name, again: false, role: form.role, words: given.value },
      run: (ctx: Parameters<typeof command.run>[0]) =>
        read.submit({ ...ctx, given, key: view.id, ...(given.from && { channel: given.from.channel }) }),
    };
    const asked = {
      ...{ by: 'form' as const, user, channel: undefined, threadTs: undefined },
      ...{ responseUrl: undefined, source: undefined, view: sentFace(sentForm, screen, ports) },
    };
    await runJob(job, actor, asked, ports);
    if (!screen.hasShown) await screen.show(answerView({ ...frame, blocks: [section('Done.')] }));
    await ports.home?.refresh(actor, 'elsewhere');
  });
  return acknowledged;
}

interface Again<S> {
  opening: FormOpening<S>;
  values: FormValues;
  failure: Post;
  /** How often it was sent before. */
  tries: number;
  frame: { title: string; externalId: string };
}

/** The form with what was filled in, below what went wrong; that alone where the form can't be made any more. */
function formAgain<S>(meant: MeantForm<S>, again: Again<S>, { log }: SubmissionPorts<S>): ModalView {
  const { opening, values, failure, tries, frame } = again;
  const { id, form } = meant;
  try {
    const items = refilled(form.open(opening), values);
    const kept = { given: opening.given, sent: tries };
    return formView({ ...frame, callbackId: id, button: form.button, items, kept, failure });
  } catch (error) {
    log.error({ err: error, form: id }, 'a form could not be made again');
    return answerView({ ...frame, blocks: failure.blocks });
  }
}

function faultPost<S>(error: unknown, { id }: MeantForm<S>, { log }: SubmissionPorts<S>): Post {
  if (error instanceof OpsError) return errorPost(error);
  const ref = newRequest();
  log.error({ err: error, ref, form: id }, `what was filled in could not be read (ref ${ref})`);
  return wentWrongPost(ref);
}

/** Slack knows errors of inputs alone: what is wrong elsewhere is said below the first one. */
function errorsIn(view: ViewOutput, errors: FieldErrors): Record<string, string> {
  const names = view.blocks.flatMap(({ type, block_id: id }) => (type === 'input' && id !== undefined ? [id] : []));
  const placed = new Map<string, string>();
  for (const [name, words] of Object.entries(errors)) {
    const field = names.includes(name) ? name : (names[0] ?? name);
    const before = placed.get(field);
    placed.set(field, cutText([before, words || 'Please look at this again'].filter(Boolean).join(' '), 1_000));
  }
  return Object.fromEntries(placed);
}

function showing(view: ModalView): ViewResponseAction {
  return { response_action: 'update', view };
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
