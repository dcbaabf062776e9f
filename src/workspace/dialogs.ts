import { findElement } from './actions.ts';
import { isObject } from './args.ts';
import { type Choice, chosen, isFilled } from './element-state.ts';
import { SlackError, WrongUse } from './errors.ts';
import { envelope, type Outcome, outcomeOf } from './interactions.ts';
import type { Surroundings } from './surroundings.ts';
import { checkedView, closeViews, pushView, stackOf, updateView, viewJson } from './views.ts';
import type { Json, User, View } from './world.ts';

/** What happened to a dialog that a person sent off. */
export interface SubmitOutcome extends Outcome {
  /** Messages under the inputs, by block_id: the app's, or Slack's own for what was left empty or is too long. */
  errors?: Record<string, string>;
}

const INCOMPLETE = 'Please complete this required field.';

/** Fills in `values` (by action_id, or block_id/action_id) and presses the submit button. */
export async function submit(
  around: Surroundings,
  user: User,
  view: View,
  values: Record<string, Choice>,
): Promise<SubmitOutcome> {
  const { state, deliveries } = around;
  if (stackOf(state, user.id).at(-1) !== view) throw new WrongUse('This dialog is not the one on top of the screen');
  for (const [ref, choice] of Object.entries(values)) {
    const { block, element } = findElement(view, ref);
    const blockId = String(block.block_id);
    view.values[blockId] = {
      ...view.values[blockId],
      [String(element.action_id)]: { type: element.type, ...chosen(element, choice) },
    };
  }
  const missing = inputErrors(view);
  if (Object.keys(missing).length > 0) return { ok: false, error: 'invalid_input', errors: missing };
  const payload = {
    type: 'view_submission',
    ...envelope(state, user),
    trigger_id: state.newTrigger(user.id, { view: view.id }),
    view: viewJson(state, view),
    response_urls: responseUrls(around, user, view),
  };
  const outcome = outcomeOf(await deliveries.send('interactive', payload));
  if (!outcome.ok) return outcome;
  return applyResponse(around, user, view, outcome);
}

/** What Slack's own client refuses to send. */
function inputErrors(view: View): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== 'input' || !isObject(block.element)) continue;
    const id = String(block.block_id);
    const state = view.values[id]?.[String(block.element.action_id)];
    if (!isFilled(state)) {
      if (block.optional !== true) errors[id] = INCOMPLETE;
      continue;
    }
    const chars = typeof state?.value === 'string' ? [...state.value].length : undefined;
    const { min_length: min, max_length: max } = block.element;
    if (chars !== undefined && typeof min === 'number' && chars < min)
      errors[id] = `Must be at least ${min} characters.`;
    if (chars !== undefined && chars > (typeof max === 'number' ? max : 3000))
      errors[id] = `Must be at most ${max ?? 3000} characters.`;
    if (block.element.type === 'number_input' && Number.isNaN(Number(state?.value))) errors[id] = 'Must be a number.';
  }
  return errors;
}

function responseUrls({ state }: Surroundings, user: User, view: View): Json[] {
  return view.blocks.flatMap((block) => {
    const { element } = block;
    if (!isObject(element) || element.response_url_enabled !== true) return [];
    const chosenState = view.values[String(block.block_id)]?.[String(element.action_id)];
    const channel = chosenState?.selected_conversation ?? chosenState?.selected_channel;
    if (typeof channel !== 'string') return [];
    const response_url = state.newResponseUrl({ channel, user: user.id });
    return [{ block_id: block.block_id, action_id: element.action_id, channel_id: channel, response_url }];
  });
}

/** Does what the acknowledgement of a submission says. A response Slack can't use leaves the dialog open with an error. */
function applyResponse({ state }: Surroundings, user: User, view: View, outcome: Outcome): SubmitOutcome {
  const { ack } = outcome;
  const action = isObject(ack) ? ack.response_action : undefined;
  try {
    if (!isObject(ack) || action === undefined) {
      closeViews(state, user.id, false);
      return outcome;
    }
    if (action === 'errors') return { ...outcome, ok: false, error: 'errors', errors: checkedErrors(view, ack.errors) };
    if (action === 'clear') closeViews(state, user.id, true);
    else if (action === 'update') updateView(state, view, checkedView(ack.view, ['modal']));
    else if (action === 'push') pushView(state, user.id, checkedView(ack.view, ['modal']));
    else return { ...outcome, ok: false, error: 'invalid_response_action' };
    return outcome;
  } catch (error) {
    if (error instanceof SlackError) return { ...outcome, ok: false, error: error.code, ack: error.extra };
    throw error;
  }
}

function checkedErrors(view: View, errors: unknown): Record<string, string> {
  const known = new Set(view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id));
  const entries = Object.entries(isObject(errors) ? errors : {});
  for (const [blockId] of entries) if (!known.has(blockId)) throw new SlackError('invalid_response_action_errors');
  return Object.fromEntries(entries.map(([blockId, message]) => [blockId, String(message)]));
}

/** Closes the topmost dialog by its cross; an app that asked to be told is told. */
export async function dismiss({ state, deliveries }: Surroundings, user: User): Promise<Outcome> {
  const top = stackOf(state, user.id).at(-1);
  if (!top) throw new WrongUse('No dialog is open');
  const gone = closeViews(state, user.id, top.clear_on_close);
  let outcome: Outcome = { ok: true };
  for (const view of gone.filter((candidate) => candidate.notify_on_close)) {
    const payload = {
      type: 'view_closed',
      ...envelope(state, user),
      view: viewJson(state, view),
      is_cleared: top.clear_on_close,
    };
    outcome = outcomeOf(await deliveries.send('interactive', payload));
  }
  return outcome;
}
