import type { Role } from '../kernel/command.ts';
import type { Standing, UserGroup } from '../kernel/directory.ts';

/** Who has which role, as ops.yml says it: `@oncall`, `S012…`, `U012…`, `os:anna`. */
export type Roles = Partial<Record<Role, readonly string[]>>;

/** An entry of a role. */
export type Named =
  | { kind: 'person'; id: string }
  | { kind: 'group'; ref: string }
  | { kind: 'terminal'; user: string };

/** What is known of a group that a role names. */
export type GroupState =
  | { kind: 'active'; id: string; members: ReadonlySet<string> }
  | { kind: 'empty' | 'disabled' | 'missing' }
  | { kind: 'unreadable'; error: unknown };

export type Verdict =
  | { kind: 'has' }
  /** `unfit`: groups that name nobody, with why. */
  | { kind: 'lacks'; nobodyNamed: boolean; unfit: { ref: string; why: 'empty' | 'disabled' | 'missing' }[] }
  | { kind: 'unreadable'; error: unknown };

/** Operator and approver don't include each other: who asks for something need not be able to allow it. */
const rolesThatInclude: Record<Role, readonly Role[]> = {
  viewer: ['viewer', 'responder', 'operator', 'approver', 'admin'],
  responder: ['responder', 'operator', 'approver', 'admin'],
  operator: ['operator', 'admin'],
  approver: ['approver', 'admin'],
  admin: ['admin'],
};

/** Everyone named for a role: first under the role itself, then under those that include it; each once. */
export function namedFor(roles: Roles, role: Role): Named[] {
  const entries = rolesThatInclude[role].flatMap((holder) => roles[holder] ?? []);
  return [...new Set(entries)].map(readEntry);
}

function readEntry(entry: string): Named {
  if (entry.startsWith('os:')) return { kind: 'terminal', user: entry.slice('os:'.length) };
  if (/^[UW]/.test(entry)) return { kind: 'person', id: entry };
  return { kind: 'group', ref: entry };
}

/** Whether looking is open to every full member: only while nobody is named for it. */
export function isOpen(roles: Roles, role: Role): boolean {
  return role === 'viewer' && roles.viewer === undefined;
}

/** The group that an entry means: by id, else by its handle; an enabled one before a disabled one of the same handle. */
export function groupNamed(groups: readonly UserGroup[], ref: string): UserGroup | undefined {
  const handle = ref.replace(/^@/, '').toLowerCase();
  const found = groups.filter((group) => group.id === ref || (ref.startsWith('@') && group.handle === handle));
  return found.find((group) => !group.disabled) ?? found[0];
}

/** What a person's standing alone decides. */
export function standingDenies(standing: Standing): standing is Exclude<Standing, 'member'> {
  return standing !== 'member';
}

/** Whether a full member is among those named. A group that can't be read counts only when no other one says yes. */
export function judge(userId: string, named: readonly Named[], states: ReadonlyMap<string, GroupState>): Verdict {
  const unfit: { ref: string; why: 'empty' | 'disabled' | 'missing' }[] = [];
  let unreadable: { kind: 'unreadable'; error: unknown } | undefined;
  for (const entry of named) {
    if (entry.kind === 'person' && entry.id === userId) return { kind: 'has' };
    if (entry.kind !== 'group') continue;
    const state = states.get(entry.ref) ?? { kind: 'missing' };
    if (state.kind === 'unreadable') unreadable = state;
    else if (state.kind !== 'active') unfit.push({ ref: entry.ref, why: state.kind });
    else if (state.members.has(userId)) return { kind: 'has' };
  }
  return unreadable ?? { kind: 'lacks', nobodyNamed: named.length === 0, unfit };
}
