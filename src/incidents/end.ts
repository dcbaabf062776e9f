import type { Tx } from '../store/store.ts';
import { type Asker, changeIncident, type Decided } from './change.ts';
import { kept } from './given.ts';
import { timersOf } from './jobs.ts';
import { acknowledging, type By, type Incident } from './model.ts';
import { tellPages } from './page-now.ts';
import type { Room } from './ports.ts';
import * as rows from './store.ts';

/** Somebody takes an incident on: the page stops ringing. `already`: somebody did before, nothing was changed. */
export async function acknowledgeIncident(
  asker: Asker,
  id: number,
  room: Room,
): Promise<{ kind: 'acknowledged' | 'already' | 'over'; incident: Incident }> {
  return changeIncident<'acknowledged' | 'already' | 'over'>(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    if (acknowledging(incident) === 'already') return { kind: 'already', audit: [] };
    return takeOn(tx, incident, { at, by: asker.by }, room);
  });
}

/** The acknowledgement itself, on the locked incident. `doneOn`: the page on which it was done in PagerDuty, which knows. */
export async function takeOn(
  tx: Tx,
  incident: Incident,
  { at, by, doneOn }: { at: Date; by: By; doneOn?: string },
  room: Room,
): Promise<Decided<'acknowledged'>> {
  const { id } = incident;
  await rows.setAcknowledged(tx, id, { at, by });
  await rows.addEvent(tx, id, { at, kind: 'acknowledged', by: by.id, words: '' });
  await room.timers.cancelAll(tx, timersOf.paging(id));
  await tellPages(tx, incident, 'acknowledge', room, doneOn);
  return { kind: 'acknowledged', audit: [{ action: 'incident.acknowledge' }], change: 'acknowledged' };
}

/** An incident is over: its page is resolved, its timers are gone. `over`: it was before, nothing was changed. */
export async function resolveIncident(
  asker: Asker,
  { id, words }: { id: number; words: string },
  room: Room,
): Promise<{ kind: 'resolved' | 'over'; incident: Incident }> {
  const reason = kept(words, 2_000);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    await rows.setResolved(tx, id, { at, by: asker.by.mention, words: reason });
    await rows.addEvent(tx, id, { at, kind: 'resolved', by: asker.by.id, words: reason });
    await room.timers.cancelAll(tx, timersOf.open(id));
    await tellPages(tx, incident, 'resolve', room);
    const audit = [{ action: 'incident.resolve', ...(reason && { reason }) }];
    return { kind: 'resolved', audit, change: 'resolved' };
  });
}
