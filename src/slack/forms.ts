import { randomUUID } from 'node:crypto';
import { type Denial, permissionsOf } from '../kernel/access.ts';
import type { Actor, Post } from '../kernel/command.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import type { FormItem, Given } from '../kernel/form.ts';
import { redact } from '../kernel/redact.ts';
import { newRequest } from '../kernel/request.ts';
import { type Asked, tell } from './asked.ts';
import { answerView, type DialogPlace, goneWords, type ModalView, saying } from './dialog-surface.ts';
import { isDeadTokenError } from './failures.ts';
import { formView } from './form-view.ts';
import type { ViewPorts } from './in-view.ts';
import { deniedPost, errorPost, notOpenedPost, wentWrongPost } from './posts.ts';
import type { MeantForm } from './registry.ts';
import type { RunPorts } from './run.ts';
import type { Seen } from './seen.ts';

export interface FormPorts<Services> extends RunPorts<Services>, ViewPorts {
  seen: Seen;
}

/** One wish to open a form. */
export interface FormAsked {
  /** Of the delivery, to do once what is done instead. */
  key: string;
  actor: Actor;
  place: DialogPlace;
  given: Given;
  /** Where no dialog could be opened. */
  instead(): Promise<void>;
}

type Opened = { view: string | { externalId: string } } | 'used' | 'failed';

/**
 * Puts a form on the screen: its request leaves before this returns, ahead of everything that could make it wait. Whether
 * the person may use it is asked meanwhile; a denial takes the form's place.
 */
export function openForm<S>(meant: MeantForm<S>, asked: FormAsked, ports: FormPorts<S>): void {
  const { work, seen, log } = ports;
  if (!work.open) return;
  if (!seen.firstHere(asked.key)) {
    log.debug({ key: asked.key }, 'delivered twice');
    return;
  }
  const externalId = asked.place.kind === 'replace' ? asked.place.externalId : randomUUID();
  const made = firstView(meant, asked, externalId, ports);
  const opening = put(asked.place, made.view, externalId, ports);
  work.start('a form', async () => {
    const may = permissionsOf(ports.access, asked.actor).may;
    const [opened, decision] = await Promise.all([opening, made.isForm ? may(meant.form.role) : undefined]);
    // Slack takes a trigger once: whoever opened the dialog was the first.
    if (opened === 'failed' && (await seen.confirmed(asked.key))) await asked.instead();
    if (opened === 'used' || opened === 'failed') return;
    if (decision?.kind !== 'denied') {
      if (meant.form.fill && made.isForm) await fillIn(meant, asked, { externalId, view: opened.view }, ports);
      return;
    }
    const { blocks } = await deniedWords(meant, asked, decision, ports);
    await update(opened.view, answerView({ title: meant.form.title, externalId, blocks }), ports);
  });
}

/** Closed meanwhile is no failure. */
async function update(
  view: string | { externalId: string },
  content: ModalView,
  { outgoing }: ViewPorts,
): Promise<void> {
  await outgoing.updateView(view, { ...content }).catch((error: unknown) => {
    if (!(error instanceof PortError && goneWords.has(error.reason))) throw error;
  });
}

/** Puts the form in the place of the words that said that it is coming. */
async function fillIn<S>(
  { form, id, command }: MeantForm<S>,
  { actor, given }: FormAsked,
  { externalId, view }: { externalId: string; view: string | { externalId: string } },
  ports: FormPorts<S>,
): Promise<void> {
  const { services, clock, log, access } = ports;
  const { title, button } = form;
  const made = async (): Promise<ModalView> => {
    try {
      const filled = await form.fill!({ services, actor, clock, given, ...permissionsOf(access, actor) });
      const kept = { given: { ...given, value: filled.value ?? given.value }, sent: 0 };
      const items = filled.items.map(redactedItem);
      return formView({ callbackId: id, externalId, title, button, items, kept });
    } catch (error) {
      const ref = newRequest();
      const expected = error instanceof OpsError;
      if (!expected) log.error({ err: error, ref, command: command.name }, `a form could not be filled (ref ${ref})`);
      return answerView({ title, externalId, blocks: (expected ? errorPost(error) : wentWrongPost(ref)).blocks });
    }
  };
  await update(view, await made(), ports);
}

/** The form, or the words that say why there is none. */
function firstView<S>(
  { form, id, command }: MeantForm<S>,
  { actor, given }: FormAsked,
  externalId: string,
  { services, clock, log }: FormPorts<S>,
): { view: ModalView; isForm: boolean } {
  const { title, button } = form;
  if (form.fill) {
    const { blocks } = saying('One moment …');
    return { view: answerView({ title, externalId, blocks }), isForm: true };
  }
  try {
    const opening = { services, actor, clock, given };
    const begun = form.begins ? { ...given, value: form.begins(opening) } : given;
    const items = form.open({ ...opening, given: begun }).map(redactedItem);
    const view = formView({ callbackId: id, externalId, title, button, items, kept: { given: begun, sent: 0 } });
    return { view, isForm: true };
  } catch (error) {
    const ref = newRequest();
    const expected = error instanceof OpsError;
    if (!expected) log.error({ err: error, ref, command: command.name }, `a form could not be made (ref ${ref})`);
    const { blocks } = expected ? errorPost(error) : wentWrongPost(ref);
    return { view: answerView({ title, externalId, blocks }), isForm: false };
  }
}

/** What a form begins with may come from a system; what somebody types is theirs. */
function redactedItem(item: FormItem): FormItem {
  return item.kind === 'text' && item.initial !== undefined ? { ...item, initial: redact(item.initial) } : item;
}

async function put<S>(
  place: DialogPlace,
  view: ModalView,
  externalId: string,
  { outgoing, log }: FormPorts<S>,
): Promise<Opened> {
  try {
    if (place.kind === 'replace') {
      await outgoing.updateView(place.viewId, { ...view });
      return { view: place.viewId };
    }
    const how = place.kind === 'push' ? ({ push: true } as const) : undefined;
    return { view: await outgoing.openView(place.triggerId, { ...view }, how) };
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    if (error.reason === 'exchanged_trigger_id') return 'used';
    // It may be on the screen nevertheless; then it answers to the id that we gave it.
    if (error.reason === 'unconfirmed') return { view: { externalId } };
    if (!isDeadTokenError(error)) log.warn({ err: error }, 'a form could not be opened');
    return 'failed';
  }
}

async function deniedWords<S>(
  { form: { role }, id }: MeantForm<S>,
  { actor, given }: FormAsked,
  denial: Denial,
  { access, onDenied }: FormPorts<S>,
): Promise<Post> {
  onDenied({ actor, request: newRequest(), action: id, words: given.value, role, denial });
  return deniedPost(denial, denial.why === 'role' ? await access.holders(role) : []);
}

/** Where nobody can be told (a global shortcut, App Home), the log was. */
export async function tellNotOpened<S>(
  { form }: MeantForm<S>,
  asked: Asked,
  { outgoing }: Pick<FormPorts<S>, 'outgoing'>,
): Promise<void> {
  if (asked.responseUrl) await tell(outgoing, asked, notOpenedPost(form.title));
}
