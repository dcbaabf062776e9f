import type { App } from '@slack/bolt';
import type { Directory, DirectoryChange, UserGroup } from '../kernel/directory.ts';
import { PortError } from '../kernel/errors.ts';
import type { Answer, Call } from './caller.ts';
import { isObject, unclear } from './pages.ts';
import type { SlackMethod } from './scopes.ts';
import { standingOf } from './standing.ts';

/** Somebody waits for the answer of a button: rather no answer than one after half a minute. */
const patienceMs = 2_000;
const deadlineMs = 3_000;

export interface SlackDirectory extends Directory {
  /** Tells the listeners; called for Slack's events. */
  changed(change: DirectoryChange): void;
}

/** Slack's people and user groups. Nothing is remembered here: whoever asks knows how old an answer may be. */
export function createDirectory({ call, teamId }: { call: Call; teamId: string }): SlackDirectory {
  const listeners: ((change: DirectoryChange) => void)[] = [];
  const ask = (method: SlackMethod, args: Answer) => inTime(method, call(method, args, { patienceMs, slow: true }));

  return {
    person: async (user) => {
      const answer = await ask('users.info', { user }).catch(notHere);
      if (answer === undefined) return 'foreign';
      const found = isObject(answer.user) && answer.user.id === user ? standingOf(answer.user, teamId) : undefined;
      if (found === undefined) throw unclear('users.info');
      return found;
    },
    groups: async () => {
      const { usergroups } = await ask('usergroups.list', { include_disabled: true });
      if (!Array.isArray(usergroups)) throw unclear('usergroups.list');
      return usergroups.filter(isObject).map(groupOf);
    },
    members: async (usergroup) => {
      const { users } = await ask('usergroups.users.list', { usergroup });
      if (!Array.isArray(users)) throw unclear('usergroups.users.list');
      return users.filter((id): id is string => typeof id === 'string');
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    changed: (change) => {
      for (const listener of listeners) listener(change);
    },
  };
}

/** Hears from Slack that somebody, or a group, has changed: one who lost a role need not keep it until it is forgotten. */
export function hearChanges(app: App, { changed }: SlackDirectory): void {
  app.event('user_change', async ({ event }) => changed({ kind: 'person', id: event.user.id }));
  app.event('subteam_updated', async () => changed({ kind: 'groups' }));
  app.event('subteam_members_changed', async () => changed({ kind: 'groups' }));
}

/** Slack doesn't know them here, or may not show them. */
function notHere(error: unknown): undefined {
  const words = ['user_not_found', 'user_not_visible', 'users_not_found'];
  if (error instanceof PortError && words.includes(error.reason)) return undefined;
  throw error;
}

function groupOf({ id, handle, date_delete: deletedAt }: Answer): UserGroup {
  if (typeof id !== 'string' || typeof handle !== 'string') throw unclear('usergroups.list');
  return { id, handle: handle.toLowerCase(), disabled: deletedAt !== 0 };
}

/** The answer, or a PortError once waiting longer helps nobody; what Slack says then is dropped. */
async function inTime(method: SlackMethod, answer: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const words = `Slack didn't answer ${method} within ${deadlineMs / 1_000} s`;
    late.reject(new PortError('unconfirmed', words, { retryable: true }));
  }, deadlineMs);
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}
