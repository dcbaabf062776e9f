import type { Ops } from '../../config/model.ts';
import { powerByHandle } from '../../config/report.ts';
import { failure } from '../examine.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

/** What Slack knows of somebody whom the config names. `none`: there is no such group or person. */
export type SeenPeople = 'fine' | 'none' | 'empty' | 'disabled' | 'deactivated' | 'guest' | 'bot' | 'foreign';

export interface People {
  /** Whether Slack answers this bot at all; throws what says why not. */
  identity(): Promise<unknown>;
  /** `@handle` of a user group, or the id of a group or a person. Throws what says why it can't be known. */
  people(ref: string): Promise<SeenPeople>;
  /** Whether a person has this name. */
  isPerson(name: string): Promise<boolean>;
}

const words: Record<Exclude<SeenPeople, 'fine'>, string> = {
  none: 'is no user group or person of this workspace',
  empty: 'is a user group without members',
  disabled: 'is a disabled user group',
  deactivated: 'is deactivated',
  guest: 'is a guest, who gets no role',
  bot: 'is a bot, which gets no role',
  foreign: 'is of another workspace, and gets no role',
};

/** Whether those who have roles are there: a role of nobody denies everybody. */
export function rolesPart({ roles }: Pick<Ops, 'roles'>, directory: People): Part {
  return {
    name: 'roles',
    look: async () => {
      await directory.identity();
      const named = Object.entries(roles).filter(([, members]) => members.length > 0);
      if (named.length === 0) {
        const fix = 'name user groups under roles in ops.yml, such as operator: ["@on-call"]';
        return [warn('nobody has a role: people can look, and change nothing', fix)];
      }
      const found = await Promise.all(named.map(([role, members]) => lookAtRole(role, members, directory)));
      return [...found.flat(), ...powerByHandle({ roles }).map(remarkOf)];
    },
  };
}

/** A remark and no warning: who may edit user groups may be few and known. */
function remarkOf({ role, handles }: { role: string; handles: string[] }): Found {
  const fix = `name it by its id (S…) in roles.${role}: another group can take over a handle`;
  return { ...ok(`${role} names ${handles.join(', ')} by handle`), fix };
}

async function lookAtRole(role: string, members: readonly string[], directory: People): Promise<Found[]> {
  const slack = members.filter((member) => !member.startsWith('os:'));
  const found = await Promise.all(slack.map((member) => lookAtMember(role, member, directory)));
  const bad = found.flat();
  return bad.length > 0 ? bad : [ok(`${role}: ${members.join(', ')}`)];
}

async function lookAtMember(role: string, member: string, directory: People): Promise<Found[]> {
  const seen = await seenOf(member, directory);
  if (typeof seen !== 'string') return [{ ...seen, message: `roles.${role}: ${member}: ${seen.message}` }];
  if (seen === 'fine') return [];
  const fix = `correct roles.${role} in ops.yml, or the user group in Slack`;
  return [problem(`roles.${role}: ${member} ${words[seen]}`, fix)];
}

/** Whether those whom alerts call are there. A free name mentions nobody, and is meant so. */
export function ownersPart({ groups, checks }: Pick<Ops, 'groups' | 'checks'>, directory: People): Part {
  return {
    name: 'owners',
    look: async () => {
      await directory.identity();
      const owners = new Map<string, string[]>();
      const add = (owner: string | undefined, of: string) => {
        if (owner !== undefined) owners.set(owner, [...(owners.get(owner) ?? []), of]);
      };
      for (const group of groups.values()) add(group.owner, `group ${group.id}`);
      for (const check of checks) {
        if (check.owner !== groups.get(check.group)?.owner) add(check.owner, `check ${check.id}`);
      }
      const mentions = [...owners].filter(([owner]) => /^@|^[UWS][A-Z0-9]{5,}$/.test(owner));
      const found = await Promise.all(mentions.map(([owner, of]) => lookAtOwner(owner, of, directory)));
      const bad = found.flat();
      return bad.length > 0 ? bad : [ok(owners.size > 0 ? [...owners.keys()].join(', ') : 'no check has an owner')];
    },
  };
}

async function lookAtOwner(owner: string, of: readonly string[], directory: People): Promise<Found[]> {
  const where = of.length > 3 ? `${of.slice(0, 3).join(', ')} and ${of.length - 3} more` : of.join(', ');
  const seen = await seenOf(owner, directory, { orPerson: owner.startsWith('@') });
  if (typeof seen !== 'string') return [{ ...seen, message: `${owner} (${where}): ${seen.message}` }];
  // Anybody of the workspace can be called, whatever role they may have.
  if (!['none', 'empty', 'disabled', 'deactivated'].includes(seen)) return [];
  const fix = `create the user group in Slack, or correct the owner in ops.yml`;
  return [warn(`${owner}, owner of ${where}, ${words[seen as 'none']}: nobody is called`, fix)];
}

async function seenOf(
  ref: string,
  directory: People,
  { orPerson = false }: { orPerson?: boolean } = {},
): Promise<SeenPeople | Found> {
  try {
    const seen = await directory.people(ref);
    return seen === 'none' && orPerson && (await directory.isPerson(ref)) ? 'fine' : seen;
  } catch (error) {
    return failure(error);
  }
}
