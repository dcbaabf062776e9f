import { OpsError } from '../kernel/errors.ts';
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
  await rows.addEvent(tx, id, {
    at,
    kind: 'acknowledged',
    by: by.id,
    words: by.id.startsWith('slack:') ? '' : by.mention,
  });
  await room.timers.cancelAll(tx, timersOf.paging(id));
  await tellPages(tx, incident, 'acknowledge', room, doneOn);
  return { kind: 'acknowledged', audit: [{ action: 'incident.acknowledge' }], change: 'acknowledged' };
}

/** How an incident ended, as people say it. */
export interface Ending {
  id: number;
  /** What resolved it. */
  words: string;
  /** Left out or empty = not known yet. */
  cause?: string | undefined;
  prevention?: string | undefined;
  /** When the harm ended, where somebody said so. */
  endedAt?: Date | undefined;
  falseAlarm?: boolean | undefined;
  /** Names the submit: what is delivered again, after it was reopened too, changes nothing. */
  key?: string | undefined;
}

/**
 * An incident is over: its page is resolved, its timers are gone. `over`: it was before, nothing was changed. Throws OpsError
 * `invalid` for an end of the harm that can't be.
 */
export async function resolveIncident(
  asker: Asker,
  { id, words, cause, prevention, endedAt, falseAlarm = false, key }: Ending,
  room: Room,
): Promise<{ kind: 'resolved' | 'over'; incident: Incident }> {
  const reason = kept(words, longest) || (falseAlarm ? 'False alarm' : '');
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved || (key !== undefined && (await rows.isKnown(tx, id, key))))
      return { kind: 'over', audit: [] };
    checkEnd(endedAt, { declaredAt: incident.declaredAt, at });
    const said = { cause: kept(cause, longest), prevention: kept(prevention, longest), endedAt, falseAlarm };
    const who = { by: asker.by.mention, id: asker.by.id };
    await rows.setResolved(tx, id, { at, ...who, words: reason, ...said });
    const data = { ...(key !== undefined && { key }), ...(falseAlarm && { falseAlarm }) };
    await rows.addEvent(tx, id, { at, kind: 'resolved', by: asker.by.id, words: reason, data });
    await room.timers.cancelAll(tx, timersOf.open(id));
    await tellPages(tx, incident, 'resolve', room);
    const after = Object.fromEntries(Object.entries(said).filter(([, value]) => value));
    const audit = [{ action: 'incident.resolve', after, ...(reason && { reason }) }];
    return { kind: 'resolved', audit, change: 'resolved' };
  });
}

const longest = 2_000;
/** A clock of a dialog shows minutes, and people round up. */
const roundedMs = 2 * 60_000;
/** Nobody declares an incident a month after the harm ended. */
const beforeMs = 31 * 86_400_000;

function checkEnd(endedAt: Date | undefined, { declaredAt, at }: { declaredAt: Date; at: Date }): void {
  if (endedAt === undefined) return;
  const early = declaredAt.getTime() - beforeMs;
  if (endedAt.getTime() > at.getTime() + roundedMs)
    throw new OpsError('invalid', 'The impact ends in the future', { hint: 'say when it ended, or resolve it then' });
  if (endedAt.getTime() < early)
    throw new OpsError('invalid', 'The impact ended long before the incident was declared', {
      hint: 'look at the date',
    });
}
