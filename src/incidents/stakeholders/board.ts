import { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import { defineJob } from '../../jobs/model.ts';
import type { Tx } from '../../store/store.ts';
import { timersOf } from '../jobs.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postOnce } from '../post-once.ts';
import { placeOf } from '../saying.ts';
import { edited } from '../show.ts';
import * as incidents from '../store.ts';
import { isStakeholder } from './model.ts';
import { boardPost, movedPost } from './posts.ts';
import * as rows from './rows.ts';

const schema = z.object({ id: z.number() });

/** Brings the message that shows who must be told up to date. */
export const boardJob = defineJob({
  name: 'incidents.told-board',
  schema,
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id}`,
});

/** By then an incident has its own channel, where it is to stand. */
const firstAfterMs = 15_000;

/** Shows it for the first time, a moment after the declaration. */
export async function beginBoard(tx: Tx, id: number, at: Date, { timers }: Room): Promise<void> {
  await rows.touchBoard(tx, id);
  const dueAt = new Date(at.getTime() + firstAfterMs);
  await timers.set(tx, { key: `${timersOf.open(id)}told/board`, dueAt, kind: boardJob, data: { id } });
}

/** What it shows is not true any more. */
export async function showBoard(tx: Tx, id: number, { jobs }: Room): Promise<void> {
  await rows.touchBoard(tx, id);
  await jobs.enqueue(tx, boardJob, { id });
}

/** Posts it once, and edits it from then on. It moves to the incident's own channel when there is one later. */
export function boardHandler(room: Room, slack: IncidentPort): JobHandler<z.output<typeof schema>> {
  const { store, clock, announceIn } = room;
  return async ({ id }, ctx) => {
    const db = store.db();
    const [incident, board] = [await incidents.findIncident(db, id), await rows.boardOf(db, id)];
    if (!incident || !board) return;
    const clocks = await rows.clocksOf(db, id);
    if (!clocks.some(isStakeholder)) return;
    const place = placeOf(incident, 'incident', announceIn);
    if (!place) return;
    const { message } = board;
    const stays = message?.channel === place.channel;
    if (stays && board.shown >= board.version) return;
    // Others than those in the incident read the thread of its announcement.
    const notes = !incident.phi || place.channel === incident.home?.channel;
    const post = boardPost(incident, clocks, { now: clock.now(), notes });
    const key = `incident:${id}:told${message ? `:after:${message.ts}` : ''}`;
    const once = { store, slack, ctx };
    const at =
      (stays ? await edited(message, post, slack) : undefined) ??
      (await postOnce({ ...place, id, key, post }, incident.declaredAt, once));
    await rows.setBoardShown(db, id, { version: board.version, ...at });
    if (message && !stays) await edited(message, movedPost(incident, place.channel), slack);
  };
}
