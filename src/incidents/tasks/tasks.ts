import type { Tx } from '../../store/store.ts';
import type { Asker } from '../change.ts';
import type { Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import { chaseJob, planChase, taskJob } from './jobs.ts';
import type { Task } from './model.ts';
import { tasksOf, tasksOfPerson } from './rows.ts';
import { addTask, changeTask, type NewTask, releaseLost, type TaskChange } from './verbs.ts';
import { leftPost } from './views.ts';
import { chaseTask, showTask } from './work.ts';

/** What has to be done in an incident, by whom, until when. */
export interface Tasks {
  add(asker: Asker, task: NewTask): ReturnType<typeof addTask>;
  change(asker: Asker, how: { id: number; n: number; change: TaskChange }): ReturnType<typeof changeTask>;
  /** All of an incident, the open ones first. */
  of(incidentId: number): Promise<Task[]>;
  /** What is left to do of an incident, also once it is over. */
  openTasks(incidentId: number): Promise<Task[]>;
  /** The open ones that somebody has, the earliest due first. */
  mine(person: { id: string }, most: number): Promise<Task[]>;
}

/** Tasks stand in the incident's channel, a message each, and are chased until they are done. */
export function createTasks(room: Room): Part & Tasks {
  const { store } = room;
  const openTasks = (db: Tx, id: number) =>
    tasksOf(db, id).then((tasks) => tasks.filter(({ state }) => state === 'open'));
  return {
    add: (asker, task) => addTask(asker, task, room),
    change: (asker, how) => changeTask(asker, how, room),
    of: (id) => tasksOf(store.db(), id),
    openTasks: (id) => openTasks(store.db(), id),
    mine: ({ id }, most) => tasksOfPerson(store.db(), id, most),
    async follow(tx, happened) {
      const { change, incident } = happened;
      if (change === 'paused' || change === 'resumed' || change === 'reopened')
        for (const task of await openTasks(tx, incident.id)) await planChase(tx, task, room);
      if (change === 'resolved' || change === 'merged')
        await left(tx, happened, await openTasks(tx, incident.id), room);
    },
    unreached: (lost) => releaseLost(lost, room),
    register(jobs, slack) {
      jobs.handle(taskJob, showTask(room, slack));
      jobs.handle(chaseJob, chaseTask(room));
    },
  };
}

async function left(tx: Tx, { incident, at }: Happened, open: readonly Task[], room: Room): Promise<void> {
  if (open.length === 0) return;
  const key = `tasks:left:${at.getTime()}`;
  await say(tx, room, { id: incident.id, key, to: 'incident', post: leftPost(incident, open, at) });
}
