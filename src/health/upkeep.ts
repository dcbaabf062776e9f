import { z } from 'zod';
import { defineJob, type Enqueuing, type JobHandler } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';
import { type HeldWindow, rollUp } from './rollup.ts';

type Nothing = Record<string, never>;

/** Keeps the history small. */
export const upkeepJob = defineJob<Nothing>({
  name: 'health.upkeep',
  schema: z.record(z.string(), z.never()),
  lane: 'housekeeping',
  retry: { limit: 2, firstMs: 30_000, maxMs: 120_000 },
  keptForMs: 3_600_000,
  serial: () => 'upkeep',
});

/** Rolls the history up every ten minutes. */
export function upkeepSchedule(jobs: Enqueuing): Schedule {
  return {
    name: 'health upkeep',
    when: { everyMs: 600_000 },
    missed: 'latest',
    enqueue: (tx, _slot, key) => jobs.enqueue(tx, upkeepJob, {}, { key }),
  };
}

/**
 * Goes on until nothing is left to roll up; what is left when the bot stops, the next run finds. Where it can't be told what
 * is held as evidence, nothing is rolled up.
 */
export function upkeepHandler({
  store,
  clock,
  held = async () => [],
}: {
  store: Store;
  clock: Clock;
  held?: (() => Promise<HeldWindow[]>) | undefined;
}): JobHandler<Nothing> {
  return async (_data, { signal }) => {
    while (!signal.aborted && (await rollUp(store, clock.now(), await held())).more);
  };
}
