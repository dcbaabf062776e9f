import { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import { defineJob } from '../../jobs/model.ts';
import { ranMs } from '../../kernel/clock.ts';
import type { Tx } from '../../store/store.ts';
import { showJob, timersOf } from '../jobs.ts';
import type { Incident } from '../model.ts';
import type { Happened } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postOnce } from '../post-once.ts';
import { placeOf } from '../saying.ts';
import * as incidents from '../store.ts';
import { dueAfterPause, dueAnew, nextReminder, reminding, rhythmOf, whoWrites } from './plan.ts';
import { reminderPost } from './posts.ts';
import * as rows from './rows.ts';

const schema = z.object({ id: z.number() });

/** Reminds somebody of the next update, when that still applies. */
export const remindJob = defineJob({
  name: 'incidents.remind',
  schema,
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id}`,
});

const remindTimer = (id: number) => `${timersOf.open(id)}update/remind`;

/** When the next update is due, and with it when people are reminded; undefined = never. */
export async function planUpdate(
  tx: Tx,
  id: number,
  { due, at, shown = true }: { due: Date | undefined; at: Date; shown?: boolean },
  room: Room,
): Promise<void> {
  await incidents.setNextUpdate(tx, id, { at: due, shown });
  if (due) return remindAgain(tx, id, nextReminder(due, at), room);
  await rows.clearRemindAt(tx, id);
  await room.timers.cancel(tx, remindTimer(id));
}

export async function remindAgain(tx: Tx, id: number, dueAt: Date, { timers }: Room): Promise<void> {
  await rows.setRemindAt(tx, id, dueAt);
  await timers.set(tx, { key: remindTimer(id), dueAt, kind: remindJob, data: { id } });
}

/** What a change of the incident means for its next update. */
export async function followUpdates(tx: Tx, { change, incident, before, at }: Happened, room: Room): Promise<void> {
  const { id, nextUpdateAt: due } = incident;
  const everyMs = rhythmOf(severityOf(incident, room), incident);
  const fresh = everyMs === undefined ? undefined : new Date(at.getTime() + everyMs);
  switch (change) {
    case 'declared':
      if (fresh) await planUpdate(tx, id, { due: fresh, at, shown: false }, room);
      return;
    case 'reopened':
      return planUpdate(tx, id, { due: fresh, at }, room);
    case 'severity':
    case 'mitigated': {
      const last = await rows.lastUpdate(tx, id);
      // An update that says that it is mitigated says itself when the next one comes.
      if (change === 'mitigated' && last?.at.getTime() === at.getTime()) return;
      const was = before && rhythmOf(severityOf(before, room), before);
      const from = last?.at ?? incident.declaredAt;
      return planUpdate(tx, id, { due: dueAnew({ due, from, before: was, everyMs, at }), at }, room);
    }
    case 'paused': {
      // One without an end has no reminder any more that would find this one's.
      const remindAt = due && (await rows.remindAtOf(tx, id));
      if (remindAt) await remindAgain(tx, id, remindAt, room);
      return;
    }
    case 'resumed':
      if (due && before?.paused)
        await planUpdate(tx, id, { due: dueAfterPause({ due, pausedAt: before.paused.at, everyMs, at }), at }, room);
      return;
    case 'resolved':
    case 'merged':
      return planUpdate(tx, id, { due: undefined, at }, room);
  }
}

/**
 * Reminds whoever is to write. Each try decides anew, so that nobody is reminded of what was written, stopped or resolved
 * while Slack was away, and of what was missed only once.
 */
export function remindHandler(room: Room, slack: IncidentPort): JobHandler<z.output<typeof schema>> {
  const { store, clock, announceIn } = room;
  return async ({ id }, ctx) => {
    const found = await store.transaction<unknown, Found | undefined>((tx) => decided(tx, id, room));
    if (found?.reminding.kind !== 'remind') return;
    const { incident, n, reminding } = found;
    const place = placeOf(incident, 'incident', announceIn);
    if (place) {
      const key = `incident:${id}:remind:${reminding.remindAt.getTime()}`;
      const post = reminderPost(incident, { n, who: whoWrites(incident).mention, reminding, now: clock.now() });
      await postOnce({ ...place, id, key, post }, reminding.remindAt, { store, slack, ctx });
    }
    await store.transaction<unknown, void>(async (tx) => {
      await incidents.lockIncident(tx, id);
      const remindAt = await rows.remindAtOf(tx, id);
      // Written, put off, or resolved meanwhile: another time is set, or none.
      if (remindAt?.getTime() !== reminding.remindAt.getTime()) return;
      await remindAgain(tx, id, nextReminder(reminding.due, clock.now()), room);
    });
  };
}

interface Found {
  reminding: ReturnType<typeof reminding>;
  incident: Incident;
  /** Of the update that is due. */
  n: number;
}

async function decided(tx: Tx, id: number, room: Room): Promise<Found | undefined> {
  const incident = await incidents.lockIncident(tx, id);
  if (!incident) return undefined;
  const now = room.clock.now();
  const ran = (from: Date, to: Date) => ranMs(room.clock, from, to);
  const decision = reminding(incident, await rows.remindAtOf(tx, id), now, ran);
  if (decision.kind === 'paused' && decision.until)
    await room.timers.set(tx, { key: remindTimer(id), dueAt: decision.until, kind: remindJob, data: { id } });
  if (decision.kind === 'pause_over' && incident.nextUpdateAt) {
    const everyMs = rhythmOf(severityOf(incident, room), incident);
    const due = dueAfterPause({ due: incident.nextUpdateAt, pausedAt: decision.pausedAt, everyMs, at: now });
    await planUpdate(tx, id, { due, at: now }, room);
    await room.jobs.enqueue(tx, showJob, { id });
  }
  return { reminding: decision, incident, n: ((await rows.lastUpdate(tx, id))?.n ?? 0) + 1 };
}

/** Undefined: its file is gone. */
export function severityOf({ severity }: Pick<Incident, 'severity'>, { severities }: Room) {
  return severities.all.find(({ id }) => id === severity);
}
