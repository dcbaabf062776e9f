import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';

/** The post of a declaration that the database did not take: it is an incident now. */
export const journaledJob = defineJob({
  name: 'incidents.journaled',
  schema: z.object({ id: z.number(), channel: z.string(), ts: z.string() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
});
