import type { RoleName } from '../../severities/model.ts';
import type { Tx } from '../../store/store.ts';
import type { Asker } from '../change.ts';
import type { By, Incident } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import { mention } from '../views/message.ts';
import { nudges, planning, unclaimed } from './model.ts';
import { nudgeHandler, nudgeJob, nudgeTimer, planNudge } from './nudge.ts';
import { assignRole, claimRole, vacateLost, vacateRole } from './verbs.ts';
import { offerPost } from './views.ts';

/** Who has which role in an incident. */
export interface Roles {
  claim(asker: Asker, how: { id: number; role: RoleName }): ReturnType<typeof claimRole>;
  /** `note`: what they should know. */
  assign(asker: Asker, how: { id: number; role: RoleName; who: By; note: string }): ReturnType<typeof assignRole>;
  vacate(asker: Asker, how: { id: number; role: RoleName; note: string }): ReturnType<typeof vacateRole>;
  /** Those that its severity needs and nobody has. */
  unclaimed(incident: Incident): RoleName[];
}

/** Roles are announced, told to whoever has them, and asked for while nobody has what is needed. */
export function createRoles(room: Room): Part & Roles {
  const { severities, timers } = room;
  return {
    claim: (asker, how) => claimRole(asker, how, room),
    assign: (asker, how) => assignRole(asker, how, room),
    vacate: (asker, how) => vacateRole(asker, how, room),
    unclaimed: (incident) => unclaimed(incident, severities.all),
    async follow(tx, happened) {
      const { incident, at, change } = happened;
      const plan = planning(happened, severities.all);
      if (plan === 'plan') await planNudge(tx, { incident, since: at, turn: 1 }, room);
      if (plan === 'cancel') await timers.cancel(tx, nudgeTimer(incident.id));
      if (change === 'acknowledged') await offer(tx, happened, room);
    },
    unreached: (lost) => vacateLost(lost, room),
    register: (jobs) => jobs.handle(nudgeJob, nudgeHandler(room)),
  };
}

/** Whoever takes an incident on that has no commander and needs one is asked whether it is them. */
async function offer(tx: Tx, { incident, at, by }: Happened, room: Room): Promise<void> {
  if (!unclaimed(incident, room.severities.all).includes('commander')) return;
  const post = offerPost(incident, mention(by.mention));
  await say(tx, room, { id: incident.id, key: `role:offered:${at.getTime()}`, to: 'incident', post, whileOpen: true });
  // They were asked just now: what would ask again in a moment waits for its last turn.
  await planNudge(tx, { incident, since: at, turn: nudges }, room);
}
