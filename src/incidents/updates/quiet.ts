import { type Asker, changeIncident } from '../change.ts';
import type { Incident } from '../model.ts';
import type { Room } from '../ports.ts';
import * as incidents from '../store.ts';
import { planUpdate, remindAgain } from './remind.ts';

/** Nobody is reminded of the next update for so long. */
export function snoozeReminder(
  asker: Asker,
  { id, ms }: { id: number; ms: number },
  room: Room,
): Promise<{ kind: 'snoozed' | 'none' | 'over'; incident: Incident }> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    if (!incident.nextUpdateAt) return { kind: 'none', audit: [] };
    const until = new Date(at.getTime() + ms);
    await remindAgain(tx, id, until, room);
    const words = `reminder of the update put off until ${until.toISOString()}`;
    await incidents.addEvent(tx, id, { at, kind: 'command', by: asker.by.id, words });
    return { kind: 'snoozed', audit: [{ action: 'incident.update.snooze', after: { until } }] };
  });
}

/** No update is due, and nobody is reminded, until somebody writes one that says when the next comes. */
export function stopReminders(
  asker: Asker,
  id: number,
  room: Room,
): Promise<{ kind: 'stopped' | 'none' | 'over'; incident: Incident }> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    if (!incident.nextUpdateAt) return { kind: 'none', audit: [] };
    await planUpdate(tx, id, { due: undefined, at }, room);
    const words = 'reminders of updates stopped';
    await incidents.addEvent(tx, id, { at, kind: 'command', by: asker.by.id, words });
    return { kind: 'stopped', audit: [{ action: 'incident.update.stop' }] };
  });
}
