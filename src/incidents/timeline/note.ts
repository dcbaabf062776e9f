import { OpsError } from '../../kernel/errors.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import type { EventKind, Incident } from '../model.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import { findEvent, setStruck } from './rows.ts';

/** What people wrote, or what may not belong to it; what Rounds did itself stays as it is. */
const strikeable: readonly EventKind[] = ['note', 'message', 'command', 'check'];

/** Somebody writes down what happened, maybe earlier. Throws OpsError `invalid`, `not_found`. */
export async function addNote(
  asker: Asker,
  { id, at: happened, words }: { id: number; at: Date | undefined; words: string },
  room: Room,
): Promise<{ incident: Incident; at: Date }> {
  const said = kept(words, 2_000);
  if (said === '')
    throw new OpsError('invalid', 'What happened?', { hint: '`/ops timeline add 03:04 API answers again`' });
  const now = room.clock.now();
  const when = happened ?? now;
  if (when.getTime() > now.getTime() + 60_000)
    throw new OpsError('invalid', 'That time lies ahead', { hint: 'A timeline says what has happened' });
  const { incident } = await changeIncident(asker, id, room, async (tx, _incident, at) => {
    const data = { writtenAt: at.toISOString() };
    await rows.addEvent(tx, id, { at: when, kind: 'note', by: asker.by.id, words: said, data });
    return { kind: 'noted', audit: [{ action: 'incident.note', after: { at: when.toISOString() } }] };
  });
  return { incident, at: when };
}

/** Strikes an entry out: it stays, with the reason. Throws OpsError `not_found`, `invalid`. */
export async function strikeEvent(
  asker: Asker,
  { event, reason }: { event: number; reason: string },
  room: Room,
): Promise<{ kind: 'struck' | 'already'; incident: Incident }> {
  const why = kept(reason, 500);
  const found = await findEvent(room.store.db(), event);
  if (!found || !(await rows.maySee(room.store.db(), found.incident, asker.by))) throw noSuchEntry(event);
  if (why === '') throw new OpsError('invalid', 'Why?', { hint: `\`/ops timeline strike ${event} wrong incident\`` });
  if (!strikeable.includes(found.kind))
    throw new OpsError('invalid', 'That is what Rounds recorded: it stays as it is', {
      hint: '`/ops timeline add` says what is wrong with it',
    });
  return changeIncident(asker, found.incident, room, async (tx, _incident, at) => {
    // Read again now that the incident is locked.
    if ((await findEvent(tx, event))?.struck) return { kind: 'already', audit: [] };
    await setStruck(tx, event, { at, by: asker.by.id, reason: why });
    return { kind: 'struck', audit: [{ action: 'incident.strike', after: { entry: event }, reason: why }] };
  });
}

function noSuchEntry(event: number): OpsError {
  return new OpsError('not_found', `There is no entry ${event}`, { hint: '`/ops timeline` shows their numbers' });
}
