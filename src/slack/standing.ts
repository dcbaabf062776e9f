import type { Standing } from '../kernel/directory.ts';
import type { Answer } from './caller.ts';

/** Slack's own bot has an ordinary id and no `is_bot`. */
const slackbot = 'USLACKBOT';

/**
 * How Slack's user object says somebody belongs to the workspace `teamId`; undefined when it doesn't say enough.
 * In an Enterprise Grid people have their home in one workspace and belong to several: `enterprise_user.teams`.
 */
export function standingOf(user: Answer, teamId: string): Standing | undefined {
  if (typeof user.id !== 'string' || typeof user.deleted !== 'boolean') return undefined;
  if (user.id === slackbot || user.is_bot === true || user.is_workflow_bot === true) return 'bot';
  if (user.is_stranger === true) return 'foreign';
  const enterprise = user.enterprise_user;
  const teams = typeof enterprise === 'object' && enterprise !== null && 'teams' in enterprise && enterprise.teams;
  const isOurs = Array.isArray(teams) ? teams.includes(teamId) : user.team_id === teamId;
  if (!isOurs) return 'foreign';
  if (user.deleted) return 'deactivated';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
}
