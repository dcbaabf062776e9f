import { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import { defineJob } from '../../jobs/model.ts';
import { ranMs } from '../../kernel/clock.ts';
import { clocksOf as dueTimesOf } from '../../severities/decide.ts';
import type { Tx } from '../../store/store.ts';
import { timersOf } from '../jobs.ts';
import type { Incident } from '../model.ts';
import type { Happened } from '../part.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { beginBoard, showBoard } from './board.ts';
import { type Clock, isStakeholder, responseKey } from './model.ts';
import { type Look, lookAt, nextLook, plannedClocks, responseClock } from './plan.ts';
import { duePost } from './posts.ts';
import * as rows from './rows.ts';

const schema = z.object({ id: z.number() });

/** Looks whose time to be told is nearly over, or is. */
export const clocksJob = defineJob({
  name: 'incidents.clocks',
  schema,
  lane: 'watches',
  retry: { limit: 20, firstMs: 1_000, maxMs: 15_000 },
  keptForMs: 3_600_000,
});

const clocksTimer = (id: number) => `${timersOf.open(id)}told/clocks`;

/** What a change of the incident means for those who must be told. */
export async function followClocks(tx: Tx, happened: Happened, room: Room): Promise<void> {
  const { change, incident, at } = happened;
  const { id } = incident;
  switch (change) {
    case 'declared':
    case 'severity':
    case 'phi':
    case 'reopened': {
      const before = change === 'declared' ? [] : await rows.clocksOf(tx, id);
      const planned = plannedOf(happened, before, room);
      await rows.putClocks(tx, id, planned);
      if (change === 'declared' && planned.some(isStakeholder)) await beginBoard(tx, id, at, room);
      else if (planned.some(isStakeholder)) await showBoard(tx, id, room);
      // A declaration is not to wait: it knows them all.
      return lookAgain(tx, id, { at, clocks: change === 'declared' ? planned : await rows.clocksOf(tx, id) }, room);
    }
    case 'acknowledged':
      await rows.setDone(tx, id, { key: responseKey, at, by: happened.by, note: '' });
      return;
    case 'paused':
    case 'resumed':
      return lookAgain(tx, id, { at, clocks: await rows.clocksOf(tx, id) }, room);
    case 'resolved':
    case 'merged':
      if ((await rows.boardOf(tx, id))?.message) await showBoard(tx, id, room);
      return;
  }
}

function plannedOf({ change, incident, before: was, at }: Happened, before: readonly Clock[], room: Room): Clock[] {
  const severity = room.severities.all.find(({ id }) => id === incident.severity);
  if (!severity || (incident.resolved && change !== 'reopened')) return [];
  const wanted = dueTimesOf(severity, at, { phi: incident.phi, team: room.team });
  // Whoever was not told before it was over has their time again.
  const known = change === 'reopened' ? before.map((each) => (each.state === 'due' ? dropped(each) : each)) : before;
  const stakeholders = plannedClocks(known, wanted, at);
  if (change === 'phi' || incident.acknowledged) return stakeholders;
  const running = before.find(({ key }) => key === responseKey);
  const rank = room.severities.all.find(({ id }) => id === was?.severity)?.rank;
  const raised = rank === undefined || severity.rank < rank;
  // A milder one gives more time, from the declaration on; what was missed stays missed.
  if (change === 'severity' && !raised) {
    if (!running || running.overdueAt) return stakeholders;
    const from = running.fromAt;
    return [...stakeholders, ...responseClock(dueTimesOf(severity, from, { phi: false, team: room.team }), from)];
  }
  return [...stakeholders, ...responseClock(wanted, at)];
}

function dropped(clock: Clock): Clock {
  return { ...clock, state: 'dropped' };
}

/** Says once of each that its time is nearly over, and that it is; shows how much is left. */
export function clocksHandler(room: Room): JobHandler<z.output<typeof schema>> {
  const { store, clock } = room;
  return async ({ id }) => {
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await incidents.lockIncident(tx, id);
      const now = clock.now();
      if (!incident || incident.resolved) return;
      const { paused } = incident;
      if (paused && (!paused.until || paused.until > now)) {
        if (paused.until) await setTimer(tx, id, paused.until, room);
        return;
      }
      await tell(
        tx,
        incident,
        lookAt(await rows.clocksOf(tx, id), now, (from, to) => ranMs(room.clock, from, to)),
        now,
        room,
      );
      if ((await rows.boardOf(tx, id))?.message) await showBoard(tx, id, room);
      await lookAgain(tx, id, { at: now, clocks: await rows.clocksOf(tx, id) }, room);
    });
  };
}

async function tell(tx: Tx, incident: Incident, look: Look, at: Date, room: Room): Promise<void> {
  const { id } = incident;
  const { soon, overdue } = look;
  if (soon.length + overdue.length === 0) return;
  const [soonKeys, overdueKeys] = [soon, overdue].map((clocks) => clocks.map(({ key }) => key)) as [string[], string[]];
  await rows.setSaid(tx, id, { keys: soonKeys, what: 'reminded', at });
  await rows.setSaid(tx, id, { keys: overdueKeys, what: 'overdue', at });
  for (const { key, who, dueAt } of overdue) {
    const words =
      key === responseKey ? 'nobody was at work on it within the response time' : `${who} was not told in time`;
    await incidents.addEvent(tx, id, { at: dueAt, kind: 'overdue', by: 'rounds', words, data: { clock: key } });
  }
  const key = `clocks:${at.getTime()}:${[...soonKeys, ...overdueKeys].join()}`;
  await say(tx, room, { id, key, to: 'incident', post: duePost(incident, look, at), whileOpen: true });
}

/** At once, when something is due already: after a pause, or a change. */
async function lookAgain(
  tx: Tx,
  id: number,
  { at, clocks }: { at: Date; clocks: readonly Clock[] },
  room: Room,
): Promise<void> {
  const { soon, overdue } = lookAt(clocks, at);
  const next = soon.length + overdue.length > 0 ? at : nextLook(clocks, at);
  if (next) await setTimer(tx, id, next, room);
  else await room.timers.cancel(tx, clocksTimer(id));
}

function setTimer(tx: Tx, id: number, dueAt: Date, { timers }: Room): Promise<void> {
  return timers.set(tx, { key: clocksTimer(id), dueAt, kind: clocksJob, data: { id } });
}
