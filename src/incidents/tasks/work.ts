import type { JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import { triedAgain } from '../../posting/failures.ts';
import type { Incident } from '../model.ts';
import { slackIdOf } from '../people.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postOnce } from '../post-once.ts';
import { say } from '../say.ts';
import { isOverheard, placeOf } from '../saying.ts';
import * as incidents from '../store.ts';
import { lateWords } from '../views/late.ts';
import { type chaseJob, lookAt, type taskJob } from './jobs.ts';
import { type Chasing, chasing, type Task } from './model.ts';
import { findTask, setChased, setTaskShown } from './rows.ts';
import { chasePost, longOverduePost, taskPost, withheldTaskPost } from './views.ts';

type DataOf<Kind extends { schema: { _output: unknown } }> = Kind['schema']['_output'];
const deleted = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/** Posts the one message of a task, and edits it until it shows how things stand. */
export function showTask(room: Room, slack: IncidentPort): JobHandler<DataOf<typeof taskJob>> {
  const { store, clock, announceIn } = room;
  return async ({ id, n, since }, ctx) => {
    const [incident, task] = [await incidents.findIncident(store.db(), id), await findTask(store.db(), id, n)];
    if (!incident || !task || (task.message && task.shown >= task.version)) return;
    // In a thread that everybody reads it says no more than that there is one, also when PHI came up later.
    const postAt = (at: { channel: string }) =>
      isOverheard(incident, at) ? withheldTaskPost(task, incident) : taskPost(task, incident, clock.now());
    if (task.message) {
      try {
        await slack.update({ ...task.message, post: postAt(task.message) });
        return setTaskShown(store.db(), task, task.message);
      } catch (error) {
        if (!(error instanceof PortError) || !deleted.includes(error.reason)) throw triedAgain(error);
      }
    }
    const place = placeOf(incident, 'incident', announceIn);
    if (!place) return;
    // One that was deleted is posted anew, as another message.
    const key = `incident:${id}:task:${n}${task.message ? `:after:${task.message.ts}` : ''}`;
    const at = await postOnce({ ...place, id, key, post: postAt(place) }, new Date(since), { store, slack, ctx });
    await setTaskShown(store.db(), task, at);
  };
}

/** Reminds of a task, as far as it still applies; the same reminder is given once, however often this runs. */
export function chaseTask(room: Room): JobHandler<DataOf<typeof chaseJob>> {
  const { store, clock } = room;
  return async ({ id, n }) => {
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await incidents.lockIncident(tx, id);
      const task = await findTask(tx, id, n);
      if (!incident || !task) return;
      const now = clock.now();
      const decision = chasing(task, incident, now);
      if (decision.kind === 'ended' || decision.kind === 'over') return;
      if (decision.kind === 'paused') return lookAt(tx, task, decision.until, room);
      if (decision.kind === 'early') return lookAt(tx, task, decision.next, room);
      await setChased(tx, task, decision.chased);
      await lookAt(tx, task, decision.next, room);
      for (const said of remindersOf(incident, task, decision, now))
        await say(tx, room, { id, ...said, whileOpen: true });
    });
  };
}

function remindersOf(
  incident: Incident,
  task: Task,
  { remind, commander }: Extract<Chasing, { kind: 'chase' }>,
  now: Date,
) {
  const key = (what: string, at: Date) => `task:${task.n}:${what}:${at.getTime()}`;
  return [
    ...(remind
      ? [
          {
            key: key('chase', remind.at),
            to: placeFor(task.assignee),
            post: chasePost(incident, task, { chase: remind, late: lateWords(remind.at, now), now }),
          },
        ]
      : []),
    ...(commander
      ? [
          {
            key: key('commander', commander.at),
            to: placeFor(incident.roles.commander),
            post: longOverduePost(incident, task, { late: lateWords(commander.at, now), now }),
          },
        ]
      : []),
  ];
}

/** A direct message where that is possible, else the incident's channel. */
function placeFor(who: { id: string } | undefined) {
  const person = who && slackIdOf(who);
  return person === undefined ? ('incident' as const) : { person };
}
