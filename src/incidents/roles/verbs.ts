import { newRequest } from '../../kernel/request.ts';
import type { RoleName } from '../../severities/model.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident, type Decided } from '../change.ts';
import { kept } from '../given.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import type { Unreached } from '../part.ts';
import { slackIdOf } from '../people.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { assigning, claiming, roles, vacating } from './model.ts';
import { dropRole, setRole } from './rows.ts';
import { announcedPost, formerPost, type Handed, lostPost, yoursPost } from './views.ts';

type Done<K extends string> = Promise<{ kind: K; incident: Incident }>;

/** Somebody takes a role that nobody has. `taken`: somebody was first; `incident.roles` says who. */
export function claimRole(
  asker: Asker,
  { id, role }: { id: number; role: RoleName },
  room: Room,
): Done<'claimed' | 'yours' | 'taken' | 'over'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const decision = claiming(incident, role, asker.by);
    if (decision !== 'claim') return { kind: decision, audit: [] };
    const handed = { role, who: asker.by, before: undefined, by: asker.by, note: '' };
    return give(tx, { incident, handed, at, kind: 'claimed' }, room);
  });
}

/** Gives a role to somebody, whoever has it now; both are told. `same`: they have it. */
export function assignRole(
  asker: Asker,
  { id, role, who, note }: { id: number; role: RoleName; who: By; note: string },
  room: Room,
): Done<'assigned' | 'same' | 'over'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const decision = assigning(incident, role, who);
    if (decision !== 'assign') return { kind: decision, audit: [] };
    const handed = { role, who, before: incident.roles[role], by: asker.by, note: kept(note, 1_000) };
    return give(tx, { incident, handed, at, kind: 'assigned' }, room);
  });
}

/** Nobody has the role from now on. `free`: nobody had it. */
export function vacateRole(
  asker: Asker,
  { id, role, note }: { id: number; role: RoleName; note: string },
  room: Room,
): Done<'vacated' | 'free' | 'over'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const decision = vacating(incident, role);
    if (decision !== 'vacate') return { kind: decision, audit: [] };
    const before = incident.roles[role];
    const handed: Handed = { role, who: undefined, before, by: asker.by, note: kept(note, 1_000) };
    await dropRole(tx, id, role);
    await tell(tx, { incident, handed, at }, room);
    return recorded(tx, { incident, handed, at, kind: 'vacated' });
  });
}

/** Whoever can't be told anything has no role any more: somebody else must take it. */
export async function vacateLost({ id, person }: Unreached, room: Room): Promise<void> {
  const rounds = { by: { id: 'rounds', mention: 'Rounds' }, request: newRequest() };
  await changeIncident(rounds, id, room, async (tx, incident, at): Promise<Decided<'lost' | 'none'>> => {
    const held = Object.entries(incident.roles).filter(([, holder]) => holder.id === person);
    const free = held.map(([role]) => role as RoleName);
    const who = held[0]?.[1];
    if (!who || incident.resolved) return { kind: 'none', audit: [] };
    const audit: Decided<'lost'>['audit'] = [];
    for (const role of free) {
      await dropRole(tx, id, role);
      const handed = { role, who: undefined, before: who, by: rounds.by, note: "can't be reached in Slack" };
      audit.push(...(await recorded(tx, { incident, handed, at, kind: 'lost' })).audit);
    }
    const key = `role:lost:${person}:${at.getTime()}`;
    await say(tx, room, { id, key, to: 'incident', post: lostPost(incident, { who, free }) });
    return { kind: 'lost', audit, change: 'roles' };
  });
}

interface Giving<K extends string> {
  incident: Incident;
  handed: Handed;
  at: Date;
  kind: K;
}

async function give<K extends string>(tx: Tx, giving: Giving<K>, room: Room): Promise<Decided<K>> {
  const { incident, handed, at } = giving;
  const who = handed.who!;
  await setRole(tx, incident.id, { role: handed.role, who, at });
  await incidents.addMember(tx, incident.id, who);
  await tell(tx, giving, room);
  return recorded(tx, giving);
}

async function recorded<K extends string>(tx: Tx, { incident, handed, at, kind }: Giving<K>): Promise<Decided<K>> {
  const { role, who, before, by, note } = handed;
  const words = `${roles[role].title}: ${who?.mention ?? 'nobody'}${before ? ` (was ${before.mention})` : ''}${note && `: ${note}`}`;
  const data = { role, person: who?.id, before: before?.id };
  await incidents.addEvent(tx, incident.id, { at, kind: 'role', by: by.id, words, data });
  const audit = [{ action: 'incident.role', after: data, ...(note && { reason: note }) }];
  return { kind, audit, change: 'roles' };
}

/** The channel, whoever has it now, and whoever had it: each but who did it themselves. */
async function tell(tx: Tx, { incident, handed, at }: Omit<Giving<string>, 'kind'>, room: Room): Promise<void> {
  const { id } = incident;
  const { role, who, before, by } = handed;
  const key = `role:${role}:${at.getTime()}:${who?.id ?? nameOf(incident)}`;
  await say(tx, room, { id, key, to: 'incident', post: announcedPost(incident, handed) });
  const now = who && slackIdOf(who);
  if (now !== undefined)
    await say(tx, room, { id, key: `${key}:yours`, to: { person: now }, post: yoursPost(incident, handed, at) });
  const former = before && before.id !== by.id ? slackIdOf(before) : undefined;
  if (former !== undefined)
    await say(tx, room, { id, key: `${key}:former`, to: { person: former }, post: formerPost(incident, handed) });
}
