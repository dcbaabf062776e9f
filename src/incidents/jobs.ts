import { z } from 'zod';
import { defineJob } from '../jobs/model.ts';

/** Says one thing to PagerDuty about a page: in the order it was decided, one after another for an incident. */
export const pageJob = defineJob({
  name: 'incidents.page',
  schema: z.object({
    id: z.number(),
    n: z.number(),
    action: z.enum(['trigger', 'acknowledge', 'resolve']),
    /** Of the second routing key. */
    second: z.boolean().optional(),
  }),
  // Its own: a Slack that hangs fills the lane of messages, and a page waits for nobody.
  lane: 'pages',
  // An outage of PagerDuty is no reason to give up on a page: some 12 h of tries, every half minute in the end.
  retry: { limit: 1_500, firstMs: 1_000, maxMs: 30_000 },
  serial: ({ id, n, second }) => `incident ${id} page ${n}${second ? ' second' : ''}`,
});
export type PageData = z.output<typeof pageJob.schema>;

/** Brings the message of an incident up to date. */
export const showJob = defineJob({
  name: 'incidents.show',
  schema: z.object({ id: z.number() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id}`,
});

/** Some time after the declaration: was anybody paged? */
export const watchJob = defineJob({
  name: 'incidents.watch',
  schema: z.object({ id: z.number(), what: z.enum(['confirm', 'poll']) }),
  lane: 'watches',
  retry: { limit: 20, firstMs: 1_000, maxMs: 15_000 },
  keptForMs: 3_600_000,
});
/** While nobody acknowledges: has somebody, in PagerDuty? A lane of its own: where PagerDuty hangs, the look whether anybody was paged must not wait. */
export const pollJob = defineJob({ ...watchJob, name: 'incidents.poll', lane: 'polls' });
export type WatchData = z.output<typeof watchJob.schema>;

/** A page must be confirmed within this time, so that the channel says NOT PAGED within 60 s, with ten of them for Slack. */
export const confirmWithinMs = 50_000;
/** PagerDuty is asked this often whether somebody has acknowledged there. */
export const pollEveryMs = 15_000;

export const confirmTimer = (id: number) => `incident/${id}/open/paging/confirm`;
export const pollTimer = (id: number) => `incident/${id}/open/paging/poll`;

/** Prefixes of keys of timers: what ends when somebody acknowledges, what ends with the incident, what begins then. */
export const timersOf = {
  paging: (id: number) => `incident/${id}/open/paging/`,
  open: (id: number) => `incident/${id}/open/`,
  after: (id: number) => `incident/${id}/after/`,
};
