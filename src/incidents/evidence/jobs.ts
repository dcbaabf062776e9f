import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';
import { timersOf } from '../jobs.ts';

/** Offers a hold, once the incident has its channel. */
export const offerHoldJob = defineJob({
  name: 'incidents.hold.offer',
  schema: z.object({ id: z.number() }),
  lane: 'watches',
  retry: { limit: 100, firstMs: 1_000, maxMs: 60_000 },
});

/** Makes the file of what Rounds has, and puts it into the incident's channel. */
export const exportJob = defineJob({
  name: 'incidents.evidence',
  schema: z.object({ id: z.number(), asOf: z.string(), by: z.object({ id: z.string(), mention: z.string() }) }),
  lane: 'slow',
  retry: { limit: 60, firstMs: 2_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id} evidence`,
});

export const offerAfterMs = 30_000;
export const offerTimer = (id: number) => `${timersOf.open(id)}hold-offer`;
