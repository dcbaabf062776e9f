import type { WorkspaceState } from '../state.ts';
import type { Channel, Message, User, View } from '../world.ts';
import type { ChannelShown, ViewShown } from './contract.ts';

/** How many of the newest messages of a channel a visit gets. */
export const MESSAGES_SHOWN = 300;

/** Members may look into any public channel, guests and strangers only into their own. */
export function canSee(viewer: User, channel: Channel | undefined): boolean {
  if (!channel) return false;
  const isOpen = !channel.is_private && !viewer.is_restricted && viewer.is_stranger !== true;
  return isOpen || channel.members.has(viewer.id);
}

/** May somebody sit in front of the page as this user? */
export function isPerson(user: User): boolean {
  return !user.is_bot && !user.deleted;
}

/** The channels somebody sees; a direct message is named after the other side. */
export function channelsFor(state: WorkspaceState, viewer: User): ChannelShown[] {
  return [...state.channels.values()]
    .filter((channel) => canSee(viewer, channel))
    .map((channel) => {
      const members = [...channel.members];
      const other = members.find((id) => id !== viewer.id);
      return {
        id: channel.id,
        name: channel.is_im ? (state.users.get(other ?? '')?.name ?? '') : channel.name,
        kind: channel.is_im ? 'im' : channel.is_private ? 'private' : 'public',
        archived: channel.is_archived,
        topic: channel.topic,
        members,
        bookmarks: state.bookmarks
          .filter((bookmark) => bookmark.channel_id === channel.id)
          .map(({ title, link, emoji }) => ({ title, link, emoji })),
      };
    });
}

/** The newest messages of a channel, with the older ones that their threads hang on. */
export function newestIn(state: WorkspaceState, channel: string): Message[] {
  const all = state.messagesIn(channel);
  const newest = new Set(all.slice(-MESSAGES_SHOWN));
  const roots = new Set([...newest].flatMap(({ thread_ts }) => (thread_ts ? [thread_ts] : [])));
  return all.filter((message) => newest.has(message) || roots.has(message.ts));
}

export function shownView({ user: _user, ...view }: View): ViewShown {
  return view;
}

export function viewsFor(state: WorkspaceState, viewer: User): ViewShown[] {
  return (state.stacks.get(viewer.id) ?? []).map(shownView);
}

export function homeFor(state: WorkspaceState, viewer: User): ViewShown | null {
  const home = state.homes.get(viewer.id);
  return home ? shownView(home) : null;
}
