import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';
import type { Tx } from '../../store/store.ts';
import { timersOf } from '../jobs.ts';
import type { IncidentPorts } from '../ports.ts';
import { chasesOf, type Task } from './model.ts';

/** Brings the message of a task up to date. */
export const taskJob = defineJob({
  name: 'incidents.task',
  schema: z.object({ id: z.number(), n: z.number(), since: z.string() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id, n }) => `incident ${id} task ${n}`,
});

/** Reminds of a task. `dueAt`: when it was to be looked at. */
export const chaseJob = defineJob({
  name: 'incidents.chase',
  schema: z.object({ id: z.number(), n: z.number(), dueAt: z.string() }),
  lane: 'watches',
  retry: { limit: 20, firstMs: 1_000, maxMs: 15_000 },
});

const chaseTimer = (id: number, n: number) => `${timersOf.open(id)}task/${n}`;

/** The next time to look at a task; none when `at` is undefined. */
export async function lookAt(
  tx: Tx,
  { incident: id, n }: Pick<Task, 'incident' | 'n'>,
  at: Date | undefined,
  { timers }: Pick<IncidentPorts, 'timers'>,
): Promise<void> {
  const key = chaseTimer(id, n);
  if (!at) return timers.cancel(tx, key);
  await timers.set(tx, { key, dueAt: at, kind: chaseJob, data: { id, n, dueAt: at.toISOString() } });
}

/** Looks at it when its next reminder is due, by what was done of them. */
export async function planChase(tx: Tx, task: Task, ports: Pick<IncidentPorts, 'timers'>): Promise<void> {
  const next = task.state === 'open' && task.due ? chasesOf(task.due)[task.due.chased]?.at : undefined;
  await lookAt(tx, task, next, ports);
}
