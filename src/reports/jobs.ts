import { z } from 'zod';
import { defineJob } from '../jobs/model.ts';

/** Makes the report of a slot, and keeps it. */
export const makeJob = defineJob({
  name: 'reports.make',
  schema: z.object({ name: z.string(), slot: z.string() }),
  lane: 'reports',
  retry: { limit: 200, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ name }) => `report ${name}`,
});

/** Posts a report, and edits its message until it shows how things stand. */
export const showJob = defineJob({
  name: 'reports.show',
  schema: z.object({ id: z.number() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `report ${id}`,
});

/** What belongs below a report, once: its tables and pictures. */
export const threadJob = defineJob({
  name: 'reports.thread',
  schema: z.object({ id: z.number() }),
  lane: 'reports',
  retry: { limit: 20, firstMs: 2_000, maxMs: 60_000 },
});

/** Was it posted in time? */
export const expectedJob = defineJob({
  name: 'reports.expected',
  schema: z.object({ name: z.string(), slot: z.string() }),
  lane: 'watches',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
});

export const reportTimerKinds = [expectedJob];

export const expectedTimer = (name: string, slot: Date) => `report/${name}/${slot.toISOString()}/expected`;
