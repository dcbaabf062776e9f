import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';
import { timersOf } from '../jobs.ts';

const one = z.object({ id: z.number() });

/** Makes the ticket of an incident, once. */
export const ticketJob = defineJob({
  name: 'incidents.ticket',
  schema: one,
  // A tracker that hangs holds nobody back who looks after pages.
  lane: 'slow',
  // Some 12 h of an outage.
  retry: { limit: 800, firstMs: 2_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id} ticket`,
});

/** Some time after the declaration: has nobody made one yet? */
export const ticketDueJob = defineJob({
  name: 'incidents.ticket.due',
  schema: one,
  lane: 'watches',
  retry: { limit: 100, firstMs: 1_000, maxMs: 60_000 },
});

/** Tells the ticket that the incident is over. */
export const ticketCommentJob = defineJob({
  name: 'incidents.ticket.comment',
  schema: one,
  lane: 'slow',
  retry: { limit: 60, firstMs: 2_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id} ticket`,
});

/** Within 15 to 30 minutes there should be one. */
export const ticketAfterMs = 15 * 60_000;
export const ticketTimer = (id: number) => `${timersOf.open(id)}ticket`;
