import { z } from 'zod';
import type { Enqueuing, JobHandler } from '../jobs/model.ts';
import { defineJob } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Tx } from '../store/store.ts';
import type { Incident } from './model.ts';
import type { IncidentPort, IncidentPorts } from './ports.ts';
import { postOnce } from './post-once.ts';
import * as rows from './store.ts';

/**
 * Where something is said. `incident`: in its channel, else in the thread of its message. `announcement`: in that thread,
 * shown in the channel too; of a private incident nothing is said there. A person (`U1`) gets a direct message.
 */
export type Place = 'incident' | 'announcement' | { person: string };

const post = z.object({ text: z.string(), blocks: z.array(z.looseObject({ type: z.string() })) });

/** Says something about an incident, once. */
export const sayJob = defineJob({
  name: 'incidents.say',
  schema: z.object({ id: z.number(), key: z.string(), to: z.string(), post, since: z.string() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  // In the order in which it was decided.
  serial: ({ id, to }) => `incident ${id} ${to}`,
});

/** Puts what is to be said into the queue, in the caller's transaction: once for each `key` and place. */
export async function say(
  tx: Tx,
  { jobs, clock }: { jobs: Enqueuing; clock: IncidentPorts['clock'] },
  said: { id: number; key: string; to: Place; post: Post },
): Promise<void> {
  const to = typeof said.to === 'string' ? said.to : said.to.person;
  const since = clock.now().toISOString();
  const key = `incident:${said.id}:${said.key}`;
  await jobs.enqueue(tx, sayJob, { id: said.id, key, to, post: said.post, since }, { key: `${key}:${to}` });
}

export function sayHandler(ports: IncidentPorts, slack: IncidentPort): JobHandler<z.output<typeof sayJob.schema>> {
  return async (said, { attempt }) => {
    const incident = await rows.findIncident(ports.store.db(), said.id);
    if (!incident) return;
    const at = placeOf(incident, said.to, ports.announceIn);
    if (at === undefined) return;
    const how = { again: attempt > 1, since: new Date(said.since) };
    await postOnce({ ...at, key: said.key, post: said.post }, how, slack);
  };
}

/** Undefined: nowhere. Throws PortError `not_posted_yet` while the incident's message is not there. */
export function placeOf(
  incident: Incident,
  to: string,
  announceIn: string | undefined,
): { channel: string; threadTs?: string; broadcast?: boolean } | undefined {
  const { home, message } = incident;
  if (to === 'incident' && home) return { channel: home.channel };
  if (to !== 'incident' && to !== 'announcement') return { channel: to };
  if (incident.private && to === 'announcement') return undefined;
  const broadcast = to === 'announcement';
  if (message) return { channel: message.channel, threadTs: message.ts, ...(broadcast && { broadcast }) };
  if (announceIn === undefined && incident.channel === undefined) return undefined;
  throw new PortError('not_posted_yet', 'the message of the incident is not there yet', { retryable: true });
}
