import { isObject } from './args.ts';
import { problemMessages } from './blocks/message.ts';
import { viewProblems } from './blocks/view.ts';
import { initialValues, type Values, withIds } from './element-state.ts';
import { invalidArguments, SlackError } from './errors.ts';
import { newId } from './ids.ts';
import { VIEW } from './limits.ts';
import type { WorkspaceState } from './state.ts';
import type { Json, View } from './world.ts';

/** A view's definition as the app gave it, or Slack's refusal. */
export function checkedView(definition: unknown, allowed: ('modal' | 'home')[]): Json {
  if (JSON.stringify(definition ?? null).length > VIEW.bytes) throw new SlackError('view_too_large');
  const problems = viewProblems(definition, allowed);
  if (problems.length > 0) throw invalidArguments(...problemMessages(problems));
  return isObject(definition) ? definition : {};
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function newHash(state: WorkspaceState): string {
  return `${Math.floor(state.nowMs() / 1000)}.${newId('').slice(0, 8)}`;
}

function define(state: WorkspaceState, view: View, definition: Json, kept: Values = {}): View {
  const external = text(definition.external_id);
  const others = [...[...state.stacks.values()].flat(), ...state.homes.values()];
  if (external && others.some((other) => other.external_id === external && other.id !== view.id)) {
    throw new SlackError('duplicate_external_id');
  }
  const blocks = withIds(Array.isArray(definition.blocks) ? definition.blocks.filter(isObject) : []);
  const values = initialValues(blocks, view.opened_from_channel);
  for (const [blockId, actions] of Object.entries(values)) {
    for (const actionId of Object.keys(actions)) {
      const before = kept[blockId]?.[actionId];
      if (before && before.type === actions[actionId]?.type) actions[actionId] = before;
    }
  }
  Object.assign(view, {
    hash: newHash(state),
    callback_id: text(definition.callback_id),
    external_id: external,
    private_metadata: text(definition.private_metadata),
    notify_on_close: definition.notify_on_close === true,
    clear_on_close: definition.clear_on_close === true,
    title: definition.title,
    submit: definition.submit,
    close: definition.close,
    blocks,
    values,
  });
  return view;
}

function blank(user: string, type: View['type'], channel?: string): View {
  const id = newId('V');
  return {
    id,
    type,
    user,
    hash: '',
    callback_id: '',
    external_id: '',
    private_metadata: '',
    root_view_id: id,
    previous_view_id: null,
    notify_on_close: false,
    clear_on_close: false,
    blocks: [],
    values: {},
    ...(channel && { opened_from_channel: channel }),
  };
}

export function stackOf(state: WorkspaceState, user: string): View[] {
  const stack = state.stacks.get(user) ?? [];
  state.stacks.set(user, stack);
  return stack;
}

/** Opens a modal, over nothing: what this app had open is gone. */
export function openView(state: WorkspaceState, user: string, definition: Json, channel?: string): View {
  const view = define(state, blank(user, 'modal', channel), definition);
  state.stacks.set(user, [view]);
  state.events.emit({ type: 'view_opened', view });
  return view;
}

/** Puts a modal on top of the open ones; three at most. */
export function pushView(state: WorkspaceState, user: string, definition: Json): View {
  const stack = stackOf(state, user);
  const top = stack.at(-1);
  if (!top) throw new SlackError('not_found');
  if (stack.length >= VIEW.stack) throw new SlackError('push_limit_reached');
  const view = blank(user, 'modal', top.opened_from_channel);
  view.root_view_id = top.root_view_id;
  view.previous_view_id = top.id;
  stack.push(define(state, view, definition));
  state.events.emit({ type: 'view_opened', view });
  return view;
}

/** Replaces a view's content; what the user typed stays where block and action keep their ids. */
export function updateView(state: WorkspaceState, view: View, definition: Json): View {
  define(state, view, definition, view.values);
  state.events.emit({ type: 'view_updated', view });
  return view;
}

export function publishHome(state: WorkspaceState, user: string, definition: Json): View {
  const view = define(state, state.homes.get(user) ?? blank(user, 'home'), definition);
  state.homes.set(user, view);
  state.events.emit({ type: 'home_published', view });
  return view;
}

/** Takes the topmost view away, or all of them. Answers those that are gone, topmost first. */
export function closeViews(state: WorkspaceState, user: string, all: boolean): View[] {
  const stack = stackOf(state, user);
  const gone = stack.splice(all ? 0 : stack.length - 1).reverse();
  for (const view of gone) state.events.emit({ type: 'view_closed', view });
  return gone;
}

/** The open view or home with this id or external id. */
export function findView(
  state: WorkspaceState,
  { id, externalId }: { id?: string; externalId?: string },
): View | undefined {
  const all = [...[...state.stacks.values()].flat(), ...state.homes.values()];
  return all.find((view) => (id ? view.id === id : externalId !== undefined && view.external_id === externalId));
}

/** How answers and payloads show a view. */
export function viewJson(state: WorkspaceState, view: View): Json {
  const { values, user: _user, opened_from_channel: _channel, ...rest } = view;
  const { teamId, appId, botId } = state.identity;
  return {
    ...rest,
    team_id: teamId,
    state: { values },
    title: view.title ?? null,
    submit: view.submit ?? null,
    close: view.close ?? null,
    app_id: appId,
    app_installed_team_id: teamId,
    bot_id: botId,
  };
}
