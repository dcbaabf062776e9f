import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';
import { noticeKinds } from './deadlines.ts';

const post = z.object({ text: z.string(), blocks: z.array(z.looseObject({ type: z.string() })) });

/** Reminds of the assessment or of a notice; `planned` is when it should have. */
export const breachJob = defineJob({
  name: 'incidents.breach',
  schema: z.object({ id: z.number(), what: z.enum(['offer', 'assess', ...noticeKinds]), planned: z.string() }),
  lane: 'watches',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
});

/**
 * Says something of an assessment. In the incident's own channel `post`, where there is none or it is archived `elsewhere`,
 * which tells no more than that something is due.
 */
export const breachSayJob = defineJob({
  name: 'incidents.breach.say',
  schema: z.object({ id: z.number(), key: z.string(), post, elsewhere: post, since: z.string() }),
  lane: 'messages',
  retry: { limit: 10_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id} breach`,
});

/** Neither the end of an incident nor a pause takes these away: the law goes on. */
export const breachTimer = (id: number, what: string) => `incident/${id}/breach/${what}`;
