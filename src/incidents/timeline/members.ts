import { newRequest } from '../../kernel/request.ts';
import type { Tx } from '../../store/store.ts';
import { changeIncident } from '../change.ts';
import type { By } from '../model.ts';
import type { Happened } from '../part.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';

/** Whoever takes an incident on, or has a role in it, is in it: sees it where it is private. */
export async function keepMembers(tx: Tx, { change, incident, by }: Happened): Promise<void> {
  if (change === 'acknowledged') await rows.addMember(tx, incident.id, by);
  if (change !== 'roles') return;
  for (const holder of Object.values(incident.roles)) await rows.addMember(tx, incident.id, holder);
}

/** Somebody is in the channel of a private incident, and so in it: whoever let them in saw to that. */
export async function joinIncident(
  { who, by, channel }: { who: By; by: By; channel: string },
  room: Room,
): Promise<void> {
  const id = await rows.incidentOfHome(room.store.db(), channel);
  if (id === undefined) return;
  await changeIncident({ by, request: newRequest() }, id, room, async (tx, incident, at) => {
    const known = (await rows.membersOf(tx, id)).some((member) => member.id === who.id);
    if (known) return { kind: 'known', audit: [] };
    await rows.addMember(tx, id, who);
    if (!incident.private) return { kind: 'added', audit: [] };
    await rows.addEvent(tx, id, { at, kind: 'member', by: by.id, words: `${who.mention} joined its channel` });
    return { kind: 'added', audit: [{ action: 'incident.add', after: { who: who.id, joined: channel } }] };
  });
}
