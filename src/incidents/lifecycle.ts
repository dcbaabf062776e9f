import { OpsError } from '../kernel/errors.ts';
import { wayToTell } from '../severities/decide.ts';
import { severityNamed } from '../severities/named.ts';
import { type Asker, changeIncident, noSuchIncident } from './change.ts';
import { kept } from './given.ts';
import { timersOf } from './jobs.ts';
import { type By, type Incident, nameOf } from './model.ts';
import { pageNow, tellPages } from './page-now.ts';
import type { Room } from './ports.ts';
import * as rows from './store.ts';

type Done<K extends string> = Promise<{ kind: K; incident: Incident }>;

/** The harm is over; what caused it may not be. `already`, `over`: nothing was changed. */
export function mitigateIncident(asker: Asker, id: number, room: Room): Done<'mitigated' | 'already' | 'over'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    if (incident.mitigated) return { kind: 'already', audit: [] };
    await rows.setMitigated(tx, id, { at, by: asker.by.mention });
    await rows.addEvent(tx, id, { at, kind: 'mitigated', by: asker.by.id, words: '' });
    return { kind: 'mitigated', audit: [{ action: 'incident.mitigate' }], change: 'mitigated' };
  });
}

/** It was not over: it rings again where its severity pages at this hour. `open`: it never was over. */
export function reopenIncident(
  asker: Asker,
  { id, words }: { id: number; words: string },
  room: Room,
): Done<'reopened' | 'open'> {
  const reason = kept(words, 2_000);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (!incident.resolved) return { kind: 'open', audit: [] };
    await rows.setReopened(tx, id);
    await rows.addEvent(tx, id, { at, kind: 'reopened', by: asker.by.id, words: reason });
    await room.timers.cancelAll(tx, timersOf.after(id));
    // How people are told is of this hour, not of the declaration's. One whose file is gone rather rings once too often.
    const severity = room.severities.all.find((each) => each.id === incident.severity);
    const way = severity ? wayToTell(severity, at, room.team).kind : 'page';
    await rows.setWay(tx, id, way);
    if (way === 'page' && !incident.drill) await pageNow(tx, { id, at }, room);
    const audit = [{ action: 'incident.reopen', ...(reason && { reason }) }];
    return { kind: 'reopened', audit, change: 'reopened' };
  });
}

/** Another severity: its clocks are planned anew, and it rings again when it went up. Throws OpsError `not_found` for the name. */
export async function changeSeverity(
  asker: Asker,
  { id, severity: word, words }: { id: number; severity: string; words: string },
  room: Room,
): Done<'raised' | 'lowered' | 'same' | 'over'> {
  const severity = severityNamed(room.severities.all, word);
  const reason = kept(words, 2_000);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    if (incident.severity === severity.id) return { kind: 'same', audit: [] };
    const before = room.severities.all.find((each) => each.id === incident.severity);
    // One whose file is gone can't be compared: rather ring once too often.
    const kind = before === undefined || severity.rank < before.rank ? 'raised' : 'lowered';
    const way = wayToTell(severity, at, room.team).kind;
    await rows.setSeverity(tx, id, { severity: severity.id, label: severity.label, urgency: severity.urgency, way });
    const words = `${incident.label} → ${severity.label}${reason && `: ${reason}`}`;
    await rows.addEvent(tx, id, { at, kind: 'severity', by: asker.by.id, words });
    if (kind === 'raised') {
      await rows.setUnacknowledged(tx, id);
      if (pages(incident, severity.id, at, room)) await pageNow(tx, { id, at }, room);
    }
    const after = { before: incident.severity, severity: severity.id };
    return { kind, audit: [{ action: 'incident.severity', after, ...(reason && { reason }) }], change: 'severity' };
  });
}

/** PHI may be involved after all, or is not. `same`: nothing was changed. */
export function setPhi(
  asker: Asker,
  { id, phi, words: given = '' }: { id: number; phi: boolean; words?: string },
  room: Room,
): Done<'changed' | 'same'> {
  const reason = kept(given, 2_000);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.phi === phi) return { kind: 'same', audit: [] };
    await rows.setPhi(tx, id, phi);
    const words = `${phi ? 'PHI may be involved' : 'No PHI is involved'}${reason && `: ${reason}`}`;
    await rows.addEvent(tx, id, { at, kind: 'phi', by: asker.by.id, words });
    const audit = [{ action: 'incident.phi', after: { phi }, ...(reason && { reason }) }];
    return { kind: 'changed', audit, change: 'phi' };
  });
}

/** Nobody is reminded of anything until then, or until somebody goes on. The page is not touched. */
export function pauseIncident(
  asker: Asker,
  { id, until }: { id: number; until: Date | undefined },
  room: Room,
): Done<'paused' | 'over'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    await rows.setPaused(tx, id, { at, by: asker.by.mention, until });
    const words = until ? `until ${until.toISOString()}` : '';
    await rows.addEvent(tx, id, { at, kind: 'paused', by: asker.by.id, words });
    return { kind: 'paused', audit: [{ action: 'incident.pause', after: { until } }], change: 'paused' };
  });
}

export function resumeIncident(asker: Asker, id: number, room: Room): Done<'resumed' | 'running'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (!incident.paused) return { kind: 'running', audit: [] };
    await rows.setPaused(tx, id, undefined);
    await rows.addEvent(tx, id, { at, kind: 'resumed', by: asker.by.id, words: '' });
    return { kind: 'resumed', audit: [{ action: 'incident.resume' }], change: 'resumed' };
  });
}

/** This one is the same as another: it is over, and the other goes on. Throws OpsError `invalid`, `not_found`. */
export async function mergeIncident(
  asker: Asker,
  { id, into }: { id: number; into: number },
  room: Room,
): Done<'merged' | 'over'> {
  if (id === into) throw new OpsError('invalid', 'An incident is not merged into itself');
  return changeIncident(
    asker,
    id,
    room,
    async (tx, incident, at) => {
      if (incident.resolved) return { kind: 'over', audit: [] };
      const other = await rows.findIncident(tx, into);
      if (!other) throw noSuchIncident(into);
      if (other.resolved) throw new OpsError('invalid', `${nameOf(other)} is over`, { hint: 'Reopen it first' });
      const words = `The same as ${nameOf(other)}`;
      await rows.setResolved(tx, id, { at, by: asker.by.mention, words });
      await rows.setMerged(tx, id, into);
      await rows.addEvent(tx, id, { at, kind: 'merged', by: asker.by.id, words });
      await rows.addEvent(tx, into, { at, kind: 'merged', by: asker.by.id, words: `${nameOf(incident)} is the same` });
      await room.timers.cancelAll(tx, timersOf.open(id));
      await tellPages(tx, incident, 'resolve', room);
      return { kind: 'merged', audit: [{ action: 'incident.merge', after: { into } }], change: 'merged' };
    },
    { also: [into] },
  );
}

/** Somebody is in it from now on: sees it where it is private. */
export function addToIncident(asker: Asker, { id, who }: { id: number; who: By }, room: Room): Done<'added'> {
  return changeIncident(asker, id, room, async (tx, _incident, at) => {
    await rows.addMember(tx, id, who);
    await rows.addEvent(tx, id, { at, kind: 'member', by: asker.by.id, words: who.mention });
    return { kind: 'added', audit: [{ action: 'incident.add', after: { who: who.id } }] };
  });
}

function pages({ drill }: Incident, severityId: string, at: Date, { severities, team }: Room): boolean {
  const severity = severities.all.find(({ id }) => id === severityId);
  return !drill && severity !== undefined && wayToTell(severity, at, team).kind === 'page';
}
