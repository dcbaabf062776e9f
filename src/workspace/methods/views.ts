import { invalidArguments, SlackError } from '../errors.ts';
import type { Call, MethodFamily } from '../method.ts';
import { checkedView, findView, openView, publishHome, pushView, updateView, viewJson } from '../views.ts';
import type { View } from '../world.ts';

function definition({ args }: Call, allowed: ('modal' | 'home')[]) {
  if (!args.has('view')) throw invalidArguments('missing required field: view');
  return checkedView(args.structure('view', 'invalid_arguments'), allowed);
}

function checkHash({ args }: Call, view: View | undefined): void {
  const hash = args.text('hash');
  if (hash && view && hash !== view.hash) throw new SlackError('hash_conflict');
}

function trigger({ state, args }: Call) {
  const id = args.text('trigger_id') ?? args.text('interactivity_pointer');
  if (!id) throw invalidArguments('missing required field: trigger_id');
  return state.exchangeTrigger(id);
}

export const viewsMethods: MethodFamily = {
  'views.open': {
    scopes: [],
    tier: 4,
    run: (call) => {
      const view = definition(call, ['modal']);
      const { user, channel } = trigger(call);
      return { view: viewJson(call.state, openView(call.state, user, view, channel)) };
    },
  },
  'views.push': {
    scopes: [],
    tier: 4,
    run: (call) => {
      const view = definition(call, ['modal']);
      return { view: viewJson(call.state, pushView(call.state, trigger(call).user, view)) };
    },
  },
  'views.update': {
    scopes: [],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      const id = args.text('view_id');
      const externalId = args.text('external_id');
      if (!id && !externalId) throw invalidArguments('missing required field: view_id');
      const content = definition(call, ['modal', 'home']);
      const view = findView(state, { ...(id && { id }), ...(externalId && { externalId }) });
      if (!view) throw new SlackError('not_found');
      checkHash(call, view);
      return { view: viewJson(state, updateView(state, view, content)) };
    },
  },
  'views.publish': {
    scopes: [],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      if (!state.homeTab) throw new SlackError('not_enabled');
      const user = state.user(args.required('user_id'), 'user_not_found');
      const content = definition(call, ['home']);
      checkHash(call, state.homes.get(user.id));
      return { view: viewJson(state, publishHome(state, user.id, content)) };
    },
  },
};
