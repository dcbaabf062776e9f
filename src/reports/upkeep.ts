import { z } from 'zod';
import { defineJob, type Enqueuing, type JobHandler } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import type { ReportPorts } from './ports.ts';
import * as rows from './store.ts';

type Nothing = Record<string, never>;

const dayMs = 86_400_000;
/** How long one that somebody asked for is kept, and what no report names any more. Planned ones are kept for good. */
const keptMs = 90 * dayMs;

/** Forgets what was asked for long ago. */
export const upkeepJob = defineJob<Nothing>({
  name: 'reports.upkeep',
  schema: z.record(z.string(), z.never()),
  lane: 'housekeeping',
  retry: { limit: 2, firstMs: 30_000, maxMs: 120_000 },
  keptForMs: 2 * dayMs,
});

/** Once a day; no file of a report can have this name. */
export function upkeepSchedule(prefix: string, jobs: Enqueuing): Schedule {
  return {
    name: `${prefix}.upkeep`,
    when: { everyMs: dayMs },
    missed: 'latest',
    enqueue: (tx, _slot, key) => jobs.enqueue(tx, upkeepJob, {}, { key }),
  };
}

export function upkeepHandler({ store, clock }: Pick<ReportPorts, 'store' | 'clock'>): JobHandler<Nothing> {
  return async () => {
    const before = new Date(clock.now().getTime() - keptMs);
    await store.transaction((tx) => rows.forgetBefore(tx, before));
  };
}
