import { OpsError } from '../../kernel/errors.ts';
import { type RoleName, roleNames, type Severity } from '../../severities/model.ts';
import type { By, Incident } from '../model.ts';
import type { Happened } from '../part.ts';

/** What people call a role, and what is expected of whoever has it. */
export const roles: Readonly<Record<RoleName, { title: string; does: string; words: readonly string[] }>> = {
  commander: {
    title: 'Commander',
    does: 'Decide, and keep everybody on one thing at a time. You don’t repair: you see to it that somebody does, that updates go out, and that it ends.',
    words: ['commander', 'command', 'ic'],
  },
  communications: {
    title: 'Communications',
    does: 'Write the updates when they are due, and tell those who must be told. Keep questions away from those who repair.',
    words: ['communications', 'communication', 'comms', 'comm'],
  },
  operations: {
    title: 'Operations',
    does: 'Lead the repair: what is tried, by whom, what came of it. Tell the commander before something risky is done.',
    words: ['operations', 'operation', 'operator', 'ops'],
  },
  scribe: {
    title: 'Scribe',
    does: 'Write down what is seen, decided and done, with the time, so that nobody has to remember it.',
    words: ['scribe', 'notes'],
  },
};

/** The role that a word means. Pure. */
export function roleNamed(word: string): RoleName | undefined {
  return roleNames.find((role) => roles[role].words.includes(word.toLowerCase()));
}

/** What a button carries: `42:commander`. Throws OpsError for one of another version. */
export function roleValue(value: string): { id: number; role: RoleName } {
  const [id = '', word = ''] = value.split(':');
  const role = roleNamed(word);
  if (!/^\d{1,15}$/.test(id) || role === undefined)
    throw new OpsError('invalid', 'That button is of another version', { hint: '`/ops role` has them anew' });
  return { id: Number(id), role };
}

/** What taking a role means as things stand. Pure. */
export function claiming(incident: Incident, role: RoleName, by: By): 'claim' | 'yours' | 'taken' | 'over' {
  if (incident.resolved) return 'over';
  const holder = incident.roles[role];
  if (!holder) return 'claim';
  return holder.id === by.id ? 'yours' : 'taken';
}

/** What giving it to somebody means. Pure. */
export function assigning(incident: Incident, role: RoleName, who: By): 'assign' | 'same' | 'over' {
  if (incident.resolved) return 'over';
  return incident.roles[role]?.id === who.id ? 'same' : 'assign';
}

/** What having nobody for it means. Pure. */
export function vacating(incident: Incident, role: RoleName): 'vacate' | 'free' | 'over' {
  if (incident.resolved) return 'over';
  return incident.roles[role] ? 'vacate' : 'free';
}

/** The roles that its severity needs and nobody has. Pure. */
export function unclaimed(incident: Incident, severities: readonly Severity[]): RoleName[] {
  const needed = severities.find(({ id }) => id === incident.severity)?.roles.needed ?? [];
  return needed.filter((role) => !incident.roles[role]);
}

/** Whether people are to be asked, after a while, to take what nobody has; counted from this change. Pure. */
export function planning(
  { change, incident, before }: Pick<Happened, 'change' | 'incident' | 'before'>,
  severities: readonly Severity[],
): 'plan' | 'cancel' | 'leave' {
  const free = unclaimed(incident, severities);
  if (free.length === 0) return 'cancel';
  switch (change) {
    case 'declared':
    case 'reopened':
    case 'paused':
    case 'resumed':
      return 'plan';
    case 'severity':
      return isRaised(incident, before, severities) ? 'plan' : 'leave';
    case 'roles':
      return before && free.some((role) => before.roles[role]) ? 'plan' : 'leave';
    default:
      return 'leave';
  }
}

function isRaised(now: Incident, before: Incident | undefined, severities: readonly Severity[]): boolean {
  const rankOf = (incident?: Incident) => severities.find(({ id }) => id === incident?.severity)?.rank;
  const [from, to] = [rankOf(before), rankOf(now)];
  return from === undefined || to === undefined || to < from;
}

/** How often people are asked: after a while, and after twice as long. */
export const nudges = 2;

export type Nudging =
  | { kind: 'nudge'; roles: RoleName[] }
  /** Somebody has them all. */
  | { kind: 'filled' }
  | { kind: 'over' }
  /** Until it goes on: at that time, or when somebody says so. */
  | { kind: 'paused'; until: Date | undefined };

/** Whether people are asked now to take what nobody has. Pure. */
export function nudging(incident: Incident, severities: readonly Severity[], at: Date): Nudging {
  if (incident.resolved) return { kind: 'over' };
  const free = unclaimed(incident, severities);
  if (free.length === 0) return { kind: 'filled' };
  const { paused } = incident;
  if (paused && (paused.until === undefined || paused.until > at)) return { kind: 'paused', until: paused.until };
  return { kind: 'nudge', roles: free };
}
