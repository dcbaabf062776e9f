import type { Access, Decision } from '../kernel/access.ts';
import type { Role } from '../kernel/command.ts';
import type { Directory, Standing, UserGroup } from '../kernel/directory.ts';
import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { createMemory } from '../kernel/memory.ts';
import { type GroupState, groupNamed, isOpen, judge, namedFor, type Roles, standingDenies } from './roles.ts';
import { deniedByRole, deniedByStanding, deniedInTerminal, deniedUnknown, deniedUnverified } from './words.ts';

export interface AccessOptions {
  roles: Roles;
  /** Without it (a terminal of its own) nobody of Slack can be verified. */
  directory?: Directory;
  log: Log;
  /** A clock that only runs forward, ms. */
  elapsedMs?: () => number;
}

/** Somebody who lost a role may keep it this long where no event tells of it. */
const rememberedForMs = 60_000;
const failureRememberedForMs = 3_000;
const mostHolders = 5;

/** Decides by the roles of ops.yml and by what Slack says of people and groups; denies whatever can't be read. */
export function createAccess({ roles, directory = nobody, log, elapsedMs }: AccessOptions): Access {
  const kept = { forMs: rememberedForMs, failedForMs: failureRememberedForMs, ...(elapsedMs && { elapsedMs }) };
  const standings = createMemory<Standing>(kept);
  const lists = createMemory<UserGroup[]>(kept);
  const memberships = createMemory<ReadonlySet<string>>(kept);
  directory.onChange((change) => {
    if (change.kind === 'person') return standings.forget(change.id);
    lists.forget();
    memberships.forget();
  });

  async function stateOf(ref: string): Promise<GroupState> {
    try {
      const group = groupNamed(await lists.recall('all', () => directory.groups()), ref);
      if (group === undefined) return { kind: 'missing' };
      if (group.disabled) return { kind: 'disabled' };
      const members = await memberships.recall(group.id, async () => new Set(await directory.members(group.id)));
      return members.size === 0 ? { kind: 'empty' } : { kind: 'active', id: group.id, members };
    } catch (error) {
      return { kind: 'unreadable', error };
    }
  }

  async function decidePerson(id: string, role: Role): Promise<Decision> {
    const standing = await standings.recall(id, () => directory.person(id));
    if (standingDenies(standing)) return deniedByStanding(standing);
    if (isOpen(roles, role)) return { kind: 'allowed' };
    const named = namedFor(roles, role);
    // Named as a person: no group need be read, and none that can't be read stands in the way.
    if (judge(id, named, new Map()).kind === 'has') return { kind: 'allowed' };
    const refs = named.flatMap((entry) => (entry.kind === 'group' ? [entry.ref] : []));
    const states = new Map(await Promise.all(refs.map(async (ref) => [ref, await stateOf(ref)] as const)));
    const verdict = judge(id, named, states);
    if (verdict.kind === 'has') return { kind: 'allowed' };
    return verdict.kind === 'lacks' ? deniedByRole(role, verdict) : unverified(verdict.error);
  }

  function unverified(error: unknown): Decision {
    // A port's failure is told with the denial; any other is a fault of ours.
    if (!(error instanceof PortError)) log.error({ err: error }, 'who somebody is could not be looked up');
    return deniedUnverified(error);
  }

  return {
    decide: async ({ id }, role) => {
      const [, face, name = ''] = /^(slack|os):(.+)$/.exec(id) ?? [];
      if (face === 'os') return decideInTerminal(roles, name, role);
      if (face !== 'slack') return deniedUnknown;
      return decidePerson(name, role).catch(unverified);
    },
    holders: async (role) => {
      const mentions: string[] = [];
      for (const entry of namedFor(roles, role)) {
        if (mentions.length === mostHolders) break;
        if (entry.kind === 'person') mentions.push(`<@${entry.id}>`);
        if (entry.kind === 'group') mentions.push(...mentionOf(entry.ref, await stateOf(entry.ref)));
      }
      return mentions;
    },
  };
}

/** A terminal shows what its user could read in the database anyway; what changes something takes a role. */
function decideInTerminal(roles: Roles, user: string, role: Role): Decision {
  if (role === 'viewer') return { kind: 'allowed' };
  const isNamed = namedFor(roles, role).some((entry) => entry.kind === 'terminal' && entry.user === user);
  return isNamed ? { kind: 'allowed' } : deniedInTerminal(role, user);
}

/** A group nobody is in helps nobody; one that can't be read is named by what ops.yml calls it. */
function mentionOf(ref: string, state: GroupState): string[] {
  if (state.kind === 'active') return [`<!subteam^${state.id}>`];
  if (state.kind === 'unreadable') return [ref.startsWith('@') ? ref : `<!subteam^${ref}>`];
  return [];
}

const notConnected = async () => {
  throw new PortError('unreachable', 'this process is not connected to Slack', { retryable: false });
};
const nobody: Directory = { person: notConnected, groups: notConnected, members: notConnected, onChange: () => {} };
