import type { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import type { Post } from '../../kernel/command.ts';
import { PortError } from '../../kernel/errors.ts';
import type { Tx } from '../../store/store.ts';
import type { Incident } from '../model.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postOnce } from '../post-once.ts';
import * as rows from '../store.ts';
import { breachSayJob } from './jobs.ts';

/** The incident's own channel can't be posted to any more: it may be archived long before the law is done. */
const gone = ['channel_not_found', 'is_archived', 'not_in_channel', 'restricted_action'];

/** Puts it into the queue, in the caller's transaction; once for each key. */
export async function sayOfBreach(
  tx: Tx,
  { jobs, clock }: Pick<Room, 'jobs' | 'clock'>,
  said: { id: number; key: string; post: Post; elsewhere: Post },
): Promise<void> {
  const key = `breach:${said.id}:${said.key}`;
  await jobs.enqueue(tx, breachSayJob, { ...said, key, since: clock.now().toISOString() }, { key });
}

/** Details are for the incident's channel alone. */
export function breachSayHandler(
  { store, announceIn }: Room,
  slack: IncidentPort,
): JobHandler<z.output<typeof breachSayJob.schema>> {
  return async ({ id, key, post, elsewhere, since }, ctx) => {
    const incident = await rows.findIncident(store.db(), id);
    if (!incident) return;
    const once = { store, slack, ctx };
    const from = new Date(since);
    if (incident.home) {
      const found = await slack.channelId(incident.home.channel).catch(goneIs);
      const placed = found && (await postOnce({ id, channel: found, key, post }, from, once).catch(goneIs));
      if (placed) return;
    }
    const at = elsewhereOf(incident, announceIn);
    if (at === undefined) return;
    const place = 'person' in at ? { channel: at.person } : at;
    await postOnce({ ...place, id, key: `${key}@elsewhere`, post: elsewhere }, from, once);
  };
}

function goneIs(error: unknown): undefined {
  if (error instanceof PortError && gone.includes(error.reason)) return undefined;
  throw error;
}

type Elsewhere = { person: string } | { channel: string; threadTs: string; broadcast: true };

/** Of a private one nothing is said outside: whoever has it is told alone. */
function elsewhereOf(incident: Incident, announceIn?: string): Elsewhere | undefined {
  const { private: isPrivate, message, roles, declaredBy, channel } = incident;
  if (isPrivate) {
    const [person] = [roles.commander?.id, declaredBy.id].flatMap((who) => /^slack:(\w+)$/.exec(who ?? '')?.[1] ?? []);
    return person === undefined ? undefined : { person };
  }
  if (message) return { channel: message.channel, threadTs: message.ts, broadcast: true };
  if (announceIn === undefined && channel === undefined) return undefined;
  throw new PortError('not_posted_yet', 'the message of the incident is not there yet', { retryable: true });
}
