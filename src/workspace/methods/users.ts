import { SlackError } from '../errors.ts';
import type { Call, MethodFamily } from '../method.ts';
import { page } from '../paging.ts';
import type { Json, User, UserGroup } from '../world.ts';

/** A user as Slack shows it: the address only with users:read.email. */
function userJson({ token }: Call, user: User): Json {
  const { email, ...rest } = user;
  return {
    is_ultra_restricted: false,
    ...rest,
    is_owner: false,
    is_app_user: false,
    tz_label: user.tz,
    profile: {
      real_name: user.real_name,
      display_name: user.name,
      ...(email && token.scopes.includes('users:read.email') && { email }),
    },
  };
}

function groupJson({ state }: Call, group: UserGroup, withUsers: boolean): Json {
  const { users, disabled, ...rest } = group;
  return {
    ...rest,
    team_id: state.identity.teamId,
    is_usergroup: true,
    date_delete: disabled ? 1 : 0,
    user_count: users.length,
    ...(withUsers && { users }),
  };
}

export const usersMethods: MethodFamily = {
  'users.info': {
    scopes: ['users:read'],
    tier: 4,
    run: (call) => ({ user: userJson(call, call.state.user(call.args.required('user'))) }),
  },
  'users.list': {
    scopes: ['users:read'],
    tier: 2,
    run: (call) => {
      const { items, response_metadata } = page(call.args, [...call.state.users.values()], 1000, 1000);
      return { members: items.map((user) => userJson(call, user)), response_metadata };
    },
  },
  'users.lookupByEmail': {
    scopes: ['users:read.email'],
    tier: 3,
    run: (call) => {
      const email = call.args.required('email').toLowerCase();
      const user = [...call.state.users.values()].find((u) => u.email.toLowerCase() === email && !u.deleted);
      if (!user) throw new SlackError('users_not_found');
      return { user: userJson(call, user) };
    },
  },
  'usergroups.list': {
    scopes: ['usergroups:read'],
    tier: 2,
    run: (call) => ({
      usergroups: [...call.state.groups.values()]
        .filter((group) => !group.disabled || call.args.flag('include_disabled'))
        .map((group) => groupJson(call, group, call.args.flag('include_users'))),
    }),
  },
  'usergroups.users.list': {
    scopes: ['usergroups:read'],
    tier: 2,
    run: ({ state, args }) => {
      const group = state.groups.get(args.required('usergroup'));
      if (!group || (group.disabled && !args.flag('include_disabled'))) throw new SlackError('no_such_subteam');
      return { users: group.users };
    },
  },
};
