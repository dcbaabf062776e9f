import { z } from 'zod';
import type { Enqueuing } from '../jobs/model.ts';
import { defineJob } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import type { Tx } from '../store/store.ts';
import type { IncidentPorts } from './ports.ts';

/**
 * Where something is said. `incident`: in its channel, else in the thread of its message. Where PHI may be involved it waits for
 * the channel; when that can't be used, the thread learns only that there is something. Of a private one it waits. `announcement`: in that thread, shown in the channel too; of a private incident nothing
 * is said there. A person (`U1`) gets a direct message.
 */
export type Place = 'incident' | 'announcement' | { person: string };

const post = z.object({ text: z.string(), blocks: z.array(z.looseObject({ type: z.string() })) });

/** Says something about an incident, once. */
export const sayJob = defineJob({
  name: 'incidents.say',
  schema: z.object({
    ...{ id: z.number(), key: z.string(), to: z.string(), post, since: z.string() },
    whileOpen: z.boolean().optional(),
    quiet: z.boolean().optional(),
    inside: z.boolean().optional(),
  }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  // In the order in which it was decided.
  serial: ({ id, to }) => `incident ${id} ${to}`,
});

/**
 * Puts what is to be said into the queue, in the caller's transaction: once for each `key` and place. `whileOpen`: it is left
 * unsaid when the incident was resolved before Slack could take it. `inside`: in its own channel or not at all, since the
 * announcement says as much of it as may be read there. `quiet`: in the thread of the announcement alone.
 */
export async function say(
  tx: Tx,
  { jobs, clock }: { jobs: Enqueuing; clock: IncidentPorts['clock'] },
  said: { id: number; key: string; to: Place; post: Post; whileOpen?: true; inside?: true; quiet?: true },
): Promise<void> {
  const to = typeof said.to === 'string' ? said.to : said.to.person;
  const since = clock.now().toISOString();
  const key = `incident:${said.id}:${said.key}`;
  const how = {
    ...(said.whileOpen && { whileOpen: true }),
    ...(said.inside && { inside: true }),
    ...(said.quiet && { quiet: true }),
  };
  const data = { id: said.id, key, to, post: said.post, since, ...how };
  await jobs.enqueue(tx, sayJob, data, { key: `${key}:${to}` });
}
