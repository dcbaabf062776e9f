import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident, type Decided } from '../change.ts';
import { kept } from '../given.ts';
import type { Incident } from '../model.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { tellSubscribers } from '../subscriptions/subscriptions.ts';
import type { NextDue, Update, Written } from './model.ts';
import { rhythmOf } from './plan.ts';
import { neutralUpdatePost, updatePost } from './posts.ts';
import { planUpdate, severityOf } from './remind.ts';
import * as rows from './rows.ts';

/** Longest of each text. */
export const longest = { status: 1_500, done: 1_000, next: 1_000, eta: 200 };

export interface WrittenUpdate {
  /** `known`: this submit, or whoever was first with this number, has written it; nothing was changed. */
  kind: 'written' | 'known' | 'over';
  incident: Incident;
  /** Its number. */
  n: number;
}

/** Writes the next update, once per key: numbered, told to all who are to know, and the next one is planned. */
export async function writeUpdate(asker: Asker, written: Written, room: Room): Promise<WrittenUpdate> {
  const { id, key, mitigated = false, due = 'usual' } = written;
  let n = 0;
  const done = await changeIncident<WrittenUpdate['kind']>(asker, id, room, async (tx, incident, at) => {
    n = (await rows.numberOfKey(tx, key)) ?? 0;
    if (n > 0) return { kind: 'known', audit: [] };
    if (incident.resolved) return { kind: 'over', audit: [] };
    const mitigates = mitigated && !incident.mitigated;
    const nextAt = dueAt(incident, { due, mitigated: mitigated || incident.mitigated !== undefined, at }, room);
    const update = {
      ...{ at, by: asker.by, unchanged: false, ...(nextAt && { nextAt }) },
      ...{ status: kept(written.status, longest.status), done: kept(written.done, longest.done) },
      ...{ next: kept(written.next, longest.next), eta: kept(written.eta, longest.eta) },
    };
    if (mitigates) await incidents.setMitigated(tx, id, { at, by: asker.by.mention });
    n = await publish(tx, { key, update }, id, room);
    if (!mitigates) return { kind: 'written', audit: [auditOf(n, nextAt)] };
    await incidents.addEvent(tx, id, { at, kind: 'mitigated', by: asker.by.id, words: '' });
    return { kind: 'written', audit: [auditOf(n, nextAt), { action: 'incident.mitigate' }], change: 'mitigated' };
  });
  return { ...done, n };
}

/** "Nothing new", as the update with this number: when there is one by then, nothing is changed. */
export async function writeUnchanged(
  asker: Asker,
  { id, n: expected }: { id: number; n?: number | undefined },
  room: Room,
): Promise<WrittenUpdate> {
  let n = 0;
  const done = await changeIncident<WrittenUpdate['kind']>(asker, id, room, async (tx, incident, at) => {
    const last = await rows.lastUpdate(tx, id);
    n = last?.n ?? 0;
    if (expected !== undefined && n >= expected) return { kind: 'known', audit: [] };
    if (incident.resolved) return { kind: 'over', audit: [] };
    const nextAt = dueAt(incident, { due: 'usual', mitigated: incident.mitigated !== undefined, at }, room);
    const { next = '', eta = '' } = last ?? {};
    const update = {
      ...{ at, by: asker.by, status: 'No change', done: '', next, eta, unchanged: true },
      ...(nextAt && { nextAt }),
    };
    n = await publish(tx, { key: `unchanged:${id}:${n + 1}`, update }, id, room);
    return { kind: 'written', audit: [auditOf(n, nextAt)] };
  });
  return { ...done, n };
}

function auditOf(n: number, nextAt: Date | undefined): Decided<never>['audit'][number] {
  return { action: 'incident.update', after: { n, nextAt } };
}

function dueAt(
  incident: Incident,
  { due, mitigated, at }: { due: NextDue; mitigated: boolean; at: Date },
  room: Room,
): Date | undefined {
  if (due === 'none') return undefined;
  const usual = rhythmOf(severityOf(incident, room), mitigated ? { mitigated: { at, by: '' } } : {});
  const ms = due === 'usual' ? usual : due.inMs;
  return ms === undefined ? undefined : new Date(at.getTime() + ms);
}

/** Writes it down and tells everybody; resolves to its number. The incident is locked. */
async function publish(
  tx: Tx,
  { key, update }: { key: string; update: Omit<Update, 'n'> },
  id: number,
  room: Room,
): Promise<number> {
  const n = (await rows.insertUpdate(tx, id, { ...update, key }))!;
  const { at, by, status, done, next, eta, nextAt } = update;
  await planUpdate(tx, id, { due: nextAt, at }, room);
  const data = { n, done, next, eta, ...(nextAt && { nextAt: nextAt.toISOString() }) };
  await incidents.addEvent(tx, id, { at, kind: 'update', by: by.id, words: `update ${n}: ${status}`, data });
  const incident = (await incidents.findIncident(tx, id))!;
  const facts = { incident, update: { ...update, n }, now: at, zone: room.team.zone };
  const whole = updatePost({ ...facts, severity: severityOf(incident, room) }, room.messages);
  const neutral = neutralUpdatePost(facts);
  for (const { to, post } of placesOf(incident, { whole, neutral }))
    await say(tx, room, { id, key: `update:${n}`, to, post, ...(to === 'incident' && { inside: true }) });
  await tellSubscribers(tx, { incident, key: `update:${n}`, by, whole, neutral }, room);
  return n;
}

/** Where an update is told. What may hold PHI, or is private, stands in the incident's own channel and nowhere else. Pure. */
export function placesOf<P>(
  incident: Pick<Incident, 'private' | 'phi' | 'home' | 'homeProblem'>,
  { whole, neutral }: { whole: P; neutral: P },
): { to: 'incident' | 'announcement'; post: P }[] {
  const inside = { to: 'incident' as const, post: whole };
  if (incident.private) return [inside];
  const outside = { to: 'announcement' as const, post: incident.phi ? neutral : whole };
  // Without a channel of its own, or one that can't be used, both are the thread of its message.
  if (incident.homeProblem !== undefined) return [outside];
  return incident.home || incident.phi ? [inside, outside] : [outside];
}
