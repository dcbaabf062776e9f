import { z } from 'zod';
import { defineJob, type JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import type { GivenMessage } from '../../kernel/form.ts';
import { newRequest } from '../../kernel/request.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import type { IncidentPort, Room } from '../ports.ts';
import * as rows from '../store.ts';
import { addOnce, incidentOfThread } from './rows.ts';

/** Reads a message that somebody flagged with a reaction, and writes it down: whatever becomes of it then. */
export const flagJob = defineJob({
  name: 'incidents.flag',
  schema: z.object({
    channel: z.string(),
    ts: z.string(),
    by: z.object({ id: z.string(), mention: z.string() }),
    /** The incident whose channel it is; absent = that of the thread, which the message tells. */
    id: z.number().optional(),
  }),
  lane: 'messages',
  retry: { limit: 500, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ channel, ts }) => `${channel} ${ts}`,
});
type FlagData = z.output<typeof flagJob.schema>;

/** Writes a message into the timeline as it is now, once, whoever flags it. Throws OpsError `not_found`. */
export function flagMessage(
  asker: Asker,
  { id, message, comment = '' }: { id: number; message: Flagged; comment?: string },
  room: Room,
): Promise<{ kind: 'added' | 'known'; incident: Incident }> {
  const { channel, ts, threadTs, user, text, at: written, cut } = message;
  return changeIncident(asker, id, room, async (tx, _incident, at) => {
    const data = {
      ...{ channel, ts, ...(threadTs !== undefined && { threadTs }), ...(cut && { cut }) },
      ...{ flaggedBy: asker.by.id, flaggedAt: at.toISOString(), ...(comment && { comment: kept(comment, 500) }) },
    };
    const added = await addOnce(tx, id, {
      ...{ at: written, kind: 'message', by: user === undefined ? 'app' : `slack:${user}`, data },
      ...{ words: kept(text, 4_000), key: `message:${channel}:${ts}` },
    });
    if (!added) return { kind: 'known', audit: [] };
    return { kind: 'added', audit: [{ action: 'incident.flag', after: { channel, ts } }] };
  });
}

export interface Flagged extends GivenMessage {
  /** The end of its text is missing. */
  cut?: true;
}

export function flagHandler(room: Room, slack: IncidentPort): JobHandler<FlagData> {
  return async (data) => {
    const { channel, ts, by } = data;
    const message = await slack.read({ channel, ts });
    const id = data.id ?? (message && (await incidentOfThread(room.store.db(), channel, message.threadTs ?? ts)));
    // In a thread of something else, or of an incident that whoever flagged it may not see.
    if (id === undefined || !(await rows.maySee(room.store.db(), id, by))) return;
    const seen = message ?? gone(data);
    const { kind, incident } = await flagMessage({ by, request: newRequest() }, { id, message: seen }, room);
    await tell({ by, incident, known: kind === 'known', message: seen }, slack);
  };
}

/** Deleted before it could be read: that there was one is all that is known. */
function gone({ channel, ts }: FlagData): Flagged {
  const at = new Date(Number(ts) * 1_000);
  return { channel, ts, at, text: '(deleted before it could be read)' };
}

/** Whoever flagged it sees what came of that; when that fails nothing is lost. */
async function tell(
  { by, incident, known, message }: { by: By; incident: Incident; known: boolean; message: Flagged },
  slack: IncidentPort,
): Promise<void> {
  const user = /^slack:([UW][A-Z0-9]+)$/.exec(by.id)?.[1];
  if (user === undefined) return;
  const text = `${known ? 'It is in the timeline already' : 'Added to the timeline'}: ${nameOf(incident)}`;
  const post = { text, blocks: [{ type: 'context', elements: [{ type: 'mrkdwn', text }] }] };
  const { channel, threadTs } = message;
  try {
    await slack.whisper({ channel, user, post, ...(threadTs !== undefined && { threadTs }) });
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
  }
}
