import { z } from 'zod';
import { defineJob } from '../jobs/model.ts';
import type { Tx } from '../store/store.ts';
import { chaseAt } from './due.ts';
import { isOver, type Run } from './model.ts';
import type { ChecklistPorts } from './ports.ts';

/** Begins the run of a slot. */
export const beginJob = defineJob({
  name: 'checklists.begin',
  schema: z.object({ name: z.string(), slot: z.string(), holidays: z.enum(['run', 'skip']), zone: z.string() }),
  lane: 'watches',
  retry: { limit: 200, firstMs: 1_000, maxMs: 60_000 },
});

/** Brings the message of a run up to date. */
export const showJob = defineJob({
  name: 'checklists.show',
  schema: z.object({ id: z.number() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `checklist ${id}`,
});

/** Measures the automatic items of a run, unless that was done since `since`. */
export const measureJob = defineJob({
  name: 'checklists.measure',
  schema: z.object({ id: z.number(), since: z.string() }),
  lane: 'sweeps',
  retry: { limit: 20, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `checklist ${id}`,
});

/** Looks whether people are to be reminded of a run. */
export const chaseJob = defineJob({
  name: 'checklists.chase',
  schema: z.object({ id: z.number() }),
  lane: 'watches',
  retry: { limit: 200, firstMs: 1_000, maxMs: 60_000 },
});

/** Reminds of a run in its thread: the n-th time. */
export const remindJob = defineJob({
  name: 'checklists.remind',
  schema: z.object({ id: z.number(), n: z.number(), since: z.string() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `checklist ${id}`,
});

export const checklistTimerKinds = [chaseJob];

const chaseTimer = (id: number) => `checklist/${id}/chase`;

/** Looks at it when its next reminder is due; at none once it is over. */
export async function planChase(
  tx: Tx,
  run: Run,
  { timers }: Pick<ChecklistPorts, 'timers'>,
  at = chaseAt(run, run.chased),
): Promise<void> {
  const key = chaseTimer(run.id);
  if (isOver(run)) return timers.cancel(tx, key);
  await timers.set(tx, { key, dueAt: at, kind: chaseJob, data: { id: run.id } });
}
