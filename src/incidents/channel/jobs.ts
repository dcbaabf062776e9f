import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';

/** Brings the channel of an incident up to date; `archive`: its time has come, says a timer. */
export const channelJob = defineJob({
  name: 'incidents.channel',
  schema: z.object({ id: z.number(), what: z.enum(['archive']).optional() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id}`,
});
export type ChannelData = z.output<typeof channelJob.schema>;
