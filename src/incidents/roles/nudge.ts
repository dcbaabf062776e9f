import { z } from 'zod';
import { defineJob, type JobHandler } from '../../jobs/model.ts';
import type { Tx } from '../../store/store.ts';
import { timersOf } from '../jobs.ts';
import type { Incident } from '../model.ts';
import { slackIdOf } from '../people.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { lateWords } from '../views/late.ts';
import { nudges, nudging } from './model.ts';
import { nudgePost } from './views.ts';

/** Some time after roles are needed: has somebody taken them? `since` is when they were needed, `dueAt` when it was to look. */
export const nudgeJob = defineJob({
  name: 'incidents.roles',
  schema: z.object({ id: z.number(), since: z.string(), dueAt: z.string(), turn: z.number() }),
  lane: 'watches',
  retry: { limit: 20, firstMs: 1_000, maxMs: 15_000 },
});
type NudgeData = z.output<typeof nudgeJob.schema>;

export const nudgeTimer = (id: number) => `${timersOf.open(id)}roles`;

/** Looks after the severity's time since then, and after as long again. */
export async function planNudge(
  tx: Tx,
  { incident, since, turn }: { incident: Incident; since: Date; turn: number },
  { timers, severities }: Room,
): Promise<void> {
  const severity = severities.all.find(({ id }) => id === incident.severity);
  if (!severity) return;
  const dueAt = new Date(since.getTime() + severity.roles.nudgeAfterMs * turn);
  await setTimer(tx, { id: incident.id, since: since.toISOString(), dueAt: dueAt.toISOString(), turn }, timers);
}

function setTimer(tx: Tx, data: NudgeData, timers: Room['timers']): Promise<void> {
  return timers.set(tx, { key: nudgeTimer(data.id), dueAt: new Date(data.dueAt), kind: nudgeJob, data });
}

/** Asks whoever is on it, else who declared it, to take what nobody has; the same turn asks once, however often it runs. */
export function nudgeHandler(room: Room): JobHandler<NudgeData> {
  const { store, clock, severities, timers } = room;
  return async (data) => {
    const { id, since, turn } = data;
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await incidents.lockIncident(tx, id);
      if (!incident) return;
      const at = clock.now();
      const decision = nudging(incident, severities.all, at);
      if (decision.kind === 'paused' && decision.until)
        return setTimer(tx, { ...data, dueAt: decision.until.toISOString() }, timers);
      if (decision.kind !== 'nudge') return;
      const late = lateWords(new Date(data.dueAt), at);
      const post = nudgePost(incident, { free: decision.roles, whom: whomToAsk(incident), late }, at);
      await say(tx, room, { id, key: `roles:nudge:${since}:${turn}`, to: 'incident', post, whileOpen: true });
      if (turn < nudges) await planNudge(tx, { incident, since: new Date(since), turn: turn + 1 }, room);
    });
  };
}

function whomToAsk({ acknowledged, declaredBy }: Incident): string | undefined {
  const on = acknowledged?.id === undefined ? undefined : slackIdOf({ id: acknowledged.id });
  const user = on ?? slackIdOf(declaredBy);
  return user && `<@${user}>`;
}
