import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';

/** Sends the page of a test, or ends it. */
export const testPageJob = defineJob({
  name: 'incidents.page-test',
  schema: z.object({ n: z.number(), action: z.enum(['trigger', 'resolve']) }),
  lane: 'pages',
  retry: { limit: 100, firstMs: 1_000, maxMs: 30_000 },
  serial: ({ n }) => `page test ${n}`,
});

/** Has somebody acknowledged in PagerDuty? And in the end: nobody has. */
export const testWatchJob = defineJob({
  name: 'incidents.page-test-watch',
  schema: z.object({ n: z.number(), what: z.enum(['poll', 'over']) }),
  lane: 'watches',
  retry: { limit: 20, firstMs: 1_000, maxMs: 15_000 },
  keptForMs: 3_600_000,
});

/** Somebody must acknowledge within this time. */
export const testPatienceMs = 15 * 60_000;

export const testTimers = (n: number) => `page-test/${n}/`;
