import { z } from 'zod';
import { defineJob } from '../../src/jobs/model.ts';

export const countJob = defineJob<{ n: number }>({
  name: 'bench.count',
  schema: z.object({ n: z.number() }),
  lane: 'messages',
  retry: { limit: 1, firstMs: 1_000, maxMs: 1_000 },
});
