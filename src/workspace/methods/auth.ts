import { SlackError } from '../errors.ts';
import type { MethodFamily } from '../method.ts';

export const authMethods: MethodFamily = {
  'api.test': {
    scopes: [],
    tier: 4,
    token: 'none',
    run: ({ args }) => {
      const { token: _token, ...rest } = args.raw;
      const error = args.text('error');
      if (error) throw new SlackError(error, { args: rest });
      return { args: rest };
    },
  },
  'auth.test': {
    scopes: [],
    tier: 4,
    run: ({ state, token }) => {
      const { teamId, teamName, appId, botId, botUser } = state.identity;
      const common = { url: `${state.url}/`, team: teamName, team_id: teamId, is_enterprise_install: false };
      if (token.kind === 'app') return { ...common, app_id: appId };
      return { ...common, user: state.user(botUser).name, user_id: botUser, bot_id: botId };
    },
  },
  'apps.connections.open': {
    scopes: ['connections:write'],
    tier: 1,
    token: 'app',
    run: ({ socketUrl }) => ({ url: socketUrl() }),
  },
};
