import { remember } from './bounded.ts';
import { type Choice, chosen, initialValues, usable, type Values } from './element-state.ts';
import { WrongUse } from './errors.ts';
import { envelope, messageContext, type Outcome, outcomeOf } from './interactions.ts';
import { KEPT } from './limits.ts';
import type { Surroundings } from './surroundings.ts';
import { viewJson } from './views.ts';
import type { Json, Message, User, View } from './world.ts';

/** What carries buttons and menus: a message, an ephemeral message, a dialog, the home tab. */
export type Surface = Message | View;

function isMessage(surface: Surface): surface is Message {
  return 'ts' in surface;
}

/** Which element: its action_id, or with `block_id/action_id` the one in that block. */
export function findElement(surface: Surface, ref: string): { block: Json; element: Json } {
  const all = usable(surface.blocks);
  const found = all.find(
    ({ block, element }) =>
      element.action_id === ref || `${String(block.block_id)}/${String(element.action_id)}` === ref,
  );
  if (found) return found;
  const known = all.map(({ element }) => element.action_id).join(', ');
  throw new WrongUse(`No element ${ref} here; there are: ${known || 'none'}`);
}

/** What this person has chosen in a message's menus so far; every person has their own. */
function messageValues({ state }: Surroundings, user: User, message: Message): Values {
  const key = `${user.id} ${message.ts}`;
  const values = state.messageValues.get(key) ?? initialValues(message.blocks, message.channel);
  remember(state.messageValues, key, values, KEPT.choices);
  return values;
}

/** Clicks a button, picks from a menu, ticks boxes: one block_actions interaction. */
export async function act(
  around: Surroundings,
  user: User,
  surface: Surface,
  ref: string,
  choice: Choice,
): Promise<Outcome> {
  const { state, deliveries } = around;
  const { block, element } = findElement(surface, ref);
  const blockId = String(block.block_id);
  const actionId = String(element.action_id);
  const picked = chosen(element, choice);
  const values = isMessage(surface) ? messageValues(around, user, surface) : surface.values;
  if (values[blockId]?.[actionId]) values[blockId][actionId] = { type: element.type, ...picked };
  // Inside an input block an element stays silent until it asks to be told.
  if (block.type === 'input' && block.dispatch_action !== true) return { ok: true };

  const { type, text, value, style, placeholder } = element;
  const action = {
    type,
    action_id: actionId,
    block_id: blockId,
    action_ts: state.timestamps.next(),
    ...(text !== undefined && { text }),
    ...(value !== undefined && { value }),
    ...(style !== undefined && { style }),
    ...(placeholder !== undefined && { placeholder }),
    ...picked,
  };
  const where = isMessage(surface) ? onMessage(around, user, surface, values) : onView(around, surface);
  const origin = isMessage(surface) ? { channel: surface.channel } : { view: surface.id };
  const payload = {
    type: 'block_actions',
    ...envelope(state, user),
    trigger_id: state.newTrigger(user.id, origin),
    ...where,
    actions: [action],
  };
  return outcomeOf(await deliveries.send('interactive', payload));
}

function onMessage({ state }: Surroundings, user: User, message: Message, values: Values): Json {
  const ephemeral = message.ephemeral_to !== undefined;
  const { ts, channel, thread_ts } = message;
  const container = {
    type: 'message',
    message_ts: ts,
    channel_id: channel,
    is_ephemeral: ephemeral,
    ...(thread_ts && { thread_ts }),
  };
  const context = messageContext(state, message);
  return {
    container,
    channel: context.channel,
    ...(!ephemeral && { message: context.message }),
    state: { values },
    response_url: state.newResponseUrl({ channel, user: user.id, message: { ts, ephemeral } }),
  };
}

function onView({ state }: Surroundings, view: View): Json {
  return { container: { type: 'view', view_id: view.id }, view: viewJson(state, view) };
}

/** Runs a shortcut of the app: on a message, or from anywhere. */
export async function shortcut(
  around: Surroundings,
  user: User,
  callbackId: string,
  message?: Message,
): Promise<Outcome> {
  const { state, deliveries, shortcuts } = around;
  const kind = message ? 'message' : 'global';
  if (shortcuts && !shortcuts.some((known) => known.callbackId === callbackId && known.kind === kind))
    return { ok: false, error: 'unknown_shortcut' };
  const common = { ...envelope(state, user), callback_id: callbackId, action_ts: state.timestamps.next() };
  const payload = message
    ? {
        type: 'message_action',
        ...common,
        trigger_id: state.newTrigger(user.id, { channel: message.channel }),
        message_ts: message.ts,
        ...messageContext(state, message),
        response_url: state.newResponseUrl({
          channel: message.channel,
          user: user.id,
          message: { ts: message.ts, ephemeral: false },
        }),
      }
    : { type: 'shortcut', ...common, trigger_id: state.newTrigger(user.id) };
  return outcomeOf(await deliveries.send('interactive', payload));
}
