import { PortError } from '../../kernel/errors.ts';
import { isRefused, mayArriveNoMore, mayBeThere } from '../../posting/failures.ts';
import { loseHome } from '../home.ts';
import { showJob } from '../jobs.ts';
import type { Incident } from '../model.ts';
import * as incidents from '../store.ts';
import { channelName } from './name.ts';
import * as rows from './rows.ts';
import type { Act } from './steps.ts';

/** More of one name in one day there are not. */
const mostTries = 50;
/** It is looked for from this long before it was begun: Slack's clock and ours differ. */
const lookBackMs = 10 * 60_000;

/** Makes the channel. That it begins is written down first; an answer that says who has the name leads to the next one. */
export async function create({ scene: { incident, kept }, room, slack, goOn }: Act): Promise<void> {
  const db = room.store.db();
  const { id } = incident;
  await goOn();
  if (!(await rows.beginCreating(db, id))) throw new PortError('lost', 'somebody else makes it', { retryable: true });
  try {
    await settle(id, await slack.channels.create({ name: kept.name, isPrivate: incident.private }), room);
  } catch (error) {
    if (mayBeThere(error)) throw error;
    if (error instanceof PortError && error.reason === 'name_taken' && kept.tries < mostTries)
      return nextName(incident, kept, room);
    await rows.notCreated(db, id);
    if (!isRefused(error)) throw error;
    await loseHome(id, error.reason, room);
  }
}

/** Looks for a channel whose creation was not answered: of its name, made by us since then, it is this incident's. */
export async function find({ scene: { incident, kept }, room, slack }: Act): Promise<void> {
  const agoMs = kept.begunAgoMs ?? 0;
  const since = new Date(room.store.time.now().getTime() - agoMs - lookBackMs);
  const found = await slack.channels.made({ name: kept.name, since });
  if (found) return settle(incident.id, found, room);
  mayArriveNoMore(agoMs);
  await rows.notCreated(room.store.db(), incident.id);
}

/** The first name that no other incident has. */
export async function reserve(incident: Incident, room: Act['room']): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const name = channelName(incident, room.team.zone, tries);
    if (await rows.reserveName(room.store.db(), incident.id, { name, tries })) return;
  }
}

async function nextName(incident: Incident, { tries: tried }: rows.Kept, room: Act['room']): Promise<void> {
  for (let tries = tried + 1; ; tries += 1) {
    const name = channelName(incident, room.team.zone, tries);
    if (await rows.renameTo(room.store.db(), incident.id, { name, tries })) return;
  }
}

async function settle(id: number, made: { id: string; name: string }, room: Act['room']): Promise<void> {
  await room.store.transaction<unknown, void>(async (tx) => {
    const incident = await incidents.lockIncident(tx, id);
    if (!incident || incident.home) return;
    await rows.setHome(tx, id, made);
    const at = room.clock.now();
    await incidents.addEvent(tx, id, { at, kind: 'channel', by: 'rounds', words: `#${made.name}` });
    await room.jobs.enqueue(tx, showJob, { id });
  });
}
