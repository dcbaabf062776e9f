import { WrongUse } from './errors.ts';
import { newId } from './ids.ts';
import { addChannel, addUser } from './seed.ts';
import type { Surroundings } from './surroundings.ts';
import { changeGroup, changeUser } from './talk.ts';
import type { Channel, User, UserGroup } from './world.ts';

/** The team's channels, accounts and user groups, by name or id; what nobody has is a `WrongUse`. */
export function teamOf(around: Surroundings) {
  const { state } = around;
  const channel = (ref: string): Channel => {
    const found = state.findChannel(ref);
    if (!found) throw new WrongUse(`No channel ${ref} in this workspace`);
    return found;
  };
  const userNamed = (ref: string): User => {
    const found = state.users.get(ref) ?? [...state.users.values()].find((user) => user.name === ref);
    if (!found) throw new WrongUse(`No user ${ref} in this workspace`);
    return found;
  };
  return {
    channel,
    userNamed,
    /** A new full member, or what `rest` makes of them: `{is_restricted: true}` a guest, `{team_id: 'T0OTHER'}` a stranger. */
    addUser: (name: string, rest: Partial<User> = {}) => addUser(state, name, rest),
    /** Changes somebody's account; the app hears of it when it subscribed to user_change. */
    changeUser: (ref: string, changes: Partial<User>) => changeUser(around, userNamed(ref), changes),
    /** Adds a user group with these members. */
    addGroup: (handle: string, members: string[]): UserGroup => {
      const group = { id: newId('S'), handle, name: handle, users: members.map((ref) => userNamed(ref).id) };
      state.groups.set(group.id, group);
      state.events.emit({ type: 'people_changed' });
      return group;
    },
    /** Gives a group other members, disables it…; the app hears of it when it subscribed to subteam events. */
    changeGroup: (handle: string, changes: { members?: string[]; disabled?: boolean }) => {
      const group = [...state.groups.values()].find((candidate) => candidate.handle === handle);
      if (!group) throw new WrongUse(`No user group ${handle} in this workspace`);
      const { members, ...rest } = changes;
      return changeGroup(around, group, {
        ...rest,
        ...(members && { users: members.map((ref) => userNamed(ref).id) }),
      });
    },
    addChannel: (name: string, members: string[], rest: Partial<Channel> = {}) =>
      addChannel(
        state,
        name,
        members.map((ref) => userNamed(ref).id),
        rest,
      ),
  };
}
