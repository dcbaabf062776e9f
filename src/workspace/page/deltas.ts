import type { WorkspaceEvent } from '../events.ts';
import type { WorkspaceState } from '../state.ts';
import type { User } from '../world.ts';
import type { PageEvent } from './contract.ts';
import { canSee, channelsFor, homeFor, isPerson, newestIn, viewsFor } from './visible.ts';

/** What somebody's page must hear of an event of the workspace. `known` = the channels it has; kept up to date here. */
export function deltasFor(state: WorkspaceState, viewer: User, event: WorkspaceEvent, known: Set<string>): PageEvent[] {
  switch (event.type) {
    case 'message_posted':
    case 'message_changed':
      if (!canSee(viewer, state.channels.get(event.message.channel))) return [];
      return [{ type: 'message', message: event.message }];
    case 'message_deleted': {
      const { channel, ts } = event.message;
      return canSee(viewer, state.channels.get(channel)) ? [{ type: 'message_gone', channel, ts }] : [];
    }
    case 'ephemeral_posted':
    case 'ephemeral_changed':
      return event.message.ephemeral_to === viewer.id ? [{ type: 'ephemeral', message: event.message }] : [];
    case 'ephemeral_deleted': {
      const { channel, ts, ephemeral_to } = event.message;
      return ephemeral_to === viewer.id ? [{ type: 'ephemeral_gone', channel, ts }] : [];
    }
    case 'view_opened':
    case 'view_updated':
    case 'view_closed':
      if (event.view.user !== viewer.id) return [];
      // Slack's own method updates a home as it does a dialog.
      if (event.view.type === 'home') return [{ type: 'home', home: homeFor(state, viewer) }];
      return [{ type: 'views', views: viewsFor(state, viewer) }];
    case 'home_published':
      return event.view.user === viewer.id ? [{ type: 'home', home: homeFor(state, viewer) }] : [];
    case 'channel_changed':
      return channelDeltas(state, viewer, event.channel, known);
    case 'people_changed':
      return [{ type: 'people', ...peopleOf(state) }, ...channelDeltas(state, viewer, undefined, known)];
    default:
      return [];
  }
}

/** Everybody who can be acted as, and the groups that can be mentioned. */
export function peopleOf(state: WorkspaceState) {
  return {
    people: [...state.users.values()].filter(isPerson),
    groups: [...state.groups.values()].filter((group) => !group.disabled),
  };
}

/** The channel list, and all that stands in a channel that somebody sees for the first time. */
function channelDeltas(
  state: WorkspaceState,
  viewer: User,
  changed: string | undefined,
  known: Set<string>,
): PageEvent[] {
  const channels = channelsFor(state, viewer);
  const seen = new Set(channels.map(({ id }) => id));
  const came = [...seen].filter((id) => !known.has(id));
  const went = [...known].filter((id) => !seen.has(id));
  for (const id of came) known.add(id);
  for (const id of went) known.delete(id);
  const concerned = came.length > 0 || went.length > 0 || (changed !== undefined && seen.has(changed));
  if (!concerned) return [];
  const messages = came.flatMap((id) => newestIn(state, id));
  return [{ type: 'channels', channels }, ...messages.map((message): PageEvent => ({ type: 'message', message }))];
}
